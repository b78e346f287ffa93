/** ConnectFour: as many games as there must be, and lines found in another way. */
import assert from "node:assert/strict";
import ConnectFour from "../../bots/connect_four/connect_four.ts";
import { Chooser } from "../support/chooser.ts";
import { referee } from "./bare_referee.ts";

const game = (columns = 7, rows = 6, line = 4) => referee(ConnectFour, { columns, rows, line });
type State = ReturnType<ConnectFour["setup"]>;

/** The number of ways to play so many moves. */
function perft(bot: ConnectFour, state: State, depth: number): number {
  if (bot.result(state)) return 0;
  const moves = bot.legal(state);
  if (depth === 1) return moves.length;
  const [player] = bot.turn(state) as [string];
  let count = 0;
  for (const move of moves) {
    const next = { ...state, columns: [...state.columns] };
    bot.play(next, player, move);
    count += perft(bot, next, depth - 1);
  }
  return count;
}

Deno.test("connect four: its lists of moves have as many as they must, to depth 7", () => {
  // Of the 7 ** 7 ways to drop seven discs, seven fill one column with one disc too many.
  const counts = [7, 49, 343, 2_401, 16_807, 117_649, 823_536];
  const bot = game();
  for (const [i, count] of counts.entries()) {
    assert.equal(perft(bot, bot.setup(["p1", "p2"]), i + 1), count);
  }
});

/** Any line on the board, by the texts of rows, columns and diagonals. */
function hasLine(rows: string[], line: number): boolean {
  const width = rows[0]!.length;
  const columns = Array.from({ length: width }, (_, i) => rows.map((row) => row[i]).join(""));
  const diagonals = Array.from({ length: 60 }, (_, sum) => [
    rows.map((row, i) => row[i + sum - 30] ?? " ").join(""),
    rows.map((row, i) => row[sum - i] ?? " ").join(""),
  ]).flat();
  return [...rows, ...columns, ...diagonals].some((cells) =>
    cells.includes("X".repeat(line)) || cells.includes("O".repeat(line))
  );
}

Deno.test("connect four: on any board a game ends with the first line, and no sooner", () => {
  const chooser = new Chooser(16);
  for (let round = 0; round < 300; round++) {
    const [columns, rows] = [4 + chooser.below(9), 4 + chooser.below(9)];
    const line = 3 + chooser.below(Math.min(6, Math.max(columns, rows)) - 2);
    const bot = game(columns, rows, line);
    const state = bot.setup(["a", "b"]);
    let result = bot.result(state);
    while (!result) {
      assert.equal(hasLine(bot.position(state).board, line), false);
      const moves = bot.legal(state);
      assert.ok(moves.length > 0 && moves.length <= 64);
      bot.play(state, bot.turn(state)[0]!, chooser.of(moves));
      assert.ok(bot.picture(state).split("\n").length <= 20);
      result = bot.result(state);
    }
    assert.equal(hasLine(bot.position(state).board, line), result.result === "won");
    if (result.result === "won") assert.ok(result.line!.length >= line);
  }
});

Deno.test("connect four: a disc falls onto those below it, and anything else is refused", () => {
  const bot = game(4, 4);
  const state = bot.setup(["p1", "p2"]);
  const drop = (value: unknown) => bot.play(state, bot.turn(state)[0]!, { action: "drop", value });
  for (const value of [2, "2", { column: 2 }, { column: "2" }]) drop(value);
  assert.deepEqual(bot.position(state).board, [".O..", ".X..", ".O..", ".X.."]);
  assert.equal(bot.picture(state), ". O . .\n. X . .\n. O . .\n. X . .\n1 2 3 4\np1 is X, p2 is O");
  assert.throws(() => drop(2), /Column 2 is full/);
  assert.ok(bot.legal(state).every(({ value }) => value !== 2));
  const wrong = [0, 5, 1.5, null, undefined, "", "x", "1e0", true, [], [1], {}, { column: {} }];
  for (const value of [...wrong, { column: 1, row: 1 }, "constructor"]) {
    assert.throws(() => drop(value), /must be the number of a column, 1 to 4/);
  }
  assert.throws(() => game(4, 4, 5), /no side is longer than 4: pass 4/);
});
