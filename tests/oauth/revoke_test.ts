import assert from "node:assert/strict";
import { basic, OAuthEndpoints, refusal } from "./oauth_endpoints.ts";

for (const kind of ["access_token", "refresh_token"] as const) {
  Deno.test(`revoke() of an ${kind} ends its whole grant`, async () => {
    using oauth = await OAuthEndpoints.open();
    const client = await oauth.register();
    const tokens = await oauth.signIn(client);
    const other = await oauth.signIn(client);
    const token = tokens[kind] ?? "";
    const form = { token, token_type_hint: kind, client_id: client.client_id };
    assert.equal((await oauth.post("/revoke", form)).status, 200);
    assert.equal(await oauth.who(tokens.access_token), undefined);
    const refreshed = await oauth.refresh(client, tokens.refresh_token);
    assert.equal(await refusal(refreshed), "400 invalid_grant");
    assert(await oauth.who(other.access_token));
  });
}

Deno.test("revoke() leaves no record of a grant that a token could match", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const { access_token } = await oauth.signIn(client);
  await oauth.post("/oauth/revoke", { token: access_token, client_id: client.client_id });
  for (const kind of ["grant", "grant_token", "access"]) {
    for await (const { key } of oauth.kv.list({ prefix: [kind] })) assert.fail(key.join(" "));
  }
});

Deno.test("revoke() treats an unknown token as revoked", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id } = await oauth.register();
  assert.equal((await oauth.post("/revoke", { token: "x", client_id })).status, 200);
});

Deno.test("revoke() leaves another client's token alone", async () => {
  using oauth = await OAuthEndpoints.open();
  const { access_token } = await oauth.signIn(await oauth.register());
  const { client_id } = await oauth.register();
  assert.equal((await oauth.post("/revoke", { token: access_token, client_id })).status, 200);
  assert(await oauth.who(access_token));
});

Deno.test("revoke() requires a client and a token", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id } = await oauth.register({ token_endpoint_auth_method: "client_secret_basic" });
  const wrong = await oauth.post("/revoke", { token: "x" }, basic(client_id, "wrong"));
  assert.equal(await refusal(wrong), "401 invalid_client");
  assert.equal(await refusal(await oauth.post("/revoke", { client_id })), "401 invalid_client");
  const tokenless = await oauth.post("/revoke", { client_id: (await oauth.register()).client_id });
  assert.equal(await refusal(tokenless), "400 invalid_request");
});
