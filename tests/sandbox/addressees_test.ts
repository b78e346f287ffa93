/** Whom a post reaches: everyone only where it names nobody. */
import assert from "node:assert/strict";
import type { HookOutcome } from "../../src/domain/bot/bot.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob } from "./job.ts";
import { pythonInitJob } from "./python_job.ts";

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

Deno.test("a whisper reaches those who are left", async (t) => {
  const sandbox = await openSandbox(OPTIONS);
  const made = {
    javascript: (to: string) =>
      initJob(`this.ctx.post("bot", "secret", { to: ${to} }); this.ctx.post("bot", "on")`, {
        players: PLAYERS,
      }),
    python: (to: string) =>
      pythonInitJob(
        `self.ctx.post("bot", "secret", to=${to})\nself.ctx.post("bot", "on")`,
        { players: PLAYERS },
      ),
  };
  for (const [language, job] of Object.entries(made)) {
    await t.step(`${language}: some have left`, async () => {
      const outcome = await sandbox.run(job('["p3", "p2", "p1", "p17"]'));
      assert.deepEqual(addressed(outcome), [["p3", "p1"], "all"]);
    });
    for (const to of ['["p2"]', "[]"]) {
      await t.step(`${language}: nobody is left of ${to}`, async () => {
        assert.deepEqual(addressed(await sandbox.run(job(to))), ["all"]);
      });
    }
    await t.step(`${language}: a body that breaks a limit fails, whoever has left`, async () => {
      const body = language === "python" ? '"x" * 20000' : '"x".repeat(20000)';
      const whole = job('["p2"]');
      const outcome = await sandbox.run({
        ...whole,
        source: whole.source.replace('"secret"', body),
      });
      assert.match(outcome.kind === "threw" ? outcome.message : "", /at most 16384 are allowed/);
    });
  }
  await sandbox.close();
});
