import assert from "node:assert/strict";
import { randomBytes } from "../../src/kernel/random_bytes.ts";

Deno.test("randomBytes() returns the requested number of bytes, different each time", () => {
  for (const length of [0, 1, 16, 32]) assert.equal(randomBytes(length).length, length);
  assert.notDeepEqual(randomBytes(16), randomBytes(16));
});
