/** What every answer carries, and what a client in a browser needs. */
import assert from "node:assert/strict";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { signIn } from "../support/player.ts";
import { type TestServer, testServer } from "../support/server.ts";

const PAGE = "https://inspector.example";

async function head(server: TestServer, path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(server.url + path, { redirect: "manual", ...init });
  await response.body?.cancel();
  return response;
}

/** The names that a header lists, in the order of the alphabet. */
function namesIn(headers: Headers, header: string): string[] {
  return headers.get(header)!.toLowerCase().split(",").map((name) => name.trim()).toSorted();
}

Deno.test("every answer forbids sniffing, framing and telling where one came from", async (t) => {
  await using local = await testServer({ sandbox: "off" });
  await using open = await testServer({ sandbox: "off", publicUrl: "https://play.example" });
  const html = { headers: { accept: "text/html" } };
  const table: [path: string, init: RequestInit][] = [
    ["/", html],
    ["/nothing", {}],
    ["/mcp", {}],
    ["/who", {}],
    ["/healthz", {}],
    ["/token", { method: "POST", body: "x" }],
    ["/register", { method: "POST", body: "{}" }],
    ["/oauth/authorize", html],
    ["/.well-known/oauth-authorization-server", {}],
    ["/who", { headers: { origin: "https://evil.example" } }],
    ["/who", { method: "OPTIONS" }],
    ["/who", { method: "POST", body: "x".repeat(HTTP_LIMITS.requestBytes + 1) }],
  ];
  for (const [path, init] of table) {
    await t.step(`${init.method ?? "GET"} ${path}`, async () => {
      const { headers } = await head(local, path, init);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("x-frame-options"), "DENY");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      assert.match(headers.get("content-security-policy")!, /default-src 'none'/);
      assert.match(headers.get("content-security-policy")!, /frame-ancestors 'none'/);
      assert.equal(headers.get("strict-transport-security"), null, "this one has no https");
      const { headers: https } = await head(open, path, init);
      assert.equal(https.get("strict-transport-security"), "max-age=31536000");
    });
  }
});

Deno.test("a preflight is answered without a token where programs call, and nowhere else", async (t) => {
  await using server = await testServer({ sandbox: "off", publicUrl: "https://play.example" });
  const preflight = (path: string) =>
    head(server, path, {
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

Deno.test("a page may read every answer that it may ask for, refusals too", async () => {
  await using server = await testServer({ sandbox: "off", publicUrl: "https://play.example" });
  const authorization = `Bearer ${await signIn(server.url)}`;
  const asked = (path: string, more: HeadersInit = {}) =>
    head(server, path, { headers: { origin: PAGE, ...more } });
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

Deno.test("where not every page may call, answers tell caches that they differ by origin", async () => {
  await using server = await testServer({ sandbox: "off", allowedOrigins: [PAGE] });
  const { headers } = await head(server, "/who", { headers: { origin: PAGE } });
  assert.equal(headers.get("access-control-allow-origin"), PAGE);
  assert.match(headers.get("vary")!, /Origin/);
  assert.match((await head(server, "/who")).headers.get("vary")!, /Origin/);
});

Deno.test("OPTIONS says what a path answers to", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { status, headers } = await head(server, "/who", { method: "OPTIONS" });
  assert.deepEqual([status, headers.get("allow")], [204, "GET, HEAD, OPTIONS, POST"]);
  assert.equal((await head(server, "/nothing", { method: "OPTIONS" })).status, 404);
});

Deno.test("a method that a path does not serve is refused with those that it serves", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const table: [method: string, path: string, status: number, allow: string | null][] = [
    ["PUT", "/who", 405, "GET, HEAD, OPTIONS, POST"],
    ["PUT", "/exports/none", 405, "GET, HEAD, OPTIONS"],
    ["GET", "/exports/none", 404, null],
    ["GET", "/token", 405, "OPTIONS, POST"],
    ["PUT", "/.well-known/nothing", 404, null],
    ["PUT", "/nothing", 404, null],
  ];
  for (const [method, path, status, allow] of table) {
    await t.step(`${method} ${path}`, async () => {
      const { status: answered, headers } = await head(server, path, { method });
      assert.deepEqual([answered, headers.get("allow")], [status, allow]);
    });
  }
});

Deno.test("a URL has a limit", async () => {
  await using server = await testServer({ sandbox: "off" });
  const response = await fetch(`${server.url}/who?channel_id=${"x".repeat(HTTP_LIMITS.urlChars)}`);
  assert.deepEqual([response.status, (await response.json()).code], [414, "URI_TOO_LONG"]);
});
