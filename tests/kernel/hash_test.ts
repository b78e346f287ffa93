import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { bytesToHex, keyed, keyedBy, prefixedHash, utf8ToBytes } from "../../src/kernel/hash.ts";

const TEXTS: Record<string, string> = {
  "nothing": "",
  "ASCII": "a message",
  "two, three and four bytes": "é€🎲",
  "as much as is hashed in place": "€".repeat(5_450),
  "one more than that": "€".repeat(5_451),
  "far more than that": "🎲".repeat(100_000),
};

for (const [name, text] of Object.entries(TEXTS)) {
  Deno.test(`prefixedHash() is SHA-256 of prefix and text: ${name}`, () => {
    for (const prefix of [new Uint8Array(), Uint8Array.of(0), new Uint8Array(32).fill(7)]) {
      const expected = createHash("sha256").update(prefix).update(text).digest("hex");
      assert.equal(bytesToHex(prefixedHash(prefix, text)), expected);
    }
  });
}

Deno.test("keyedBy() is HMAC-SHA-256, for several labels in turn", () => {
  const key = utf8ToBytes("a key");
  const mac = keyedBy(key);
  for (const label of ["one", "two", "three".repeat(50), "one"]) {
    const expected = createHmac("sha256", key).update(label).digest("hex");
    assert.equal(bytesToHex(mac(label)), expected);
    assert.equal(bytesToHex(keyed(key, label)), expected);
  }
});
