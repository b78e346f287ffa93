/** Methods that a path does not serve. */
import assert from "node:assert/strict";
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
