/** The rules of Hold'em: the value of hands against two libraries, and every chip. */
import assert from "node:assert/strict";
import fc from "fast-check";
import phe from "phe";
import pokersolver from "pokersolver";
import { act, choices, nameOf, newTable, rankingOf, scoreOf } from "../../bots/holdem/holdem.ts";
import { type Table, withdraw } from "../../bots/holdem/holdem.ts";
import { Illegal } from "lib:game";
import { Chooser } from "../support/chooser.ts";
import { auditHoldem } from "./holdem_audit.ts";

const CARDS = [..."shdc"].flatMap((suit) => [..."23456789TJQKA"].map((rank) => rank + suit));

function dealt(chooser: Chooser, count = 52): string[] {
  const deck = [...CARDS];
  for (let i = 0; i < count; i++) {
    const j = i + chooser.below(52 - i);
    [deck[i], deck[j]] = [deck[j]!, deck[i]!];
  }
  return deck.slice(0, count);
}

// The value of hands
// -------------------------------------------------------------------------------------------------

Deno.test("scoreOf() orders 100,000 hands as pokersolver and phe do", () => {
  const seed = Number(Deno.env.get("HOLDEM_SEED") ?? 20261129);
  const chooser = new Chooser(seed);
  const kinds = new Map<number, number>();
  for (let pair = 0; pair < 50_000; pair++) {
    // Half of the pairs have the same board, as in a game: then kickers and ties decide.
    const deck = dealt(chooser, 14);
    const a = deck.slice(0, 7);
    const b = pair % 2 === 0 ? deck.slice(7) : [...deck.slice(0, 5), ...deck.slice(7, 9)];
    const own = Math.sign(scoreOf(a) - scoreOf(b));
    const about = `seed ${seed}: ${a.join(" ")} against ${b.join(" ")}`;
    assert.equal(own, Math.sign(phe.evaluateCards(b) - phe.evaluateCards(a)), `phe, ${about}`);
    const theirs = pokersolver.Hand.solve(b).compare(pokersolver.Hand.solve(a));
    assert.equal(own, Math.sign(theirs), `pokersolver, ${about}`);
    for (const hand of [a, b]) {
      kinds.set(scoreOf(hand) >> 20, (kinds.get(scoreOf(hand) >> 20) ?? 0) + 1);
    }
  }
  assert.deepEqual([...kinds.keys()].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8], `seed ${seed}`);
});

Deno.test("scoreOf() has as many different values as there are hands, and phe agrees on each", () => {
  // All that ranks can do without suits, in seven cards of which no five have one suit.
  const values = new Map<number, number>();
  const suits = ["s", "h", "d", "c"];
  const hands = (from: number, ranks: number[]): void => {
    if (ranks.length === 7) {
      const used = new Array<number>(13).fill(0);
      const cards = ranks.map((rank, i) =>
        "23456789TJQKA"[rank]! +
        suits[(used[rank]!++ + (ranks.filter((r) => r === rank).length > 1 ? 0 : i)) % 4]
      );
      if (
        new Set(cards).size < 7 || suits.some((s) => cards.filter((c) => c[1] === s).length > 4)
      ) {
        return;
      }
      const value = phe.evaluateCards(cards);
      const before = values.get(scoreOf(cards));
      assert.ok(before === undefined || before === value, cards.join(" "));
      values.set(scoreOf(cards), value);
      return;
    }
    for (let rank = from; rank < 13; rank++) {
      if (ranks.filter((each) => each === rank).length < 4) hands(rank, [...ranks, rank]);
    }
  };
  hands(0, []);
  assert.equal(new Set(values.values()).size, values.size);
  const sorted = [...values].sort(([a], [b]) => a - b).map(([, value]) => value);
  assert.deepEqual(sorted, sorted.toSorted((a, b) => b - a));
});

