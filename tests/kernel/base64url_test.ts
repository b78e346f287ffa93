import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { base64url } from "../../src/kernel/base64url.ts";

Deno.test("base64url() gives the test vectors of RFC 4648 10, without padding", () => {
  const vectors = { "": "", f: "Zg", fo: "Zm8", foo: "Zm9v", foob: "Zm9vYg", fooba: "Zm9vYmE" };
  for (const [text, expected] of Object.entries(vectors)) {
    assert.equal(base64url(new TextEncoder().encode(text)), expected);
  }
});

Deno.test("base64url() agrees with Node for every byte", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.equal(base64url(bytes), Buffer.from(bytes).toString("base64url"));
  assert.match(base64url(bytes), /^[\w-]+$/);
});
