/** Small random mutations of a text, drawn by fast-check, as of a broken or hostile sender. */
import fc from "fast-check";

export interface Edit {
  kind: "delete" | "repeat" | "swap" | "insert" | "truncate";
  /** The position, as a fraction of the text's length. */
  at: number;
  length: number;
  text: string;
}

const SPICE = [
  ...[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "null",
    "-1",
    "1e999",
    "0x",
    "\u2028",
    "\ud800",
    "\0",
    "\n",
    " ",
  ],
  ...[
    "__proto__",
    "constructor",
    "then",
    "kind",
    "done",
    "ran",
    "posts",
    '"posts":[',
    "class ",
    "=>",
    "(",
    ")",
    ";",
  ],
  ...[
    "await ",
    "while(1){}",
    "import ",
    "def ",
    "    ",
    "\t",
    "lambda: ",
    "yield ",
    "'''",
    "`",
    "/*",
    "//",
    "#",
  ],
];

/** Not doubles, most of which would be near zero. */
export const share: fc.Arbitrary<number> = fc.noBias(fc.integer({ min: 0, max: 2 ** 20 - 1 }))
  .map((n) => n / 2 ** 20);

export const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("delete", "repeat", "swap", "insert", "truncate"),
    at: share,
    length: fc.noBias(fc.nat(24)),
    text: fc.oneof(fc.constantFrom(...SPICE), fc.string({ unit: "binary", maxLength: 6 })),
  }),
  { minLength: 1, maxLength: 3 },
);

export function mutated(text: string, edits: readonly Edit[]): string {
  return edits.reduce((text, { kind, at, length, text: inserted }) => {
    const from = Math.floor(at * text.length);
    const [before, cut, after] = [
      text.slice(0, from),
      text.slice(from, from + length),
      text.slice(from + length),
    ];
    switch (kind) {
      case "delete":
        return before + after;
      case "repeat":
        return before + cut + cut + after;
      case "swap":
        return before + after.slice(0, length) + cut + after.slice(length);
      case "insert":
        return before + inserted + cut + after;
      case "truncate":
        return length < 4 ? before : before + after;
    }
  }, text);
}

/** A JSON value with one part replaced, which `at` chooses. */
export function withPart(value: unknown, at: number, part: unknown): unknown {
  const paths: (string | number)[][] = [];
  const walk = (node: unknown, path: (string | number)[]) => {
    paths.push(path);
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      walk((node as Record<string, unknown>)[key], [...path, key]);
    }
  };
  walk(value, []);
  const path = paths[Math.floor(at * paths.length)]!;
  if (path.length === 0) return part;
  const copy = structuredClone(value);
  // deno-lint-ignore no-explicit-any -- any JSON value
  let node = copy as any;
  for (const key of path.slice(0, -1)) node = node[key];
  node[path.at(-1)!] = part;
  return copy;
}
