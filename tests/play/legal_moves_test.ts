/** Each built-in game, played to its end by players who know nothing of it: they wait until they
 *  are called, and make one of the moves that the turn names. */
import assert from "node:assert/strict";
import { boardOf } from "../../src/domain/board/board.ts";
import { svgOf } from "../../src/domain/board/svg_of.ts";
import { viewIn } from "../../src/domain/board/view_in.ts";
import { Chooser } from "../support/chooser.ts";
import { playLegally } from "../support/legal_player.ts";
import { ofType, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

interface Game {
  what: string;
  preset: string;
  params?: Record<string, unknown>;
  /** The labels of the seats. */
  seats: string[];
  /** The type of the post that ends it. */
  end: string;
  /** How many are told that they do not play. */
  watching?: number;
}

const CLAUSES = [
  { id: "1", text: "Ada hosts the site.", party: "ada" },
  {
    id: "2",
    text: "It is up.",
    party: "ada",
    check: { evidence: "uptime", from: "mona", at_least: 99.5 },
  },
  { id: "3", text: "Bob pays.", party: "bob", check: { evidence: "paid", equals: true } },
];
const PARTIES = { parties: ["ada", "bob"] };

const GAMES: Game[] = [
  { what: "guesses", preset: "GuessBot", seats: ["a", "b"], end: "game_end" },
  {
    what: "guesses from a wide range, one player watching",
    preset: "GuessBot",
    params: { range: [-1e9, 1e9], players: 3 },
    seats: ["a", "b", "c", "d"],
    end: "game_end",
    watching: 1,
  },
  {
    what: "guesses that are hot or cold",
    preset: "GuessBot",
    params: { mode: "hot_cold", range: [-500, 500] },
    seats: ["a", "b"],
    end: "game_end",
  },
  {
    what: "guesses of words",
    preset: "GuessBot",
    params: { mode: "word", players: 3 },
    seats: ["a", "b", "c"],
    end: "game_end",
  },
  {
    what: "blackjack",
    preset: "BlackjackBot",
    params: { rounds: 3, chips: 20, min_bet: 2 },
    seats: ["a", "b"],
    end: "game_end",
  },
  {
    what: "blackjack without bets, until both end it, and one without a seat",
    preset: "BlackjackBot",
    params: { betting: false, seats: 2, players: 2 },
    seats: ["a", "b", "c"],
    end: "game_end",
    watching: 1,
  },
  {
    what: "tic-tac-toe on a big board, one player watching",
    preset: "TicTacToe",
    params: { size: 5, line: 4 },
    seats: ["a", "b", "c"],
    end: "game_end",
    watching: 1,
  },
  { what: "connect four", preset: "ConnectFour", seats: ["a", "b"], end: "game_end" },
  {
    what: "chess with a clock, draws to claim",
    preset: "Chess",
    params: { max_moves: 20, draws: "claimed", clock: { game_s: 3_600, increment_s: 5 } },
    seats: ["a", "b"],
    end: "game_end",
  },
  {
    what: "a contract with checks",
    preset: "ContractJudge",
    params: { ...PARTIES, clauses: CLAUSES },
    seats: ["ada", "bob", "mona", "eve"],
    end: "bot:end",
    watching: 1,
  },
  {
    what: "a contract with an arbiter",
    preset: "ContractJudge",
    params: { ...PARTIES, clauses: CLAUSES, arbiter: "judy" },
    seats: ["ada", "bob", "mona", "judy"],
    end: "bot:end",
  },
  {
    what: "a contract whose terms the parties propose",
    preset: "ContractJudge",
    params: PARTIES,
    seats: ["ada", "bob"],
    end: "bot:end",
  },
  {
    what: "an exchange, one player watching",
    preset: "MemoryExchange",
    params: { topic: "the outage" },
    seats: ["ada", "bob", "eve"],
    end: "bot:end",
    watching: 1,
  },
  {
    what: "rock, paper, scissors, one player watching",
    preset: "RockPaperScissors",
    params: { best_of: 5, variant: "spock" },
    seats: ["a", "b", "c"],
    end: "game_end",
    watching: 1,
  },
  {
    what: "rock, paper, scissors by commitments",
    preset: "RockPaperScissors",
    params: { mode: "commit" },
    seats: ["a", "b"],
    end: "game_end",
  },
  {
    what: "an auction of several lots by price",
    preset: "SealedBidAuction",
    params: { lots: 3, price: "vickrey", reserve: 10, max_bid: 99 },
    seats: ["a", "b", "c"],
    end: "game_end",
  },
  {
    what: "an auction with private values, one player watching",
    preset: "SealedBidAuction",
    params: { players: 2, lots: 2, values: "private", ties: "random" },
    seats: ["a", "b", "c"],
    end: "game_end",
    watching: 1,
  },
  {
    what: "a quiz from the seed",
    preset: "Trivia",
    params: { rounds: 4, level: 2 },
    seats: ["a", "b", "c"],
    end: "game_end",
  },
  {
    what: "a discussion in turn, one player watching",
    preset: "Moderator",
    params: { topics: ["tea", "coffee"], players: 3 },
    seats: ["a", "b", "c", "d"],
    end: "game_end",
    watching: 1,
  },
  {
    what: "a discussion by raised hands",
    preset: "Moderator",
    params: { order: "hands", rounds: 3 },
    seats: ["a", "b", "c"],
    end: "game_end",
  },
  {
    what: "a bet on a source that can't be read",
    preset: "Wager",
    params: {
      claim: "It is above 100",
      sources: [{ url: "https://example.org/price", path: "price" }],
      test: { op: ">", value: 100 },
      players: 3,
      after_s: 1,
      tries: 1,
    },
    seats: ["a", "b", "c"],
    end: "game_end",
  },
  {
    what: "a quiz of a quizmaster",
    preset: "Trivia",
    params: { rounds: 2, source: "quizmaster" },
    seats: ["a", "b", "c"],
    end: "game_end",
  },
  {
    what: "hold'em, one player watching",
    preset: "Holdem",
    params: { hands: 4, chips: 40, players: 3, strikes: 1 },
    seats: ["a", "b", "c", "d"],
    end: "game_end",
    watching: 1,
  },
  {
    what: "liar's dice",
    preset: "LiarsDice",
    params: { dice: 2, strikes: 1 },
    seats: ["a", "b", "c"],
    end: "game_end",
  },
];

/** Bots that have no board. */
const DRAWS_NOTHING = ["ContractJudge", "MemoryExchange"];

/** Asserts that the words on turns, and the last one, have a board. */
function assertDrawn(messages: Wire[]): void {
  for (const { sender, body } of messages) {
    const stands = ["bot:turn", "game_end"].includes(body?.type) || body?.now;
    if (!stands || !sender.startsWith("bot:")) continue;
    const read = viewIn(body);
    assert.ok(read && "view" in read, JSON.stringify(read ?? body));
  }
  const { view, over, turn, wrong } = boardOf(messages);
  assert.deepEqual([over, turn, wrong], [true, [], undefined]);
  assert.ok(svgOf(view).length < 16 * 1024);
}

Deno.test("each game is played to its end by legal moves alone", async (t) => {
  await using server = await testServer();
  for (const [i, { what, preset, params = {}, seats, end, watching = 0 }] of GAMES.entries()) {
    await t.step(what, async () => {
      const { players } = await roomOf(server.url, {
        slots: ["bot:referee", ...seats.map((label) => `invite:${label}`)],
        bots: [{ name: preset, code_ref: `builtin://${preset}`, params }],
      }, seats.length);
      await Promise.all(
        players.map((player, seat) => playLegally(player, new Chooser(100 * i + seat))),
      );
      const read = await players[0]!.readUntil(ofType("bot:end"));
      assert.ok(read.some(ofType(end)));
      // Two may move at once, and one of them comes late. That costs nothing.
      const refused = read.filter(ofType("violation")).map(({ body }) => body)
        .filter(({ reason }) => reason !== "LATE");
      assert.deepEqual(refused, []);
      const watchers = read.filter(ofType("not_playing")).flatMap(({ body }) => body.players);
      assert.equal(watchers.length, watching);
      if (!DRAWS_NOTHING.includes(preset)) assertDrawn(read);
    });
  }
});
