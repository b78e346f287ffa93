/** The security headers of every answer. */
import assert from "node:assert/strict";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { responseHead } from "../support/response_head.ts";
import { testServer } from "../support/server.ts";

Deno.test("every answer forbids sniffing, framing and referrers", async (t) => {
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
      const { headers } = await responseHead(local, path, init);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("x-frame-options"), "DENY");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      assert.match(headers.get("content-security-policy")!, /default-src 'none'/);
      assert.match(headers.get("content-security-policy")!, /frame-ancestors 'none'/);
      assert.equal(headers.get("strict-transport-security"), null, "this one has no https");
      const { headers: https } = await responseHead(open, path, init);
      assert.equal(https.get("strict-transport-security"), "max-age=31536000");
    });
  }
});
