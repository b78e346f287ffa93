/** What a bot prints reaches its author through `traced`, within limits, and changes no outcome. */
import assert from "node:assert/strict";
import type { HookJob, HookOutcome, HookTrace } from "../../src/domain/bot/bot.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob } from "./job.ts";
import { pythonInitJob } from "./python_job.ts";

const SECRET = "correct-horse-battery-staple";
const FULL = "The log of this hook is full.";

Deno.test("the author of a bot is told what it prints", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  const ran = async (job: HookJob): Promise<HookTrace & { outcome: HookOutcome }> => {
    let trace: HookTrace | undefined;
    const outcome = await sandbox.run(job, { traced: (told) => trace = told });
    assert.ok(trace, JSON.stringify(outcome));
    return { ...trace, outcome };
  };

  await t.step("console, each value as text", async () => {
    const { log, outcome } = await ran(initJob(`
      console.log("turn", 3, { a: [1, null] }, undefined, true, 12n);
      console.error(new TypeError("no"), new Map([["a", 1]]), new Set([2]), () => 1);
      console.assert(1 === 1, "silent");
      console.assert(false, "loud");
      const loop = {};
      loop.loop = loop;
      console.warn(loop, Symbol("s"), { get a() { throw 1; } });
      console.group("silent");
      console.log("two\\nlines");
    `));
    assert.deepEqual(log, [
      'turn 3 {"a":[1,null]} undefined true 12n',
      'TypeError: no [["a",1]] [2] [function]',
      "Assertion failed: loud",
      "[a value that cannot be shown] Symbol(s) [a value that cannot be shown]",
      "two",
      "lines",
    ]);
    assert.deepEqual(outcome, { kind: "done", posts: [], state: null, state_set: false });
  });

  await t.step("print, stderr, and the rest of a line", async () => {
    const { log, outcome } = await ran(pythonInitJob(`\
import sys, traceback
print("turn", 3, {"a": [1, None]})
print("a", end="")
print("b", "c", sep="-")
print("two\\nlines", file=sys.stderr)
try:
    1 / 0
except ZeroDivisionError:
    print(traceback.format_exc().splitlines()[-1])
sys.stdout.write("no end")`));
    assert.deepEqual(log, [
      ...["turn 3 {'a': [1, None]}", "ab-c", "two", "lines"],
      ...["ZeroDivisionError: division by zero", "no end"],
    ]);
    assert.deepEqual(outcome, { kind: "done", posts: [], state: null, state_set: false });
  });

  for (
    const [language, jobOf, print, repeat, endless] of [
      [
        "JavaScript",
        initJob,
        (value: string) => `console.log(${value});`,
        (count: number, line: string) => `for (let i = 0; i < ${count}; i++) { ${line} }`,
        "for (;;);",
      ],
      [
        "Python",
        pythonInitJob,
        (value: string) => `print(${value})`,
        (count: number, line: string) => `for i in range(${count}): ${line}`,
        "while True: pass",
      ],
    ] as const
  ) {
    await t.step(`${language}: lines before a failure stay`, async () => {
      const throws = language === "Python" ? 'raise ValueError("no")' : 'throw new Error("no");';
      const thrown = await ran(jobOf(`${print('"before"')}\n${throws}`));
      assert.deepEqual([thrown.log, thrown.outcome.kind], [["before"], "threw"]);
      const spent = await ran(jobOf(`${print('"before"')}\n${endless}`));
      assert.deepEqual([spent.log, spent.outcome.kind], [["before"], "out_of_budget"]);
      assert.ok(spent.fuel > thrown.fuel && thrown.fuel > 0);
    });

    await t.step(`${language}: a log is cut, and says so`, async () => {
      const many = await ran(jobOf(repeat(10_000, print("i"))));
      assert.equal(many.outcome.kind, "done");
      assert.deepEqual(many.log.length, BOT_LIMITS.logLines + 1);
      assert.deepEqual([many.log[0], many.log.at(-1)], ["0", FULL]);
      const times = language === "Python" ? '"é" * 5000' : '"é".repeat(5000)';
      const long = await ran(jobOf(repeat(100, print(times))));
      assert.deepEqual(
        long.log.map(({ length }) => length),
        [...Array(9).fill(BOT_LIMITS.logLineChars), FULL.length],
      );
    });

    await t.step(`${language}: a sealed value is withheld`, async () => {
      const value = language === "Python" ? 'self.ctx.env["KEY"]' : "this.ctx.env.KEY";
      const { log } = await ran(jobOf(print(value), { env: { KEY: SECRET } }));
      assert.equal(log.length, 1);
      assert.ok(!log[0]!.includes(SECRET), log[0]);
    });
  }
  await sandbox.close();
});
