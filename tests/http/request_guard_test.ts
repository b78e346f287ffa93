/** The checks that every request passes. */
import assert from "node:assert/strict";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { testServer } from "../support/server.ts";

Deno.test("a URL has a limit of characters", async () => {
  await using server = await testServer({ sandbox: "off" });
  const response = await fetch(`${server.url}/who?channel_id=${"x".repeat(HTTP_LIMITS.urlChars)}`);
  assert.deepEqual([response.status, (await response.json()).code], [414, "URI_TOO_LONG"]);
});