const NAMES: Record<string, string> = {
  "As Kd": "high card ace",
  "6s 6d": "a pair of sixes",
  "Ts 8h 6d 4s 2c 3d 9s": "high card ten",
  "Ks Kh 6d 6s 2c 2d 9s": "two pairs, kings and sixes",
  "2s 2h 2d 4s 8c Jd Qs": "three twos",
  "As 2h 3d 4s 5c Jd Qs": "a straight to the five",
  "Ts 9s 3s 4s 5s Jd Qs": "a flush, high card queen",
  "Ts Th Td 4s 4c Qd Qs": "a full house, tens over queens",
  "9s 9h 9d 9c 4c Qd Qs": "four nines",
  "As 2s 3s 4s 5s Jd Qs": "a straight flush to the five",
  "As Ks Qs Js Ts 9s 8s": "a straight flush to the ace",
};

Deno.test("nameOf() says what is held", () => {
  for (const [cards, name] of Object.entries(NAMES)) assert.equal(nameOf(cards.split(" ")), name);
});

// Bets
// -------------------------------------------------------------------------------------------------

function tableOf(
  count: number,
  { chips = 100, blinds = [1, 2], hands = 3, seed = 1, stacks, decks }: {
    chips?: number;
    blinds?: [number, number];
    hands?: number;
    seed?: number;
    /** What the players have before the first blind. */
    stacks?: number[];
    decks?: string[];
  } = {},
): Table {
  const chooser = new Chooser(seed);
  decks ??= Array.from({ length: hands }, () => dealt(chooser).join(""));
  const players = Array.from({ length: count }, (_, i) => `p${i + 1}`);
  const table = newTable(players, { chips, blinds, hands, decks });
  for (const [i, stack = chips] of stacks?.entries() ?? []) {
    const seat = table.seats[i]!;
    seat.bet = seat.put = Math.min(seat.put, stack);
    Object.assign(seat, { began: stack, stack: stack - seat.put });
  }
  return table;
}

const turnOf = ({ seats, turn }: Table) => seats[turn]!.player;
const refusal = (table: Table, action: string, value?: unknown) => {
  const before = JSON.stringify(table);
  try {
    act(table, action, value);
  } catch (error) {
    assert.ok(error instanceof Illegal);
    assert.equal(JSON.stringify(table), before, "a refused move changes nothing");
    return error.message;
  }
  throw new Error(`${action} was taken`);
};

Deno.test("between two, the button has the small blind, acts first before the flop and last after it", () => {
  const table = tableOf(2);
  assert.deepEqual([table.button, table.small, table.big, turnOf(table)], [0, 0, 1, "p1"]);
  act(table, "call");
  assert.equal(turnOf(table), "p2");
  act(table, "check");
  assert.equal(table.board.length, 3);
  assert.equal(turnOf(table), "p2");
  act(table, "bet", 2);
  act(table, "fold");
  assert.deepEqual([table.button, table.big, turnOf(table)], [1, 0, "p2"]);
  assert.deepEqual(table.seats.map(({ stack, bet }) => stack + bet), [98, 102]);
});

Deno.test("among more, the player left of the big blind begins, and the button moves on", () => {
  const table = tableOf(4);
  assert.deepEqual([table.button, table.small, table.big, turnOf(table)], [0, 1, 2, "p4"]);
  for (let i = 0; i < 3; i++) act(table, "fold");
  assert.deepEqual([table.button, table.small, table.big, turnOf(table)], [1, 2, 3, "p1"]);
});

Deno.test("a raise is at least as large as the one before it", () => {
  const table = tableOf(3);
  assert.deepEqual(choices(table, 0), { call: 2, raise: { min: 4, max: 100 } });
  act(table, "raise", 10);
  assert.deepEqual(choices(table, 1), { call: 9, raise: { min: 18, max: 100 } });
  for (const value of [17, 101, 9.5, -20, NaN, Infinity, 1e308, "all", "1e1", null, {}, [20]]) {
    assert.match(refusal(table, "raise", value), /whole number from 18 to 100\./);
  }
  assert.match(refusal(table, "check"), /a call takes 9 chips/);
  act(table, "raise", "18");
  assert.deepEqual(choices(table, 2), { call: 16, raise: { min: 26, max: 100 } });
});

