import assert from "node:assert/strict";
import type { Denied, Identity } from "../../../src/accounts/access/bearer.ts";
import { OAuthEndpoints, PUBLIC_URL } from "../../oauth/oauth_endpoints.ts";

function call(path: string, authorization?: string): Request {
  const headers = new Headers(authorization === undefined ? {} : { authorization });
  return new Request(PUBLIC_URL + path, { method: "POST", headers });
}

async function denial(oauth: OAuthEndpoints, request: Request): Promise<Denied> {
  const answer = await oauth.bearer(request);
  assert(answer.kind === "denied");
  return answer;
}

const METADATA = `${PUBLIC_URL}/.well-known/oauth-protected-resource`;

const WITHOUT_TOKEN: [path: string, metadata: string][] = [
  ["/", METADATA],
  ["/post_message", METADATA],
  ["/mcpx", METADATA],
  ["/mcp", `${METADATA}/mcp`],
  ["/mcp/", `${METADATA}/mcp/`],
];

for (const [path, metadata] of WITHOUT_TOKEN) {
  Deno.test(`bearerCheck() at ${path} names the metadata of its spelling`, async () => {
    using oauth = await OAuthEndpoints.open();
    assert.deepEqual(await denial(oauth, call(path)), {
      kind: "denied",
      error: "unauthorized",
      description: "Send an access token as Authorization: Bearer.",
      challenge: `Bearer resource_metadata="${metadata}", scope="play"`,
    });
  });
}

Deno.test("bearerCheck() answers an invalid token with invalid_token", async () => {
  using oauth = await OAuthEndpoints.open();
  const { refresh_token } = await oauth.signIn(await oauth.register());
  for (const token of ["x", "two words", "x".repeat(9000), refresh_token]) {
    const { error, description, challenge } = await denial(oauth, call("/mcp", `Bearer ${token}`));
    assert.equal(error, "invalid_token");
    assert.equal(
      challenge,
      `Bearer error="invalid_token", error_description="${description}", ` +
        `resource_metadata="${METADATA}/mcp", scope="play"`,
    );
  }
});

Deno.test("bearerCheck() treats another scheme as no token", async () => {
  using oauth = await OAuthEndpoints.open();
  for (const authorization of ["Basic eDp5", "Bearer", "Bearer ", "Bearerx"]) {
    assert.equal((await denial(oauth, call("/", authorization))).error, "unauthorized");
  }
});

Deno.test("bearerCheck() names the caller until the token expires", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const { access_token } = await oauth.signIn(client);
  const identity = await oauth.bearer(call("/mcp", `bearer ${access_token}`)) as Identity;
  assert.match(identity.principal, /^guest:/);
  assert(identity.kind === "identified");
  const { grantId, ...named } = identity;
  assert.match(grantId, /^[\w-]{22}$/);
  assert.deepEqual(named, {
    kind: "identified",
    principal: identity.principal,
    scope: "play",
    resourceMetadataUrl: `${METADATA}/mcp`,
  });
  oauth.pass(3600_000 - 1);
  assert(await oauth.who(access_token));
  oauth.pass(1);
  assert.equal(await oauth.who(access_token), undefined);
});
