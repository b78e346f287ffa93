/** Which ends of games count, as tables. */
import assert from "node:assert/strict";
import { outcomeOf } from "../../../src/domain/rating/outcome.ts";
import { RATING_LIMITS } from "../../../src/domain/limits/rating.ts";
import type { Json } from "../../../src/kernel/json.ts";

const SEATS: Readonly<Record<string, string>> = {
  p1: "oidc:ada",
  p2: "oidc:bob",
  p3: "github:7",
  p4: "oidc:ada",
  p5: "guest:1",
  p6: "guest:2",
};
const outcome = (end: Json) => outcomeOf(end, (player) => SEATS[player]);
const many = Array.from({ length: RATING_LIMITS.players + 1 }, (_, i) => [`p${i + 1}`]);

Deno.test("outcomeOf() rates what a referee has ranked", () => {
  const rows: [Json, string, string[][]][] = [
    [{ result: "won", ranking: [["p1"], ["p2"]] }, "people", [["oidc:ada"], ["oidc:bob"]]],
    [{ result: "drawn", ranking: [["p2", "p1"]] }, "people", [["oidc:bob", "oidc:ada"]]],
    [
      { result: "timed_out", ranking: [["p3"], ["p1", "p2"]], winners: ["p3"], more: 1 },
      "people",
      [["github:7"], ["oidc:ada", "oidc:bob"]],
    ],
    [{ result: "conceded", ranking: [["p6"], ["p5"]] }, "guests", [["guest:2"], ["guest:1"]]],
  ];
  for (const [end, pool, places] of rows) {
    const { result } = end as { result: string };
    assert.deepEqual(outcome(end), { kind: "rated", pool, result, places });
  }
});

const UNRATED: Readonly<Record<string, [Json, RegExp]>> = {
  "no object": ["p1 wins", /ranked nobody/],
  "nothing": [null, /ranked nobody/],
  "no ranking": [{ result: "won", winners: ["p1"] }, /ranked nobody/],
  "no result": [{ ranking: [["p1"], ["p2"]] }, /ranked nobody/],
  "an empty ranking": [{ result: "won", ranking: [] }, /ranked nobody/],
  "an empty place": [{ result: "won", ranking: [["p1"], []] }, /ranked nobody/],
  "names that are no texts": [{ result: "won", ranking: [[1], [2]] }, /ranked nobody/],
  "abandoned, though ranked": [{ result: "abandoned", ranking: [["p1"], ["p2"]] }, /abandoned/],
  "one player": [{ result: "won", ranking: [["p1"]] }, /one player/],
  "too many players": [{ result: "won", ranking: many }, /too many/],
  "a player twice": [{ result: "won", ranking: [["p1"], ["p1"]] }, /twice/],
  "a player without a seat": [{ result: "won", ranking: [["p1"], ["p9"]] }, /no seat/],
  "a name of Object's": [{ result: "won", ranking: [["p1"], ["p0"]] }, /no seat/],
  "one person on two seats": [{ result: "won", ranking: [["p1"], ["p4"]] }, /against themselves/],
  "a person and a guest": [{ result: "won", ranking: [["p1"], ["p5"]] }, /guest/],
};
for (const [name, [end, why]] of Object.entries(UNRATED)) {
  Deno.test(`outcomeOf() does not rate ${name}`, () => {
    const found = outcome(end);
    assert.ok(found.kind === "unrated");
    assert.match(found.why, why);
  });
}