Deno.test("a fold is refused when checking is free, and a check when it is not", () => {
  const table = tableOf(2);
  assert.match(refusal(table, "check"), /You cannot check/);
  act(table, "call");
  assert.match(refusal(table, "fold"), /need not fold/);
  assert.match(refusal(table, "call"), /nothing to call/);
  assert.match(refusal(table, "dance"), /The moves are/);
});

Deno.test("an all-in that is no full raise lets those who have acted only call, until such raises add up", () => {
  const small = tableOf(3, { stacks: [100, 15, 100] });
  act(small, "raise", 10);
  act(small, "all_in");
  assert.deepEqual(choices(small, 2), { call: 13, raise: { min: 23, max: 100 } });
  act(small, "call");
  assert.deepEqual(choices(small, 0), { call: 5, raise: null });
  assert.match(refusal(small, "raise", 40), /nobody has raised by 8 or more since/);
  assert.match(refusal(small, "all_in"), /You may not raise now, and a call takes 5/);

  const sum = tableOf(4, { stacks: [15, 19, 100, 100] });
  act(sum, "raise", 10); // p4
  act(sum, "all_in"); // p1, to 15
  act(sum, "all_in"); // p2, to 19
  act(sum, "fold"); // p3
  assert.deepEqual(choices(sum, 3), { call: 9, raise: null }, "nobody is left to call");
  const open = tableOf(4, { stacks: [15, 19, 100, 100] });
  act(open, "raise", 10);
  act(open, "all_in");
  act(open, "all_in");
  act(open, "call");
  assert.deepEqual(choices(open, 3), { call: 9, raise: { min: 27, max: 100 } });
});

Deno.test("a blind larger than the stack is paid with what there is, and others call the whole blind", () => {
  const table = tableOf(3, { stacks: [100, 100, 1], blinds: [5, 10] });
  assert.deepEqual(choices(table, 0), { call: 10, raise: { min: 20, max: 100 } });
  act(table, "fold");
  // Alone against a player who is all in for 1, the small blind has nothing to decide.
  assert.equal(table.last?.hand, 1);
});

/** A deck for hands that are given, from the left of the button on, and a board. */
function stacked(hands: string[], board: string): string {
  const held = hands.map((hand) => hand.match(/../g)!);
  const top = [...held.map(([first]) => first!), ...held.map(([, second]) => second!)];
  top.push(...board.match(/../g)!);
  return [...top, ...CARDS.filter((card) => !top.includes(card))].join("");
}

Deno.test("three are all in with different stacks and tie: side pots are split, odd chips go left of the button", () => {
  const decks = [
    stacked(["2c3c", "2d3d", "2h3h", "7c7d"], "AsKsQsJsTs"),
    dealt(new Chooser(1)).join(""),
  ];
  // p1 has the button, p2 and p3 the blinds.
  const table = tableOf(4, { stacks: [12, 5, 9, 40], decks, hands: 2 });
  act(table, "fold"); // p4
  act(table, "all_in"); // p1
  act(table, "call"); // p2
  act(table, "call"); // p3
  assert.deepEqual(table.last!.won, { p1: 9, p2: 5, p3: 9 });
  const told = table.told.filter(({ event }) => /pot|returned/.test(event));
  assert.deepEqual(told.map(({ event, chips }) => [event, chips]), [["returned", 3], ["pot", 15], [
    "side pot",
    8,
  ]]);

  const odd = tableOf(3, {
    stacks: [40, 40, 40],
    decks: [stacked(["2c3c", "2d3d", "7h8h"], "AsKsQsJsTs"), decks[1]!],
    hands: 2,
  });
  act(odd, "raise", 7); // p1
  act(odd, "call");
  act(odd, "call");
  act(odd, "check");
  act(odd, "check");
  act(odd, "bet", 2);
  act(odd, "call");
  act(odd, "fold");
  for (let i = 0; i < 4; i++) act(odd, "check");
  // 7 + 7 + 7 + 2 + 2 = 25, between p1, who has the button, and p2.
  assert.deepEqual(odd.last!.won, { p2: 13, p1: 12 });
});

