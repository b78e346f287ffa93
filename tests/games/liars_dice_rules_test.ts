/** The rules of Liar's Dice. */
import assert from "node:assert/strict";
import { Illegal } from "lib:game";
import {
  act,
  type Bid,
  bidInText,
  countOf,
  diceOf,
  inWords,
  newTable,
  nextBids,
  rankingOf,
  type Table,
  withdraw,
} from "../../bots/liars_dice/liars_dice.ts";
import { Chooser } from "../support/chooser.ts";

/** Rolls these dice first, then sixes. */
function loaded(dice: number[]): (below: number) => number {
  const next = [...dice];
  return () => (next.shift() ?? 6) - 1;
}

const refusal = (table: Table, action: string, value?: unknown) => {
  const before = JSON.stringify(table);
  try {
    act(table, action, value, loaded([]));
  } catch (error) {
    assert.ok(error instanceof Illegal);
    assert.equal(JSON.stringify(table), before, "a refused move changes nothing");
    return error.message;
  }
  throw new Error(`${action} was taken`);
};
const bid = (quantity: number, face: number): Bid => ({ quantity, face });

Deno.test("a bid is higher by more dice, or by as many of a higher face", () => {
  const table = newTable(["p1", "p2"], { dice: 2, wild: true }, loaded([1, 2, 3, 4]));
  assert.match(refusal(table, "challenge"), /no bid yet/);
  act(table, "bid", bid(2, 4), loaded([]));
  for (const low of [bid(2, 4), bid(2, 3), bid(1, 6)]) {
    assert.match(refusal(table, "bid", low), /The bid is 2 fours: bid more dice than 2/);
  }
  assert.deepEqual(nextBids(table), [
    ...[5, 6].map((face) => bid(2, face)),
    ...[2, 3, 4, 5, 6].map((face) => bid(3, face)),
  ]);
  assert.match(refusal(table, "bid", bid(5, 6)), /The quantity is 1 to 4/);
  assert.match(refusal(table, "bid", bid(3, 1)), /Ones are wild/);
  assert.match(refusal(table, "bid", bid(3, 7)), /A face is 2 to 6/);
  const wrong = [
    NaN,
    1e308,
    "all",
    -1,
    null,
    undefined,
    {},
    [3, 5],
    { quantity: 3 },
    "x".repeat(9e4),
  ];
  for (const value of [...wrong, { quantity: 2.5, face: 3 }, { quantity: "3e0", face: 3 }]) {
    assert.match(refusal(table, "bid", value), /which means three fives/);
  }
  act(table, "bid", { quantity: "3", face: "2" }, loaded([]));
  act(table, "bid", "4 sixes", loaded([]));
  assert.deepEqual(nextBids(table), []);
});

Deno.test("the loser of a challenge loses a die and begins the next round", () => {
  const table = newTable(["p1", "p2"], { dice: 2, wild: true }, loaded([1, 2, 3, 4]));
  act(table, "bid", bid(2, 4), loaded([]));
  act(table, "challenge", undefined, loaded([])); // A one and a four: the bid holds.
  assert.deepEqual(table.cups.map(({ count }) => count), [2, 1]);
  assert.deepEqual([table.turn, table.round, table.last!.loser], [1, 2, "p2"]);
  act(table, "bid", bid(1, 2), loaded([])); // All dice are sixes.
  act(table, "challenge", undefined, loaded([]));
  assert.deepEqual([table.over, rankingOf(table)], [true, [["p1"], ["p2"]]]);
});

Deno.test("without wild ones, a one is a face like others", () => {
  const table = newTable(["p1", "p2"], { dice: 2, wild: false }, loaded([1, 1, 3, 4]));
  assert.deepEqual([1, 3, 6].map((face) => countOf(table, face)), [2, 1, 0]);
  act(table, "bid", bid(2, 1), loaded([]));
  act(table, "challenge", undefined, loaded([]));
  assert.equal(table.last!.loser, "p2");
});

Deno.test("who leaves takes its dice along, and the others roll anew", () => {
  const table = newTable(["p1", "p2", "p3"], { dice: 2, wild: true }, loaded([]));
  act(table, "bid", bid(2, 4), loaded([]));
  withdraw(table, "p2", "conceded", loaded([]));
  assert.deepEqual([diceOf(table), table.turn, table.bid, table.round], [4, 2, null, 2]);
  withdraw(table, "p1", "conceded", loaded([]));
  assert.deepEqual([table.over, rankingOf(table)], [true, [["p3"], ["p1"], ["p2"]]]);
});

Deno.test("bidInText() reads what people write", () => {
  for (const text of ["3 fives", "three fives", "3x5", "3 x 5", "3 5", "3 of five", "Three Five"]) {
    assert.deepEqual(bidInText(text), bid(3, 5), text);
  }
  for (const text of ["", "fives", "3", "3.5", "-3 5", "3 sevens", "0 5", "3 0", "3 fives or so"]) {
    assert.equal(bidInText(text), null, text);
  }
  assert.deepEqual([bid(1, 6), bid(2, 6)].map(inWords), ["1 six", "2 sixes"]);
});

Deno.test("every game ends, with one die lost in each round and everyone ranked", () => {
  for (let seed = 0; seed < 400; seed++) {
    const chooser = new Chooser(seed);
    const below = (limit: number) => chooser.below(limit);
    const players = Array.from({ length: 2 + seed % 5 }, (_, i) => `p${i + 1}`);
    const table = newTable(players, { dice: 1 + seed % 6, wild: seed % 2 === 0 }, below);
    for (let moves = 0; !table.over; moves++) {
      assert.ok(moves < 3_000);
      const before = diceOf(table);
      const { round } = table;
      assert.ok(table.cups[table.turn]!.count > 0);
      const bids = nextBids(table);
      const leaves = chooser.below(50) === 0;
      if (leaves) withdraw(table, chooser.of(players), "conceded", below);
      else if (table.bid && (bids.length === 0 || chooser.below(4) === 0)) {
        const { face, quantity } = table.bid;
        const holds = countOf(table, face) >= quantity;
        const challenger = table.cups[table.turn]!.player;
        const bidder = table.bid.player;
        act(table, "challenge", undefined, below);
        assert.equal(table.last!.loser, holds ? challenger : bidder);
      } else act(table, "bid", chooser.of(bids), below);
      if (!leaves) assert.equal(before - diceOf(table), table.over || table.round > round ? 1 : 0);
      for (const { dice, count } of table.cups) assert.ok(table.over || dice.length === count);
    }
    assert.deepEqual(rankingOf(table).flat().sort(), players);
  }
});
