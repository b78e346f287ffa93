/** Blackjack: a table of several players. The tests check every card and chip against the committed
 *  shoe. */
import assert from "node:assert/strict";
import type { HookName } from "../../src/domain/bot/bot.ts";
import type { Json, JsonObject } from "../../src/kernel/json.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { job } from "../sandbox/job.ts";
import { ofType, Player, roomOf, sha256Hex, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const SOURCE = await Deno.readTextFile(
  new URL("../../bots/blackjack/blackjack_bot.ts", import.meta.url),
);

type Params = Record<string, unknown>;

function room(seats: number, params: Params) {
  return {
    slots: ["bot:dealer", ...Array.from({ length: seats }, (_, i) => `invite:player_${i + 1}`)],
    bots: [{ name: "BlackjackBot", code_ref: "builtin://BlackjackBot", params }],
  };
}

async function move(player: Player, action: string, value?: unknown): Promise<Wire> {
  const { channel_id } = player;
  const body = { channel_id, game: "blackjack", action, ...(value !== undefined && { value }) };
  return await player.call("make_game_move", body);
}

// The check of a transcript by a distrustful player
// -------------------------------------------------------------------

const points = (card: string) => card[0] === "A" ? 1 : /\d/.test(card[0]!) ? Number(card[0]) : 10;
const hard = (cards: string[]) => cards.map(points).reduce((a, b) => a + b, 0);
const best = (cards: string[]) =>
  cards.some((c) => c[0] === "A") && hard(cards) < 12 ? hard(cards) + 10 : hard(cards);
const blackjack = (cards: string[]) => cards.length === 2 && best(cards) === 21;

interface Held {
  player: string;
  cards: string[];
  bet: number;
  split: boolean;
  done: boolean;
  forfeited: boolean;
}

/** Replays a dealer's posts from the shoes that it revealed. Throws if a card, a turn, a result or
 *  a chip differs. Returns the events that occurred, so that a test knows which rules it
 *  covered. */
async function audit(posts: Wire[], betting = true): Promise<Set<string>> {
  const seen = new Set<string>();
  const chips = new Map<string, number>();
  const bets = new Map<string, number>();
  let commit = "";
  let shoe: string[] = [];
  let dealt = 0;
  let playing = false;
  let hands: Held[] = [];
  let dealer: string[] = [];
  const draw = () => shoe[dealt++]!;
  const turn = () => hands.find(({ done }) => !done)!;
  const gain = (player: string, amount: number) => {
    if (chips.has(player)) chips.set(player, chips.get(player)! + amount);
    if (betting) assert.ok((chips.get(player) ?? 0) >= 0, "nobody bets more than they have");
  };
  const rules: Record<string, (body: Wire) => void> = {
    rules: ({ players }) => {
      for (const { player, chips: given } of players) chips.set(player, given);
    },
    player_joined: (body) => chips.set(body.player, body.chips),
    player_left({ player }) {
      chips.delete(player);
      bets.delete(player);
      for (const hand of hands) if (hand.player === player) hand.forfeited = hand.done = true;
    },
    "bot:commit"(body) {
      assert.ok(!playing);
      commit = body.commit;
    },
    bet({ player, bet, chips: remaining }) {
      assert.ok(!playing && bet > 0 && Number.isInteger(bet));
      gain(player, (bets.get(player) ?? 0) - bet);
      bets.set(player, bet);
      assert.equal(remaining, chips.get(player));
    },
    deal(body) {
      assert.ok(!playing);
      [playing, dealt] = [true, 0];
      hands = body.hands.map(({ player }: Wire): Held => {
        if (!betting) gain(player, -1);
        const bet = betting ? bets.get(player)! : 1;
        return { player, cards: [draw()], bet, split: false, done: false, forfeited: false };
      });
      bets.clear();
      dealer = [draw()];
      for (const hand of hands) hand.cards.push(draw());
      dealer.push(draw());
      assert.deepEqual(body.dealer, [dealer[0], "??"], "the hole card is hidden");
      assert.deepEqual(body.hands.map(held), hands.map(held));
      for (const hand of hands) hand.done = blackjack(dealer) || blackjack(hand.cards);
    },
    "bot:turn"(body) {
      assert.deepEqual(held(body), held(turn()));
      assert.deepEqual(body.now.may.map(({ player }: Wire) => player), [turn().player]);
    },
    card(body) {
      const hand = turn();
      if (body.action === "double") {
        assert.equal(hand.cards.length, 2);
        gain(hand.player, -hand.bet);
        hand.bet *= 2;
      }
      if (body.action !== "stand") hand.cards.push(draw());
      if (body.action !== "stand") assert.equal(body.card, hand.cards.at(-1));
      hand.done = body.action !== "hit" || best(hand.cards) >= 21;
      assert.deepEqual(held(body), held(hand));
      assert.deepEqual([body.total, body.done], [best(hand.cards), hand.done]);
      seen.add(body.action);
    },
    split(body) {
      const hand = turn();
      const [first, second] = hand.cards as [string, string];
      assert.equal(hand.cards.length, 2);
      assert.equal(points(first), points(second));
      gain(hand.player, -hand.bet);
      const halves = [first, second].map((card) => ({
        ...hand,
        cards: [card, draw()],
        split: true,
      }));
      hands.splice(hands.indexOf(hand), 1, ...halves);
      for (const half of halves) half.done = first[0] === "A" || best(half.cards) === 21;
      const own = hands.filter(({ player }) => player === hand.player).length;
      assert.ok(own <= 4);
      assert.deepEqual(body.hands.map(held), halves.map(held));
      seen.add("split").add(first[0] === "A" ? "split aces" : `${own} hands`);
    },
    dealer(body) {
      assert.equal(turn(), undefined, "the dealer plays last");
      const toBeat = hands.some((h) => !h.forfeited && best(h.cards) < 22 && !natural(h));
      while (toBeat && best(dealer) < 17) dealer.push(draw());
      assert.deepEqual([body.cards, body.total], [dealer, best(dealer)]);
      if (blackjack(dealer)) seen.add("dealer's blackjack");
      if (best(dealer) === 17 && hard(dealer) === 7) seen.add("stands on soft 17");
      if (!toBeat) seen.add("nothing to beat");
    },
    round_end(body) {
      for (const [i, hand] of hands.entries()) {
        const [result, pays] = outcome(hand, dealer);
        assert.deepEqual(held(body.results[i]), held(hand));
        assert.deepEqual([body.results[i].result, body.results[i].paid], [result, hand.bet * pays]);
        gain(hand.player, hand.bet * pays);
        seen.add(hand.split && blackjack(hand.cards) ? "21 after a split" : result);
      }
      const announced = body.chips.map(({ player, chips }: Wire) => [player, chips]);
      assert.deepEqual(new Map(announced), chips);
    },
    "bot:reveal"(body) {
      assert.equal(body.dealt, dealt, "the dealer counts the dealt cards");
      playing = false;
      hands = [];
    },
  };
  for (const [i, { body }] of posts.entries()) {
    if (body.type === "deal") {
      const reveal = posts.slice(i).find(ofType("bot:reveal"))?.body;
      if (!reveal) return seen; // The round has not ended.
      assert.equal(await sha256Hex(reveal.deck + reveal.salt), commit, "committed before the deal");
      assert.deepEqual([reveal.commit, reveal.verified], [commit, true]);
      shoe = reveal.deck.split(" ");
      const kinds = Map.groupBy(shoe, (card) => card);
      assert.equal(kinds.size, 52);
      for (const [card, copies] of kinds) assert.equal(copies.length, shoe.length / 52, card);
    }
    if (body.type !== "bot:reveal") assert.ok(!("deck" in body || "salt" in body));
    rules[body.type]?.(body);
  }
  return seen;
}

const held = ({ player, cards, bet }: Wire) => ({ player, cards, bet });
const natural = ({ cards, split }: Held) => blackjack(cards) && !split;

function outcome(hand: Held, dealer: string[]): [result: string, pays: number] {
  const [own, theirs] = [best(hand.cards), best(dealer)];
  if (hand.forfeited) return ["forfeit", 0];
  if (own > 21) return ["bust", 0];
  if (natural(hand)) return blackjack(dealer) ? ["push", 1] : ["blackjack", 2.5];
  if (blackjack(dealer)) return ["lose", 0];
  if (theirs > 21 || own > theirs) return ["win", 2];
  return own === theirs ? ["push", 1] : ["lose", 0];
}

/** The move of a careful beginner: always splits, doubles 9 to 11, stands from 15 on. */
function choice({ cards }: Wire, allowed: string[]): string {
  if (allowed.includes("split")) return "split";
  if (allowed.includes("double") && [9, 10, 11].includes(best(cards))) return "double";
  return best(cards) < 15 ? "hit" : "stand";
}

// Over HTTP
// -------------------------------------------------------------------------------------------------

/** A table over HTTP. Its first player reads every post once. */
async function tableAt(url: string, seats: number, params: Params, playing = seats) {
  const { created, players } = await roomOf(url, room(seats, params), playing);
  assert.equal(created.bot_errors, undefined);
  const [reader] = players as [Player, ...Player[]];
  const posts: Wire[] = [];
  const read = async (fits: (message: Wire) => boolean) => {
    const messages = await reader.readUntil(fits);
    posts.push(...messages.filter(({ sender }) => sender.startsWith("bot:")));
    return messages;
  };
  await read(ofType("player_joined", { player: players.at(-1)!.player_id }));
  return {
    players,
    posts,
    read,
    invites: created.invites as string[],
    /** The dealer's answer to a message of a player. */
    async answers(said: Promise<Wire>): Promise<Wire[]> {
      const { msg_id } = await said;
      const messages = await read(({ cause }) => cause === msg_id);
      return messages.filter(({ cause }) => cause === msg_id).map(({ body }) => body);
    },
    /** The player whose turn it is after these posts, with the allowed actions; null between
     *  hands. */
    turnIn(bodies: Wire[]) {
      const turn = bodies.findLast(({ type }) => type === "bot:turn");
      if (!turn) return null;
      const player = players.find(({ player_id }) => player_id === turn.player)!;
      const other = players.find(({ player_id }) => player_id !== turn.player)!;
      return { player, other, turn, allowed: turn.now.may[0].allowed as string[] };
    },
  };
}

Deno.test("three players play until a split; every card and chip matches the commitment", async () => {
  await using server = await testServer();
  const table = await tableAt(server.url, 3, { players: 3, chips: 1000 });
  let seen = new Set<string>();
  for (let round = 0; round < 60 && !(seen.has("split") && seen.has("double")); round++) {
    let answers: Wire[] = [];
    for (const player of table.players) answers = await table.answers(move(player, "bet", 10));
    for (let next = table.turnIn(answers); next; next = table.turnIn(answers)) {
      answers = await table.answers(move(next.player, choice(next.turn, next.allowed)));
    }
    seen = await audit(table.posts);
  }
  assert.ok(seen.has("split") && seen.has("double"), [...seen].join());
  assert.deepEqual(table.posts.slice(0, 2).map(({ body }) => body.type), ["rules", "bot:commit"]);
  assert.match(table.posts[0].body.text, /stands on all 17/);
});

Deno.test("the answer to an illegal move lists the legal ones, and nothing changes", async (t) => {
  await using server = await testServer();
  const table = await tableAt(server.url, 2, { players: 2, chips: 50, min_bet: 5 });
  const [alice, bob] = table.players as [Player, Player];
  const refused = async (said: Promise<Wire>, by: Player, reason: string, allowed: string[]) => {
    const [violation, ...more] = await table.answers(said);
    const { type, player, now } = violation;
    assert.deepEqual([type, player, violation.reason], ["violation", by.player_id, reason]);
    assert.deepEqual(violation.allowed, allowed);
    assert.deepEqual(more, []);
    return now;
  };
  await t.step("before the deal", async () => {
    for (const action of ["hit", "stand", "deal", "fold"]) {
      const now = await refused(move(alice, action), alice, "BAD_MOVE", ["bet"]);
      const may = ["p1", "p2"].map((player) => ({ player, allowed: ["bet"] }));
      assert.deepEqual(now.may, may);
    }
    for (const value of [4, 51, 5.5, "all", "1e1", -5, { chips: 10 }, undefined]) {
      await refused(move(alice, "bet", value), alice, "BAD_MOVE", ["bet"]);
    }
  });
  await t.step("in a round", async () => {
    // A blackjack ends the round with the deal, so play another one.
    let next = null;
    while (!next) {
      await table.answers(alice.say("bet 5"));
      next = table.turnIn(await table.answers(bob.say("Bet 5")));
    }
    const { player, other, allowed } = next;
    assert.deepEqual(allowed.slice(0, 2), ["hit", "stand"]);
    for (const action of ["hit", "bet", "deal", "split"]) {
      const now = await refused(move(other, action, 5), other, "BAD_TURN", []);
      assert.deepEqual(now.may, [{ player: player.player_id, allowed }]);
      assert.ok(now.text.startsWith(`${player.player_id} (`), now.text);
    }
    for (const action of ["bet", "deal", "peek"]) {
      await refused(move(player, action, 5), player, "BAD_MOVE", allowed);
    }
    let answers = await table.answers(player.say("stand"));
    for (let on = table.turnIn(answers); on; on = table.turnIn(answers)) {
      answers = await table.answers(on.player.say("STAND"));
    }
    await audit(table.posts);
  });
});

Deno.test("the dealer ignores small talk", async () => {
  await using server = await testServer();
  const table = await tableAt(server.url, 1, {});
  for (const text of ["hello", "I bet you can't", "let's deal with it", "2 of us like cards"]) {
    await table.players[0]!.say(text);
  }
  await move(table.players[0]!, "hit");
  const [answer] = await table.answers(move(table.players[0]!, "hit"));
  const violations = table.posts.filter(ofType("violation"));
  assert.deepEqual([answer.type, violations.length], ["violation", 2]);
});

Deno.test("a player who joins during a round plays from the next; one who leaves forfeits the bet", async () => {
  await using server = await testServer();
  const table = await tableAt(server.url, 3, { players: 2 }, 2);
  const [alice, bob] = table.players as [Player, Player];
  let answers: Wire[] = [];
  const next = () => table.turnIn(answers);
  while (next()?.player !== bob) {
    if (next()) answers = await table.answers(move(alice, "stand"));
    else {
      await table.answers(move(alice, "bet", 5));
      answers = await table.answers(move(bob, "bet", 5));
    }
  }
  const carol = await Player.at(server.url);
  await carol.join(table.invites[2]!);
  await table.read(ofType("player_joined", { player: "p3" }));
  const [early] = await table.answers(move(carol, "hit"));
  assert.equal(early.reason, "BAD_TURN");

  await bob.call("leave_channel", { channel_id: bob.channel_id });
  await table.read(ofType("bot:commit"));
  const end = table.posts.findLast(ofType("round_end")).body;
  assert.deepEqual(end.results.map(({ player }: Wire) => player), ["p1", "p2"]);
  assert.deepEqual([end.results[1].result, end.results[1].paid], ["forfeit", 0]);
  assert.deepEqual(end.chips.map(({ player }: Wire) => player), ["p1", "p3"]);

  // The dealer does not deal while Carol may still bet.
  assert.equal(table.turnIn(await table.answers(move(alice, "bet", 5))), null);
  const [bet, deal] = await table.answers(move(carol, "bet", 7));
  assert.deepEqual([bet.type, deal.type], ["bet", "deal"]);
  assert.deepEqual(deal.hands.map(({ player, bet }: Wire) => [player, bet]), [["p1", 5], [
    "p3",
    7,
  ]]);
  await audit(table.posts);
});

Deno.test("a table without bets keeps score and closes after its rounds", async () => {
  await using server = await testServer();
  const table = await tableAt(server.url, 2, { betting: false, rounds: 3 });
  const [alice] = table.players as [Player];
  for (let round = 0; round < 3; round++) {
    const [refused] = await table.answers(move(alice, "bet", 5));
    assert.deepEqual(refused.allowed, ["deal"]);
    let answers = await table.answers(alice.say("deal"));
    for (let next = table.turnIn(answers); next; next = table.turnIn(answers)) {
      answers = await table.answers(move(next.player, choice(next.turn, next.allowed)));
    }
  }
  const { rounds, chips } = table.posts.findLast(ofType("game_end")).body;
  assert.equal(rounds, 3);
  const ended = (await table.players[1]!.readUntil(ofType("bot:end"))).find(ofType("bot:end"));
  const { result, winners, ranking, ...known } = ended.body.result;
  assert.deepEqual(known, { rounds, chips });
  assert.equal(result, "finished");
  const left = ({ player }: Wire) => chips.find((each: Wire) => each.player === player).chips;
  const best = chips.toSorted((a: Wire, b: Wire) => left(b) - left(a))[0];
  assert.ok(ranking[0].includes(best.player));
  assert.deepEqual(ranking.flat().toSorted(), ["p1", "p2"]);
  assert.deepEqual(winners, ranking.length === 2 ? ranking[0] : []);
  await audit(table.posts, false);
});

// Rare cards
// -------------------------------------------------------------------------------------------------

/** A table in the sandbox without a server. Its cards follow from one seed, so every run of this
 *  test has the same rare cards. */
function rareTable(sandbox: Sandbox, params: Params, count: number) {
  const players = Array.from({ length: count }, (_, i) => ({
    player_id: `p${i + 1}`,
    // The longest allowed name: a post of the dealer about all players still fits.
    display_name: "名".repeat(60),
  }));
  const posts: Wire[] = [];
  let state: Json = null;
  let hooks = 0;
  const run = async (hook: HookName, ...args: Json[]) => {
    const seed = await sha256Hex(`rare cards ${++hooks}`);
    const options = { language: "typescript", class_name: "BlackjackBot" } as const;
    const given = { hook, args, params: params as JsonObject, state, players, seed };
    const outcome = await sandbox.run(job(SOURCE, { ...options, ...given }));
    if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
    if (outcome.state_set) state = outcome.state;
    posts.push(...outcome.posts);
    return outcome.posts.at(-1)!.body as Wire;
  };
  return {
    posts,
    run,
    say: (sender: string, text: string) =>
      run("on_message", { sender, kind: "user", body: { text } }),
  };
}

const RULES = [
  ...["blackjack", "win", "push", "lose", "bust", "double", "split", "split aces", "4 hands"],
  ...["21 after a split", "dealer's blackjack", "stands on soft 17", "nothing to beat"],
];

Deno.test("two hundred rounds of four players cover every rule of the table", async () => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  // As many players as a channel holds; four of them have a seat at the table.
  const table = rareTable(sandbox, { chips: 1_000_000, seats: 4 }, 31);
  let last = await table.run("on_init");
  for (let round = 0; round < 200; round++) {
    // One to four of them bet; the others sit the round out.
    const betting = round % 4 + 1;
    for (let seat = 1; seat <= betting; seat++) {
      last = await table.say(`p${seat}`, `bet ${10 + seat}`);
    }
    if (betting < 4) last = await table.say("p1", "deal");
    while (last.type === "bot:turn") {
      const [{ player, allowed }] = last.now.may;
      last = await table.say(player, choice(last, allowed));
    }
  }
  await sandbox.close();
  const seen = await audit(table.posts);
  assert.deepEqual(RULES.filter((rule) => !seen.has(rule)), []);
});