Deno.test("at the showdown who bet last shows first, and a beaten hand stays hidden", () => {
  const deck = stacked(["AcAd", "2c7d", "KcKd"], "3s4h9sJdTs");
  const table = tableOf(3, { decks: [deck, deck], hands: 2 });
  act(table, "call");
  act(table, "call");
  for (let i = 0; i < 10; i++) act(table, "check");
  assert.deepEqual(Object.keys(table.last!.shown), ["p2"]);
  const second = tableOf(3, { decks: [deck, deck], hands: 2 });
  act(second, "call");
  act(second, "call");
  for (let i = 0; i < 9; i++) act(second, "check");
  act(second, "bet", 10); // p1, the last to act on the river
  act(second, "call");
  act(second, "call");
  assert.deepEqual(Object.keys(second.last!.shown), ["p1", "p2"]);
});

Deno.test("who wins because all others fold shows nothing", () => {
  const table = tableOf(3);
  act(table, "fold");
  act(table, "fold");
  assert.deepEqual([table.last!.shown, table.last!.won], [{}, { p3: 2 }]);
});

Deno.test("who leaves in the middle of a hand folds, and its chips are out of the game", () => {
  const table = tableOf(3, { hands: 2 });
  act(table, "raise", 10);
  withdraw(table, "p1", "conceded");
  assert.equal(turnOf(table), "p2");
  act(table, "call");
  withdraw(table, "p3", "conceded");
  // p2 takes what p1 and p3 had in the pot.
  assert.equal(table.seats[1]!.stack, 100 + 10 + 2 - 0);
  assert.ok(table.over);
  assert.deepEqual(rankingOf(table), [["p2"], ["p3"], ["p1"]]);
});

// Whole games
// -------------------------------------------------------------------------------------------------

/** Plays at random, with leavers, and asserts that every chip is where it should be. */
function playAtRandom(count: number, chips: number, blinds: [number, number], seed: number): Table {
  const chooser = new Chooser(seed);
  const table = tableOf(count, { chips, blinds, hands: 8, seed: seed + 1 });
  const players = table.seats.map(({ player }) => player);
  const told = [...table.told];
  for (let moves = 0; !table.over; moves++) {
    assert.ok(moves < 2_000);
    table.told = [];
    const { call, raise } = choices(table, table.turn);
    const { min, max } = raise ?? { min: 0, max: 0 };
    const luck = chooser.below(100);
    if (luck < 2) withdraw(table, chooser.of(players), "conceded");
    else if (luck < 15 && call > 0) act(table, "fold");
    else if (luck < 35 && raise) act(table, "all_in");
    else if (luck < 60 && raise) act(table, "raise", min + chooser.below(max - min + 1));
    else if (luck < 70 && raise) act(table, "raise", min);
    else act(table, call > 0 ? "call" : "check");
    told.push(...table.told);
    assert.ok(table.told.length < 400);
    if (!table.over) {
      assert.ok(table.seats[table.turn]!.inHand && table.seats[table.turn]!.stack > 0);
    }
  }
  const stacks = auditHoldem(told, { players, chips, decks: table.decks });
  assert.deepEqual(table.seats.map(({ player, stack }) => [player, stack]), [...stacks]);
  assert.deepEqual(rankingOf(table).flat().sort(), players);
  return table;
}

Deno.test("in any game, chips are conserved and each pot goes to the best hand that can win it", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 2, max: 60 }),
      fc.integer({ min: 1, max: 10 }),
      fc.nat(2 ** 31),
      (count, chips, small, seed) => {
        const big = Math.min(chips, 2 * small);
        playAtRandom(count, chips, [Math.min(small, big), big], seed);
      },
    ),
    { numRuns: 1_500, seed: 29 },
  );
});

Deno.test("a game ends even if everyone is all in at the blinds", () => {
  for (let seed = 0; seed < 200; seed++) {
    const table = tableOf(2 + seed % 5, { chips: 2, blinds: [2, 2], hands: 100, seed });
    for (let moves = 0; !table.over; moves++) {
      assert.ok(moves < 700);
      act(table, choices(table, table.turn).call > 0 ? "call" : "check");
    }
  }
});
