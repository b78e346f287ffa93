/** TicTacToe: every game that there is, and what it takes for a move. Board games on a server. */
import assert from "node:assert/strict";
import TicTacToe from "../../bots/tic_tac_toe/tic_tac_toe.ts";
import { Chooser } from "../support/chooser.ts";
import { ofType, Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { referee } from "./bare_referee.ts";

const game = (size = 3, line = 3) => referee(TicTacToe, { size, line });
type State = ReturnType<TicTacToe["setup"]>;

/** How many games go on from a state, by how they end. */
function count(bot: TicTacToe, state: State, ends: Record<string, number>): typeof ends {
  const result = bot.result(state);
  if (result) {
    const end = result.winners[0] ?? result.result;
    ends[end] = (ends[end] ?? 0) + 1;
    return ends;
  }
  const [player] = bot.turn(state) as [string];
  for (const move of bot.legal(state)) {
    const next = { ...state };
    bot.play(next, player, move);
    count(bot, next, ends);
  }
  return ends;
}

Deno.test("tic-tac-toe has 255,168 games, and each ends as it must", () => {
  const bot = game();
  const ends = count(bot, bot.setup(["p1", "p2"]), {});
  assert.deepEqual(ends, { p1: 131_184, p2: 77_904, drawn: 46_080 });
});

/** Any line on the board, found in another way: by the texts of rows, columns and diagonals. */
function hasLine(rows: string[], line: number): boolean {
  const size = rows.length;
  const columns = rows.map((_, i) => rows.map((row) => row[i]).join(""));
  const diagonals = [...Array(4 * size).keys()].flatMap((sum) => {
    const shift = sum - 2 * size;
    return [
      rows.map((row, i) => row[i + shift] ?? " ").join(""),
      rows.map((row, i) => row[sum - i] ?? " ").join(""),
    ];
  });
  return [...rows, ...columns, ...diagonals].some((cells) =>
    cells.includes("X".repeat(line)) || cells.includes("O".repeat(line))
  );
}

Deno.test("tic-tac-toe: on bigger boards a game ends with the first line, and no sooner", () => {
  const chooser = new Chooser(16);
  for (let round = 0; round < 300; round++) {
    const size = 3 + chooser.below(6);
    const line = 3 + chooser.below(size - 2);
    const bot = game(size, line);
    const state = bot.setup(["a", "b"]);
    let result = bot.result(state);
    while (!result) {
      const moves = bot.legal(state);
      assert.equal(hasLine(bot.position(state).board, line), false);
      assert.ok(moves.length > 0 && moves.length <= 64);
      bot.play(state, bot.turn(state)[0]!, chooser.of(moves));
      assert.ok(bot.picture(state).split("\n").length <= 20);
      result = bot.result(state);
    }
    assert.equal(hasLine(bot.position(state).board, line), result.result === "won");
  }
});

Deno.test("tic-tac-toe: a square has several names, and anything else is refused", () => {
  const square = (value: unknown) => {
    const bot = game();
    const state = bot.setup(["p1", "p2"]);
    bot.play(state, "p1", { action: "place", value });
    return state.board.indexOf("X") + 1;
  };
  for (const value of [6, "6", " 6", "c2", "C2", { row: 2, column: 3 }, { row: 2, col: 3 }]) {
    assert.equal(square(value), 6, JSON.stringify(value));
  }
  const wrong = [0, 10, 1.5, -1, NaN, null, undefined, "", "d1", "a4", "10", true, [], [5], {}];
  const wrongRows = [{ row: 1 }, { row: 4, column: 1 }, { row: 1, column: 1, z: 1 }, { row: "a" }];
  for (const value of [...wrong, ...wrongRows, "__proto__", { row: [], column: [] }]) {
    assert.throws(() => square(value), /must be the number of a free square, 1 to 9/);
  }
});

Deno.test("tic-tac-toe: a taken square is refused with its mark", () => {
  const bot = game();
  const state = bot.setup(["p1", "p2"]);
  bot.play(state, "p1", { action: "place", value: 5 });
  assert.throws(() => bot.play(state, "p2", { action: "place", value: 5 }), /Square 5 has an X/);
  assert.throws(() => game(3, 4), /line is 4, but must be at most size/);
});

Deno.test("board games through a server: texts, wrong parameters, removal and departure", async (t) => {
  await using server = await testServer();
  const room = (preset: string, params = {}) => ({
    slots: ["bot:referee", "invite:a", "invite:b"],
    bots: [{ name: preset, code_ref: `builtin://${preset}`, params }],
  });
  await t.step("a number alone is a move of whoever has the turn", async () => {
    const { players: [ann, bob] } = await roomOf(server.url, room("TicTacToe"), 2);
    for (const [i, text] of ["5", "place 1", "b1", "Square 3.", "8"].entries()) {
      await (i % 2 ? bob! : ann!).say(text);
    }
    const read = await ann!.readUntil(ofType("bot:end"));
    assert.deepEqual(read.find(ofType("bot:end")).body.result.line, [2, 5, 8]);
    const dropped = await roomOf(server.url, room("ConnectFour"), 2);
    const [carl, dora] = dropped.players as [Player, Player];
    for (let i = 0; i < 4; i++) {
      await carl.say("4");
      if (i < 3) await dora.say(`drop ${i + 1}`);
    }
    const end = (await dora.readUntil(ofType("bot:end"))).find(ofType("bot:end"));
    assert.deepEqual(end.body.result.winners, ["p1"]);
  });
  await t.step("wrong parameters are refused with right ones", async () => {
    const rows: [preset: string, params: Wire, why: RegExp][] = [
      ["TicTacToe", { size: 4, line: 5 }, /line is 5, but must be at most size, which is 4/],
      ["TicTacToe", { size: 2 }, /size is 2, but must be a whole number from 3 to 8/],
      ["TicTacToe", { sise: 4 }, /did you mean size/],
      ["ConnectFour", { columns: 4, rows: 4, line: 5 }, /pass 4/],
      ["Chess", { fen: "8/8/8/8/8/8/8/8 w - - 0 1" }, /missing white king.*for example "8/],
      ["Chess", { draws: "never" }, /"automatic" or "claimed"/],
      ["Chess", { clock: { move_s: 0 } }, /clock\.move_s is 0/],
      ["Chess", { strikes: -1 }, /strikes/],
    ];
    const host = await Player.at(server.url);
    for (const [preset, params, why] of rows) {
      const created = await host.call("create_channel", { name: "x", ...room(preset, params) });
      assert.match(created.bot_errors.join(), why);
    }
  });
  await t.step("who leaves loses; who is removed does not", async () => {
    for (const [reason, result, winners] of [["left", "conceded", ["p2"]], ["", "abandoned", []]]) {
      const { players, host, created } = await roomOf(server.url, room("Chess"), 2);
      const [ann, bob] = players as [Player, Player];
      const { channel_id } = ann;
      await ann.say("e4");
      if (reason === "left") await ann.call("leave_channel", { channel_id });
      else {
        await host.call("update_channel", {
          channel_id,
          ops: [{ type: "yield_slot", slot_id: "s1" }],
        });
      }
      assert.equal(created.bot_errors, undefined);
      const { body } = (await bob.readUntil(ofType("bot:end"))).find(ofType("bot:end"));
      assert.deepEqual([body.result.result, body.result.winners], [result, winners]);
    }
  });
});
