import assert from "node:assert/strict";
import type { Denied } from "../../src/accounts/access/bearer.ts";
import {
  basic,
  newPkce,
  OAuthEndpoints,
  PUBLIC_URL,
  refusal,
  type Tokens,
} from "../oauth/oauth_endpoints.ts";

const ASKED: [scope: string | undefined, granted: string][] = [
  [undefined, "play"],
  ["", "play"],
  ["play", "play"],
  ["mcp", "play"],
  ["play watch", "play"],
  ["watch mcp", "play"],
  ["Watch", "play"],
  ["offline_access", "play"],
  ["watch", "watch"],
  ["watch offline_access", "watch"],
  [" watch  watch ", "watch"],
];

for (const [asked, granted] of ASKED) {
  const extra: Record<string, string> = asked === undefined ? {} : { scope: asked };
  Deno.test(`authorize() with scope "${asked}" grants ${granted}`, async () => {
    using oauth = await OAuthEndpoints.open();
    const client = await oauth.register();
    const pkce = newPkce();
    const code = await oauth.code(client, pkce, extra);
    const tokens: Tokens = await (await oauth.redeem(client, pkce, code)).json();
    assert.equal(tokens.scope, granted);
    assert.equal((await oauth.who(tokens.access_token))?.scope, granted);
  });

  Deno.test(`token() with client_credentials and scope "${asked}" grants ${granted}`, async () => {
    using oauth = await OAuthEndpoints.open();
    const { client_id, client_secret = "" } = await oauth.register({
      token_endpoint_auth_method: "client_secret_basic",
    });
    const form: Record<string, string> = { grant_type: "client_credentials", ...extra };
    const tokens = await (await oauth.post("/token", form, basic(client_id, client_secret))).json();
    assert.equal(tokens.scope, granted);
    assert.equal((await oauth.who(tokens.access_token))?.scope, granted);
  });
}

const REFRESHED: [granted: string, asked: string | undefined, then: string][] = [
  ["play", undefined, "play"],
  ["play", "play", "play"],
  ["play", "play offline_access", "play"],
  ["play", "mcp", "play"],
  ["play", "watch", "watch"],
  ["watch", undefined, "watch"],
  ["watch", "offline_access", "watch"],
  ["watch", "watch offline_access", "watch"],
  ["watch", "play", "400 invalid_scope"],
  ["watch", "watch play", "400 invalid_scope"],
  ["watch", "mcp", "400 invalid_scope"],
];

for (const [granted, asked, then] of REFRESHED) {
  Deno.test(`token() that refreshes ${granted} with scope "${asked}" answers ${then}`, async () => {
    using oauth = await OAuthEndpoints.open();
    const client = await oauth.register();
    const pkce = newPkce();
    const code = await oauth.code(client, pkce, { scope: granted });
    const tokens: Tokens = await (await oauth.redeem(client, pkce, code)).json();
    const response = await oauth.refresh(client, tokens.refresh_token, asked);
    if (response.status !== 200) return assert.equal(await refusal(response), then);
    const narrowed: Tokens = await response.json();
    assert.equal(narrowed.scope, then);
    assert.equal((await oauth.who(narrowed.access_token))?.scope, then);
    // The next refresh token has the scope of the grant, even if this access token has less (RFC
    // 6749 6).
    const again: Tokens = await (await oauth.refresh(client, narrowed.refresh_token)).json();
    assert.equal(again.scope, granted);
  });
}

Deno.test("token() keeps the refresh token valid if it refuses the scope", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const pkce = newPkce();
  const code = await oauth.code(client, pkce, { scope: "watch" });
  const { refresh_token }: Tokens = await (await oauth.redeem(client, pkce, code)).json();
  assert.equal((await oauth.refresh(client, refresh_token, "play")).status, 400);
  assert.equal((await oauth.refresh(client, refresh_token)).status, 200);
});

Deno.test("bearerCheck() asks a watch token for the scope play", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const pkce = newPkce();
  const code = await oauth.code(client, pkce, { scope: "watch" });
  const { access_token }: Tokens = await (await oauth.redeem(client, pkce, code)).json();
  for (const [path, metadata] of [["/mcp", "/mcp"], ["/", ""], ["/post_message", ""]]) {
    const request = new Request(PUBLIC_URL + path, {
      headers: { Authorization: `Bearer ${access_token}` },
    });
    const denied = await oauth.bearer(request, "play") as Denied;
    assert.deepEqual([denied.kind, denied.error], ["denied", "insufficient_scope"]);
    assert.equal(
      denied.challenge,
      `Bearer error="insufficient_scope", error_description="${denied.description}", resource_metadata=` +
        `"${PUBLIC_URL}/.well-known/oauth-protected-resource${metadata}", scope="play"`,
    );
  }
});
