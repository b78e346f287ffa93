/** Methods that a path does not serve. */
import assert from "node:assert/strict";
import { signIn } from "../support/player.ts";
import { responseHead } from "../support/response_head.ts";
import { testServer } from "../support/server.ts";

Deno.test("OPTIONS lists the methods of a path", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { status, headers } = await responseHead(server, "/who", { method: "OPTIONS" });
  assert.deepEqual([status, headers.get("allow")], [204, "GET, HEAD, OPTIONS, POST"]);
  assert.equal((await responseHead(server, "/nothing", { method: "OPTIONS" })).status, 404);
});

Deno.test("the refusal of a method lists those that the path serves", async (t) => {
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
      const { status: answered, headers } = await responseHead(server, path, { method });
      assert.deepEqual([answered, headers.get("allow")], [status, allow]);
    });
  }
});

Deno.test("every 405 of a path lists the same methods as its OPTIONS, and not the refused one", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const authorization = `Bearer ${await signIn(server.url)}`;
  const table: [path: string, allow: string][] = [
    ["/", "GET, HEAD, OPTIONS, POST"],
    ["/mcp", "GET, HEAD, OPTIONS, POST"],
    ["/mcp/", "GET, HEAD, OPTIONS, POST"],
    ["/token", "OPTIONS, POST"],
    ["/oauth/token", "OPTIONS, POST"],
    ["/register", "OPTIONS, POST"],
    ["/revoke", "OPTIONS, POST"],
    ["/authorize", "GET, HEAD, OPTIONS, POST"],
    ["/oauth/authorize", "GET, HEAD, OPTIONS, POST"],
    ["/who", "GET, HEAD, OPTIONS, POST"],
    ["/post_message", "OPTIONS, POST"],
    ["/healthz", "GET, HEAD, OPTIONS"],
    ["/connect", "GET, HEAD, OPTIONS"],
    ["/openapi.json", "GET, HEAD, OPTIONS"],
    ["/.well-known/oauth-authorization-server", "GET, HEAD, OPTIONS"],
    ["/.well-known/oauth-authorization-server/mcp/", "GET, HEAD, OPTIONS"],
    ["/mcp/.well-known/oauth-protected-resource", "GET, HEAD, OPTIONS"],
  ];
  for (const [path, allow] of table) {
    await t.step(path, async () => {
      for (const method of ["OPTIONS", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]) {
        const init = { method, headers: { authorization, accept: "text/html" } };
        const { status, headers } = await responseHead(server, path, init);
        const isServed = allow.split(", ").includes(method);
        assert.equal(status === 405, !isServed, `${method}: ${status}`);
        if (status === 405 || method === "OPTIONS") assert.equal(headers.get("allow"), allow);
      }
    });
  }
});
