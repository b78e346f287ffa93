/** Follows a game of Hold'em by what the dealer tells, and counts every chip again in another way:
 *  the pots chip by chip, and the hands by `phe`. */
import assert from "node:assert/strict";
import phe from "phe";
import type { Wire } from "../support/player.ts";

interface Start {
  players: string[];
  chips: number;
  /** Those that were dealt, as strings of 52 cards. */
  decks: string[];
}

interface Hand {
  cards: Map<string, string[]>;
  board: string[];
  rest: string[];
  put: Map<string, number>;
  /** Since the last card of the board. */
  bets: Map<string, number>;
  in: string[];
  folded: string[];
  /** The players from the left of the button on. */
  order: string[];
  /** From when the showdown begins. */
  first: string | undefined;
  shown: Set<string>;
  owed: Map<string, number> | undefined;
}

/** Asserts that everything told follows from the decks and the moves. Returns the stacks at the
 *  end. */
export function auditHoldem(told: Wire[], { players, chips, decks }: Start): Map<string, number> {
  const stacks = new Map(players.map((player) => [player, chips]));
  const gone = new Set<string>();
  let number = 0;
  let hand: Hand | undefined;
  const pay = (player: string, amount: number) => {
    assert.ok(amount >= 0 && amount <= stacks.get(player)!, `${player} has no ${amount}`);
    stacks.set(player, stacks.get(player)! - amount);
    for (const sums of [hand!.put, hand!.bets]) {
      sums.set(player, (sums.get(player) ?? 0) + amount);
    }
  };
  const strength = (player: string) =>
    phe.evaluateCards([...hand!.cards.get(player)!, ...hand!.board]) as number;
  const conserved = () => {
    const all = [...stacks.values(), ...hand?.put.values() ?? []].reduce((a, b) => a + b, 0);
    assert.equal(all, chips * players.length, "chips are conserved");
  };
  for (const { event, player, ...more } of told) {
    if (event === "deal") {
      assert.equal(more.hand, ++number);
      const dealt = players.filter((each) => !gone.has(each) && stacks.get(each)! > 0);
      const from = dealt.indexOf(more.button) + 1;
      const order = [...dealt.slice(from), ...dealt.slice(0, from)];
      const deck = decks[number - 1]!.match(/../g)!;
      assert.equal(new Set(deck).size, 52);
      const cards = new Map(order.map((each, i) => [each, [deck[i]!, deck[i + order.length]!]]));
      hand = {
        ...{ cards, board: [], rest: deck.slice(2 * order.length), put: new Map() },
        ...{ bets: new Map(), in: dealt, folded: [], order, first: undefined, shown: new Set() },
        owed: undefined,
      };
      const heads = order.length === 2;
      assert.equal(more.small_blind.player, heads ? more.button : order[0]);
      assert.equal(more.big_blind.player, order[heads ? 0 : 1]);
      for (const blind of [more.small_blind, more.big_blind]) pay(blind.player, blind.chips);
    } else if (["flop", "turn", "river"].includes(event)) {
      hand!.board = hand!.rest.slice(0, { flop: 3, turn: 4, river: 5 }[event as "flop"]);
      assert.deepEqual(more.board, hand!.board);
      hand!.bets.clear();
      hand!.first = undefined;
    } else if (event === "call") pay(player, more.chips);
    else if (event === "bet" || event === "raise") {
      pay(player, more.to - (hand!.bets.get(player) ?? 0));
      assert.equal(more.to, Math.max(...hand!.bets.values()));
      hand!.first = player;
    } else if (event === "fold" || event === "gone") {
      if (hand!.in.includes(player)) hand!.folded.push(player);
      hand!.in = hand!.in.filter((each) => each !== player);
      if (event === "gone") gone.add(player);
    } else if (event === "returned") {
      hand!.put.set(player, hand!.put.get(player)! - more.chips);
      stacks.set(player, stacks.get(player)! + more.chips);
    } else if (event === "show") {
      assert.deepEqual(more.cards, hand!.cards.get(player));
      hand!.shown.add(player);
    } else if (event === "muck") assert.ok(hand!.in.includes(player));
    else if (event === "pot" || event === "side pot") {
      hand!.owed ??= owed(hand!, strength);
      const contested = hand!.in.length > 1;
      for (const winner of more.winners) {
        const { put } = hand!;
        hand!.owed.set(winner.player, hand!.owed.get(winner.player)! - winner.chips);
        stacks.set(winner.player, stacks.get(winner.player)! + winner.chips);
        if (contested && more.winners.length > 1) assert.ok(hand!.shown.has(winner.player));
        const most = [...put.values()].reduce(
          (sum, each) => sum + Math.min(each, put.get(winner.player)!),
          0,
        );
        assert.ok(winner.chips <= most, "nobody wins more than it could from each");
      }
      if ([...hand!.owed.values()].every((left) => left === 0)) {
        hand!.put.clear();
        if (contested) assertShown(hand!, strength);
      }
    }
    if (event !== "pot" && event !== "side pot") conserved();
  }
  conserved();
  return stacks;
}

/** What each player is to get: for each chip of height, all chips at it go to the best hands that
 *  reach it; those with the same winners and claimants are split together. */
function owed(hand: Hand, strength: (player: string) => number): Map<string, number> {
  const pots = new Map<string, number>();
  for (let height = 1; height <= Math.max(...hand.put.values()); height++) {
    const reach = (player: string) => (hand.put.get(player) ?? 0) >= height;
    const chips = [...hand.put.values()].filter((put) => put >= height).length;
    const left = hand.order.filter((player) => hand.in.includes(player) && reach(player));
    const of = left.length > 0 ? left : [hand.folded.findLast(reach)!];
    pots.set(of.join(), (pots.get(of.join()) ?? 0) + chips);
  }
  const owed = new Map(hand.order.map((player) => [player, 0]));
  for (const [names, chips] of pots) {
    const of = names.split(",");
    const best = of.length > 1 ? Math.min(...of.map(strength)) : 0;
    const winners = of.length > 1 ? of.filter((player) => strength(player) === best) : of;
    for (let i = 0; i < chips; i++) {
      const winner = winners[i % winners.length]!;
      owed.set(winner, owed.get(winner)! + 1);
    }
  }
  return owed;
}

/** A hand stays hidden only if, in the order of the showdown, a better one was shown before it for
 *  every pot. */
function assertShown(hand: Hand, strength: (player: string) => number): void {
  const best = Math.min(...hand.in.map(strength));
  const winners = hand.in.filter((player) => strength(player) === best);
  for (const player of winners) assert.ok(hand.shown.has(player), `${player} won unseen`);
  const order = hand.order.filter((player) => hand.in.includes(player));
  assert.ok(hand.shown.has(hand.first ?? order[0]!), "the first of the showdown shows");
}
