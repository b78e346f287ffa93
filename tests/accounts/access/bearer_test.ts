import assert from "node:assert/strict";
import type { Identity } from "../../../src/accounts/access/bearer.ts";
import { Door, PUBLIC_URL } from "../../oauth/door.ts";

function call(path: string, authorization?: string): Request {
  const headers = authorization === undefined ? undefined : { Authorization: authorization };
  return new Request(PUBLIC_URL + path, { method: "POST", headers });
}

async function challenge(door: Door, request: Request) {
  const answer = await door.bearer(request);
  assert(answer instanceof Response);
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  return { header: answer.headers.get("www-authenticate"), body: await answer.json() };
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
    const { header, body } = await challenge(door, call(path));
    assert.equal(header, `Bearer resource_metadata="${metadata}", scope="play"`);
    assert.equal(body.error, "unauthorized");
    assert.equal(typeof body.error_description, "string");
  });
}

Deno.test("bearerCheck() says invalid_token when one was sent", async () => {
  using door = await Door.open();
  const { refresh_token } = await door.signIn(await door.register());
  for (const token of ["x", "two words", "x".repeat(9000), refresh_token]) {
    const { header, body } = await challenge(door, call("/mcp", `Bearer ${token}`));
    assert.equal(
      header,
      `Bearer error="invalid_token", error_description="${body.error_description}", ` +
        `resource_metadata="${METADATA}/mcp", scope="play"`,
    );
    assert.equal(body.error, "invalid_token");
  }
});

Deno.test("bearerCheck() takes another scheme for no token", async () => {
  using door = await Door.open();
  for (const authorization of ["Basic eDp5", "Bearer", "Bearer ", "Bearerx"]) {
    assert.equal((await challenge(door, call("/", authorization))).body.error, "unauthorized");
  }
});

Deno.test("bearerCheck() names the caller until the token expires", async () => {
  using door = await Door.open();
  const client = await door.register();
  const { access_token } = await door.signIn(client);
  const expiresAt = new Date(door.now.getTime() + 3600_000);

  const identity = await door.bearer(call("/mcp", `bearer ${access_token}`)) as Identity;
  assert.match(identity.principal, /^guest:/);
  assert.deepEqual(identity, {
    principal: identity.principal,
    clientId: client.client_id,
    scopes: ["play"],
    expiresAt,
  });
  door.pass(3600_000 - 1);
  assert(await door.who(access_token));
  door.pass(1);
  assert.equal(await door.who(access_token), undefined);
});
