import assert from "node:assert/strict";
import type { Denied, Identity } from "../../../src/accounts/access/bearer.ts";
import { Door, PUBLIC_URL } from "../../oauth/door.ts";

function call(path: string, authorization?: string): Request {
  const headers = authorization === undefined ? undefined : { Authorization: authorization };
  return new Request(PUBLIC_URL + path, { method: "POST", headers });
}

async function denial(door: Door, request: Request): Promise<Denied> {
  const answer = await door.bearer(request);
  assert(answer.kind === "denied");
  return answer;
}

const METADATA = `${PUBLIC_URL}/.well-known/oauth-protected-resource`;

const WITHOUT_TOKEN: [path: string, metadata: string][] = [
  ["/", METADATA],
  ["/post_message", METADATA],
  ["/mcpx", METADATA],
  ["/mcp", `${METADATA}/mcp`],
  ["/mcp/", `${METADATA}/mcp`],
];

for (const [path, metadata] of WITHOUT_TOKEN) {
  Deno.test(`bearerCheck() at ${path} says where to get a token`, async () => {
    using door = await Door.open();
    assert.deepEqual(await denial(door, call(path)), {
      kind: "denied",
      error: "unauthorized",
      description: "Send an access token as Authorization: Bearer.",
      challenge: `Bearer resource_metadata="${metadata}", scope="play"`,
    });
  });
}

Deno.test("bearerCheck() says invalid_token when one was sent", async () => {
  using door = await Door.open();
  const { refresh_token } = await door.signIn(await door.register());
  for (const token of ["x", "two words", "x".repeat(9000), refresh_token]) {
    const { error, description, challenge } = await denial(door, call("/mcp", `Bearer ${token}`));
    assert.equal(error, "invalid_token");
    assert.equal(
      challenge,
      `Bearer error="invalid_token", error_description="${description}", ` +
        `resource_metadata="${METADATA}/mcp", scope="play"`,
    );
  }
});

Deno.test("bearerCheck() takes another scheme for no token", async () => {
  using door = await Door.open();
  for (const authorization of ["Basic eDp5", "Bearer", "Bearer ", "Bearerx"]) {
    assert.equal((await denial(door, call("/", authorization))).error, "unauthorized");
  }
});

Deno.test("bearerCheck() names the caller until the token expires", async () => {
  using door = await Door.open();
  const client = await door.register();
  const { access_token } = await door.signIn(client);
  const identity = await door.bearer(call("/mcp", `bearer ${access_token}`)) as Identity;
  assert.match(identity.principal, /^guest:/);
  assert.deepEqual(identity, {
    kind: "identified",
    principal: identity.principal,
    scope: "play",
    resourceMetadataUrl: `${METADATA}/mcp`,
  });
  door.pass(3600_000 - 1);
  assert(await door.who(access_token));
  door.pass(1);
  assert.equal(await door.who(access_token), undefined);
});
