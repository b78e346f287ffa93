/** Ladders: the operator's, and those of the built-in games. */
import assert from "node:assert/strict";
import { Ladders } from "../../../src/domain/rating/ladders.ts";
import type { HashText } from "../../../src/kernel/hash.ts";

const hash = (digit: string) => `sha256:${digit.repeat(64)}` as HashText;
const BUILTINS = new Map([["Guess", hash("1")], ["Chess", hash("2")]]);

const ROWS: [settings: Record<string, string[]>, ladders: Record<string, string[]>][] = [
  [{}, { Chess: [hash("2")], Guess: [hash("1")] }],
  [{ Chess: [] }, { Guess: [hash("1")] }],
  [{ Numbers: ["builtin://Guess"] }, { Chess: [hash("2")], Numbers: [hash("1")] }],
  [{ Numbers: [hash("1")] }, { Chess: [hash("2")], Numbers: [hash("1")] }],
  [
    { Chess: ["builtin://Chess", hash("3")] },
    { Chess: [hash("2"), hash("3")], Guess: [hash("1")] },
  ],
  [{ Chess: [hash("3")] }, { Chess: [hash("3")], Guess: [hash("1")] }],
];
for (const [settings, expected] of ROWS) {
  Deno.test(`Ladders of ${JSON.stringify(settings).slice(0, 60)}`, () => {
    const ladders = new Ladders(BUILTINS, settings);
    assert.deepEqual(ladders.names, Object.keys(expected));
    for (const [name, hashes] of Object.entries(expected)) {
      assert.deepEqual(ladders.sourcesOf(name).toSorted(), hashes);
      for (const each of hashes) assert.equal(ladders.of(each), name);
    }
    assert.equal(ladders.of(hash("9")), undefined);
  });
}

Deno.test("Ladders refuses a source in two ladders, and a game that there is not", () => {
  const twice = { A: [hash("1")], B: ["builtin://Guess"] };
  assert.throws(() => new Ladders(BUILTINS, twice), /in two ladders, A and B/);
  assert.throws(() => new Ladders(BUILTINS, { A: ["builtin://Go"] }), /builtin:\/\/Guess/);
});
