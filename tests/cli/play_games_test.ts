/** `bot test` finds the faults that people plant, and none in a sound bot. */
import assert from "node:assert/strict";
import { playGames } from "../../src/cli/bot/play_games.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { NIM, PLANTED } from "./bot_faults.ts";

/** Answers whoever asks, and never gives a turn. */
const LEDGER = `export default class Ledger {
  static manifest = {
    net: [],
    moves: {
      game: "ledger",
      actions: {
        add: {
          value: {
            type: "object",
            properties: { to: { type: "string" }, amount: { type: "integer", minimum: 1 } },
          },
        },
        sum: { text: "sum" },
      },
    },
  };
  constructor(ctx) { this.ctx = ctx; }
  on_init() { this.ctx.set_timer("report", 60_000); }
  on_timer() { this.on_init(); }
  on_message({ kind, sender, body }) {
    if (kind !== "user") return;
    const state = this.ctx.get_state() ?? {};
    if (body.action === "add" && Number.isInteger(body.value?.amount)) {
      const { to, amount } = body.value;
      state[to] = ((state[to] ?? 0) + amount).toFixed() * 1;
      this.ctx.set_state(state);
      return this.ctx.post("bot", { type: "added", player: sender, to });
    }
    if (body.action === "sum" || body.text === "sum") this.ctx.post("bot", { type: "sum", state });
    else this.ctx.post("bot", { type: "violation", player: sender, text: "Add or sum." });
  }
}`;

const OPTIONS = { seats: 2, games: 4, moves: 40, seed: "planted" };

Deno.test("random games find what would spoil a bot's games", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 2_500, lateSpare: true });
  const play = (source: string, more = {}) =>
    playGames(sandbox, { bot: { inline_code: source }, ...OPTIONS, ...more });

  await t.step("a sound bot has no fault, and the same seed gives the same games", async () => {
    const first = await play(NIM);
    assert.deepEqual(first.faults, []);
    assert.deepEqual([first.games, first.ended], [4, 4]);
    assert.deepEqual(await play(NIM), first);
  });

  for (const [name, { fault, game, says, line, change: [from, to] }] of Object.entries(PLANTED)) {
    await t.step(name, async () => {
      assert.ok(NIM.includes(from), from);
      const { faults } = await play(NIM.replace(from, () => to), { game });
      const found = faults.find((each) => each.fault === fault);
      assert.ok(found, `not found: ${JSON.stringify(faults)}`);
      assert.match(found.text, says);
      if (line !== undefined) assert.equal(found.line, line);
    });
  }

  await t.step("fewer seats than the bot waits for", async () => {
    const params = '{ type: "object", properties: { players: { type: "integer", default: 3 } } }';
    const source = NIM.replace("net: [],", `net: [], params: ${params},`)
      .replace("slice(0, 2)", "slice(0, this.params.players)")
      .replace("length < 2", "length < this.params.players")
      .replace(
        "(ctx) { this.ctx = ctx; }",
        "(ctx, params) { Object.assign(this, { ctx, params }); }",
      );
    const { faults } = await play(source);
    assert.deepEqual(faults.map(({ fault }) => fault), ["stall"]);
    assert.match(faults[0]!.text, /^The bot waits for 3 players, .* 2 seats: --seats 3/);
    assert.deepEqual((await play(source, { seats: 3 })).faults.map(({ fault }) => fault), []);
  });

  await t.step("a game on lib:game for more players than there are seats", async () => {
    const game = await Deno.readTextFile(
      new URL("../../bots/tic_tac_toe/tic_tac_toe.ts", import.meta.url),
    );
    const { faults } = await play(game.replace("override seats = 2", "override seats = 4"));
    assert.deepEqual(faults.map(({ fault }) => fault), ["stall"]);
    assert.match(faults[0]!.text, /^All 2 seats are taken, .* 2 of 4 players .* --seats N/);
  });

  await t.step("nobody says the text of a private move, which agents are not told", async () => {
    const quiz = await Deno.readTextFile(
      new URL("../bots_people_write/games/javascript/quiz_night.js", import.meta.url),
    );
    const declared = "enum: KEYS }, ";
    assert.ok(quiz.includes(declared));
    const source = quiz.replace(declared, `${declared}text: "answer a", `);
    const { faults, ended } = await play(source, { seats: 3 });
    assert.deepEqual([faults, ended], [[], 4]);
  });

  await t.step("one game comes again by its number", async () => {
    const { change: [from, to] } = PLANTED["a player is left alone"]!;
    const source = NIM.replace(from, () => to);
    const { faults } = await play(source);
    assert.deepEqual(faults.map(({ game }) => game), [3]);
    const again = await play(source, { game: 3 });
    assert.deepEqual([again.faults, again.games], [faults, 1]);
    assert.deepEqual((await play(source, { game: 2 })).faults, []);
  });

  await t.step("a bot without turns is asked what its manifest declares", async () => {
    const asked = await play(LEDGER);
    assert.deepEqual([asked.faults, asked.note, asked.ended], [[], undefined, 0]);
    assert.ok(asked.moves > 40 && asked.stateBytes > 20);
    const wrong = await play(LEDGER.replace("?? 0", ""));
    assert.match(wrong.faults[0]!.text, /^After p\d made the move add .* on_message failed/);
    assert.match((await play(LEDGER.replace('"user"', '"bot"'))).note!, /refused or ignored all/);
    assert.match((await play(LEDGER.replace("moves:", "more:"))).note!, /manifest has no moves/);
  });

  await t.step("built-in games have none, whether they hide hands or roll dice", async () => {
    for (const path of ["tic_tac_toe/tic_tac_toe", "liars_dice/liars_dice", "guess/guess_bot"]) {
      const source = await Deno.readTextFile(new URL(`../../bots/${path}.ts`, import.meta.url));
      const { faults, ended } = await play(source, { moves: 300 });
      assert.deepEqual([faults, ended >= 2], [[], true], path);
    }
  });
  await sandbox.close();
});
