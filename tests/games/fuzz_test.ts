/** Every built-in game survives any input: see `fuzz.ts`. A failure names its seed. To play more
 *  games than the usual ones, set FUZZ_SEED to the first seed and FUZZ_RUNS to their number. */
import { gameSandbox } from "../support/bot_table.ts";
import { type FuzzedGame, fuzzGame } from "./fuzz.ts";

const CLAUSES = [
  { id: "1", text: "The site is up.", party: "ada", check: { evidence: "up", equals: true } },
];
/** Of a bet on a source that can't be read here. */
const TERMS = {
  claim: "It is above 100",
  sources: [{ url: "https://example.org/price", path: "price" }],
  test: { op: ">", value: 100 },
};
/** A lone pawn: the game is short, and ends in every way. */
const PAWN = "8/8/8/4k3/8/8/4P3/4K3 w - - 0 1";

const GAMES: FuzzedGame[] = [
  { preset: "GuessBot", seats: 2 },
  { preset: "GuessBot", seats: 2, params: { mode: "hot_cold" } },
  { preset: "GuessBot", seats: 2, params: { mode: "word" } },
  { preset: "BlackjackBot", seats: 2, params: { rounds: 2, chips: 20, players: 2 } },
  { preset: "Holdem", seats: 2, params: { hands: 3, chips: 30 } },
  { preset: "Holdem", seats: 4, params: { players: 4, hands: 4, chips: 9, blinds: [3, 6] } },
  { preset: "LiarsDice", seats: 2, params: { dice: 2 } },
  { preset: "LiarsDice", seats: 4, params: { players: 4, dice: 3, wild: false } },
  { preset: "MemoryExchange", seats: 2, params: { topic: "the outage" } },
  {
    preset: "ContractJudge",
    seats: 2,
    labels: ["ada", "bob"],
    params: { parties: ["ada", "bob"], clauses: CLAUSES },
    nobodyLeaves: true,
  },
  { preset: "TicTacToe", seats: 2 },
  { preset: "TicTacToe", seats: 2, params: { size: 6, line: 4 } },
  { preset: "ConnectFour", seats: 2 },
  { preset: "ConnectFour", seats: 2, params: { columns: 5, rows: 4, line: 3 } },
  { preset: "Chess", seats: 2, params: { max_moves: 10 } },
  { preset: "Chess", seats: 2, params: { max_moves: 20, draws: "claimed", fen: PAWN } },
  { preset: "RockPaperScissors", seats: 2 },
  { preset: "RockPaperScissors", seats: 2, params: { mode: "commit", variant: "spock" } },
  {
    preset: "SealedBidAuction",
    seats: 3,
    params: { players: 3, lots: 2, reserve: 5, max_bid: 50 },
  },
  { preset: "SealedBidAuction", seats: 3, params: { players: 3, lots: 3, values: "private" } },
  { preset: "Trivia", seats: 3, params: { players: 3, rounds: 3 } },
  { preset: "Trivia", seats: 3, params: { players: 3, rounds: 2, source: "quizmaster" } },
  { preset: "Moderator", seats: 3, params: { players: 3, topics: ["tea", "coffee"] } },
  { preset: "Moderator", seats: 4, params: { players: 4, order: "hands", rounds: 3 } },
  { preset: "Wager", seats: 3, params: { ...TERMS, players: 3, after_s: 60, tries: 2 } },
];
const FIRST_SEED = Number(Deno.env.get("FUZZ_SEED") ?? 20_261_129);
const RUNS = Number(Deno.env.get("FUZZ_RUNS") ?? 3);

Deno.test("every game survives any input, and then ends by legal moves", async (t) => {
  await using sandbox = await gameSandbox();
  for (const game of GAMES) {
    await t.step(`${game.preset} ${JSON.stringify(game.params ?? {})}`, async () => {
      for (let run = 0; run < RUNS; run++) await fuzzGame(sandbox, game, FIRST_SEED + run);
    });
  }
});
