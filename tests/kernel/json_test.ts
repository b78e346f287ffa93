import assert from "node:assert/strict";
import { boundedJson } from "../../src/domain/limits/bounded_json.ts";
import { canonicalText } from "../../src/kernel/json.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { Refusal } from "../../src/kernel/refusal.ts";

Deno.test("canonicalText() follows RFC 8785", async (t) => {
  const table: [name: string, value: unknown, text: string][] = [
    [
      "keys by UTF-16 code units",
      JSON.parse('{"\\u20ac":1,"\\r":2,"1":3,"\\ud83d\\ude00":4}'),
      '{"\\r":2,"1":3,"€":1,"😀":4}',
    ],
    [
      "numbers as ECMAScript writes them",
      [1e21, 1e-7, -0, 1.50, 333333333.33333329],
      "[1e+21,1e-7,0,1.5,333333333.3333333]",
    ],
    ["a key that objects treat specially", JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    [
      "nesting",
      { b: [{ d: null, c: true }], a: "\u000f" },
      '{"a":"\\u000f","b":[{"c":true,"d":null}]}',
    ],
  ];
  for (const [name, value, text] of table) {
    await t.step(name, () => assert.equal(canonicalText(value), text));
  }
});

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

Deno.test("boundedJson() refuses values without a canonical form, and values that are too large", async (t) => {
  const table: [name: string, value: unknown, code: string][] = [
    ["a number beyond the double range", JSON.parse('{"n":1e999}'), "INVALID_REQUEST"],
    ["a lone surrogate", { text: "\ud800" }, "INVALID_REQUEST"],
    ["a lone surrogate in a key", { "\udc00": 1 }, "INVALID_REQUEST"],
    ["too deep", nested(BOT_LIMITS.jsonDepth + 1), "TOO_LARGE"],
    ["a million levels", nested(1_000_000), "TOO_LARGE"],
    ["too many bytes", { text: "é".repeat(BOT_LIMITS.bodyBytes / 2) }, "TOO_LARGE"],
  ];
  for (const [name, value, code] of table) {
    await t.step(name, () => {
      assert.throws(() => boundedJson(value, BOT_LIMITS.bodyBytes, "The body"), (error) => {
        assert.ok(error instanceof Refusal);
        assert.equal(error.code, code);
        return true;
      });
    });
  }
});

Deno.test("boundedJson() accepts a value at its limits", () => {
  const text = "x".repeat(BOT_LIMITS.bodyBytes - '{"text":""}'.length);
  assert.equal(
    boundedJson({ text }, BOT_LIMITS.bodyBytes, "The body").bytes,
    BOT_LIMITS.bodyBytes,
  );
  boundedJson(nested(BOT_LIMITS.jsonDepth), BOT_LIMITS.bodyBytes, "The body");
});
