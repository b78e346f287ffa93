/** Whom a post reaches: everyone only where it names nobody. */
import assert from "node:assert/strict";
import type { HookOutcome } from "../../src/domain/bot/bot.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob } from "./job.ts";

const OPTIONS = { hosts: 1, hookTimeoutMs: 30_000 };
const PLAYERS = [
  { player_id: "p1", display_name: "Ada" },
  { player_id: "p3", display_name: "Bob" },
];

/** The addressees of each post; "all" is everyone. */
function addressed(outcome: HookOutcome): (string | string[])[] {
  assert.ok(outcome.kind === "done", JSON.stringify(outcome));
  return outcome.posts.map(({ to }) => to ?? "all");
}

Deno.test("the third argument of ctx.post in JavaScript", async (t) => {
  const sandbox = await openSandbox(OPTIONS);
  const run = (options: string) =>
    sandbox.run(
      initJob(`const p = "p1"; this.ctx.post("bot", "x", ${options})`, { players: PLAYERS }),
    );

  for (const absent of ["undefined", "null", "{}", "{ to: undefined }"]) {
    await t.step(`is absent: ${absent}`, async () => {
      assert.deepEqual(addressed(await run(absent)), ["all"]);
    });
  }
  for (const named of ["{ to: [p] }", "{ __proto__: null, to: [p, p] }"]) {
    await t.step(`names players: ${named}`, async () => {
      assert.deepEqual(addressed(await run(named)), [["p1"]]);
    });
  }
  const misspelled = [
    ...[
      "[p]",
      "p",
      "{ To: [p] }",
      "{ players: [p] }",
      "{ to: [p], private: true }",
      "{ to: null }",
    ],
    ...["new Set([p])", "new Map([['to', [p]]])", "[]", "true", "{ [Symbol()]: p }", "() => p"],
  ];
  for (const options of misspelled) {
    await t.step(`is refused: ${options}`, async () => {
      assert.deepEqual(await run(options), {
        kind: "threw",
        message:
          "TypeError: ctx.post: the third argument must be { to: [player ids] }, or absent for everyone",
        line: 2,
      });
    });
  }
  const others = [
    ...["p", "[[p]]", "[undefined]", "{ p }", "new Set([p])", "['Ada']", "['system']", "[1]"],
    ...["['bot:bot_Bot_1']", "['P1']", "['p01']", "[{ player_id: p }]"],
  ];
  for (const to of others) {
    await t.step(`is refused: to: ${to}`, async () => {
      const outcome = await run(`{ to: ${to} }`);
      assert.match(
        outcome.kind === "threw" ? outcome.message : "",
        /to must be a list of player ids such as "p1"/,
      );
    });
  }
  await sandbox.close();
});
