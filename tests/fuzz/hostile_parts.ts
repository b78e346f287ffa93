/** Values that hostile or broken clients send in place of valid ones: texts, and JSON as part of a
 *  body. */
import fc from "fast-check";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";

const LENGTHS = [
  ...[10, 20, 40, 60, 64, 80, 120, 200, 600, 1_000, 2_000, 4_096],
  ...[BOT_LIMITS.bodyBytes, BOT_LIMITS.botSourceBytes],
];

const NASTY = [
  ...["", " ", "\0", "\x7f", "\x1b[2J", "\r\nSet-Cookie: a=b", "\u2028", "\u202egnp.exe", "\ufeff"],
  ...["\ud800", "a\udc00b", "\ufffe", "🏴‍☠️", "e\u0301", "ﬁ", "Ａdmin", "аdmin", "bоt:referee"],
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "then",
    "hasOwnProperty",
    "[object Object]",
  ],
  ...[
    "null",
    "undefined",
    "true",
    "NaN",
    "Infinity",
    "-0",
    "1e999",
    "0x10",
    "１２",
    "1_000",
    "42n",
  ],
  ...[
    "../../etc/passwd",
    "%00",
    "%c0%ae",
    "%zz",
    "%",
    "+",
    "&a=b",
    ";",
    "'\"><script>",
    "${7*7}",
    "{{7}}",
  ],
  ...[
    "chn_",
    "inv_",
    "rejoin_",
    "guest:",
    "bot:",
    "invite:",
    "p1",
    "builtin://",
    "sha256:",
    "Bearer x",
  ],
];

/** Texts just below, at and just above every limit, in characters of different sizes. */
export const longText: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom(...LENGTHS),
  fc.constantFrom(-1, 0, 1),
  fc.constantFrom("x", "é", "€", "💥", "\0", '"', "\ud800"),
).map(([length, more, unit]) => unit.repeat(length + more));

export const nastyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
  { weight: 1, arbitrary: longText },
);

export function nested(depth: number, open = "[", close = "]", core = ""): string {
  return open.repeat(depth) + core + close.repeat(depth);
}

/** JSON and nearly JSON, as the exact text that is sent. */
export const part: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...["null", "true", "false", "0", "-1", "1", "1.5", "-0", "1e400", "-1e999", "5e-324"],
      ...["9007199254740993", "4294967296", "1e21", "123456789012345678901234567890", "0.1e1"],
      ...["[]", "{}", "[null]", "[[]]", "[{}]", '{"":""}', '{"0":0,"length":1}', '{"toString":1}'],
      ...['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"x":1}}}', '{"then":true}'],
      ...["NaN", "Infinity", "-Infinity", "undefined", "01", "+1", "1.", ".5", "0x10", "1n", "'x'"],
      ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\x00"', '"\0"', '"\n"', '"\\"', "", ","],
    ),
  },
  { weight: 4, arbitrary: nastyText.map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 3 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom(31, 32, 33, 34, 1_000, 20_000),
      fc.constantFrom(["[", "]", ""], ['{"a":', "}", "1"], ["[[],", "]", "1"], ["[", "", ""]),
    ).map(([depth, [open, close, core]]) => nested(depth, open, close, core)),
  },
);
