/** `bot test` finds the faults that people plant, and none in a sound bot. */
import assert from "node:assert/strict";
import { playGames } from "../../src/cli/bot/play_games.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { NIM, PLANTED } from "./bot_faults.ts";

const OPTIONS = { seats: 2, games: 3, moves: 40, seed: "planted" };

Deno.test("random games find what would spoil a bot's games", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 2_500, lateSpare: true });
  const play = (source: string, more = {}) =>
    playGames(sandbox, { bot: { inline_code: source }, ...OPTIONS, ...more });

  await t.step("a sound bot has no fault, and the same seed gives the same games", async () => {
    const first = await play(NIM);
    assert.deepEqual(first.faults, []);
    assert.deepEqual([first.games, first.ended], [3, 3]);
    assert.deepEqual(await play(NIM), first);
  });

  for (const [name, { fault, says, line, change: [from, to] }] of Object.entries(PLANTED)) {
    await t.step(name, async () => {
      assert.ok(NIM.includes(from), from);
      const { faults } = await play(NIM.replace(from, () => to));
      const found = faults.find((each) => each.fault === fault);
      assert.ok(found, `not found: ${JSON.stringify(faults)}`);
      assert.match(found.text, says);
      if (line !== undefined) assert.equal(found.line, line);
    });
  }

  await t.step("built-in games have none, whether they hide hands or roll dice", async () => {
    for (const path of ["tic_tac_toe/tic_tac_toe", "liars_dice/liars_dice", "guess/guess_bot"]) {
      const source = await Deno.readTextFile(new URL(`../../bots/${path}.ts`, import.meta.url));
      const { faults, ended } = await play(source, { moves: 300 });
      assert.deepEqual([faults, ended >= 2], [[], true], path);
    }
  });
  await sandbox.close();
});
