/** Clients in a browser, on pages of other origins. */
import assert from "node:assert/strict";
import { signIn } from "../support/player.ts";
import { responseHead } from "../support/response_head.ts";
import { testServer } from "../support/server.ts";

const PAGE = "https://inspector.example";

/** The names that a header lists, in alphabetical order. */
function namesIn(headers: Headers, header: string): string[] {
  return headers.get(header)!.toLowerCase().split(",").map((name) => name.trim()).toSorted();
}

Deno.test("routes for programs answer a preflight without a token, other routes do not", async (t) => {
  await using server = await testServer({ sandbox: "off", publicUrl: "https://play.example" });
  const preflight = (path: string) =>
    responseHead(server, path, {
      method: "OPTIONS",
      headers: {
        origin: PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers":
          "authorization,content-type,idempotency-key,mcp-protocol-version,mcp-session-id,mcp-param-x,last-event-id,x-evil",
      },
    });
  for (
    const path of [
      "/",
      "/mcp",
      "/post_message",
      "/who",
      "/token",
      "/oauth/token",
      "/register",
      "/revoke",
      "/.well-known/oauth-authorization-server",
      "/.well-known/oauth-protected-resource/mcp",
      "/.well-known/openid-configuration",
      "/.well-known/mcp-multiplayer/keys.json",
      "/openapi.json",
    ]
  ) {
    await t.step(path, async () => {
      const { status, headers } = await preflight(path);
      assert.equal(status, 204);
      assert.equal(headers.get("access-control-allow-origin"), "*");
      assert.deepEqual(namesIn(headers, "access-control-allow-methods"), [
        "delete",
        "get",
        "head",
        "post",
      ]);
      assert.deepEqual(namesIn(headers, "access-control-allow-headers"), [
        "authorization",
        "content-type",
        "idempotency-key",
        "last-event-id",
        "mcp-param-x",
        "mcp-protocol-version",
        "mcp-session-id",
      ]);
      assert.equal(headers.get("access-control-allow-credentials"), null);
    });
  }
  for (const path of ["/oauth/authorize", "/healthz", "/nothing"]) {
    const { headers } = await preflight(path);
    assert.equal(headers.get("access-control-allow-origin"), null, path);
  }
});

Deno.test("a page may read the answer to every request it may make, refusals too", async () => {
  await using server = await testServer({ sandbox: "off", publicUrl: "https://play.example" });
  const authorization = `Bearer ${await signIn(server.url)}`;
  const asked = (path: string, more: HeadersInit = {}) =>
    responseHead(server, path, { headers: { origin: PAGE, ...more } });
  for (
    const [response, status] of [
      [await asked("/health_check", { authorization }), 200],
      [await asked("/health_check"), 401],
      [await asked("/mcp"), 401],
      [await asked("/post_message", { authorization }), 405],
      [await asked("/.well-known/oauth-authorization-server"), 200],
      [await asked("/.well-known/openid-configuration"), 404],
    ] as const
  ) {
    assert.equal(response.status, status);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    const exposed = response.headers.get("access-control-expose-headers")!;
    for (const name of ["WWW-Authenticate", "Mcp-Session-Id", "RateLimit", "Retry-After"]) {
      assert.ok(exposed.includes(name), name);
    }
  }
  const page = await asked("/oauth/authorize");
  assert.equal(page.headers.get("access-control-allow-origin"), null);
});

Deno.test("if not every page may call, answers vary by origin for caches", async () => {
  await using server = await testServer({ sandbox: "off", allowedOrigins: [PAGE] });
  const { headers } = await responseHead(server, "/who", { headers: { origin: PAGE } });
  assert.equal(headers.get("access-control-allow-origin"), PAGE);
  assert.match(headers.get("vary")!, /Origin/);
  assert.match((await responseHead(server, "/who")).headers.get("vary")!, /Origin/);
});
