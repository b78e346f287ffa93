/** The body of an entry: one value that is hashed, counted and compared. */
import assert from "node:assert/strict";
import { utf8ToBytes } from "../../../src/kernel/hash.ts";
import { bodyOf, memberBody } from "../../../src/domain/transcript/body.ts";

const LIMIT = 16 * 1024;
const ALPHABETS = { "two bytes": "ж", "three bytes": "日", "four bytes": "🎲" };

for (const [name, character] of Object.entries(ALPHABETS)) {
  Deno.test(`memberBody() counts UTF-8: a text of ${name} per character, at the limit`, () => {
    const size = utf8ToBytes(character).length;
    const room = LIMIT - '{"text":""}'.length;
    const text = character.repeat(Math.floor(room / size)) + "x".repeat(room % size);
    const body = memberBody({ text });
    assert.equal(body.bytes, LIMIT);
    assert.equal(utf8ToBytes(body.canonical).length, LIMIT);
    assert.throws(() => memberBody({ text: `${text}x` }), { code: "TOO_LARGE" });
  });
}

Deno.test("bodyOf() holds the same value and counts its stored bytes", () => {
  const value = { b: "é\u0001", a: [1e21, -0, null] };
  const body = bodyOf(value);
  assert.equal(body.value, value);
  assert.equal(body.canonical, '{"a":[1e+21,0,null],"b":"é\\u0001"}');
  assert.equal(body.bytes, utf8ToBytes(JSON.stringify(value)).length);
});
