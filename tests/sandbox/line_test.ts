/** The line of an error: one of the bot's source, or none. */
import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { lineCount } from "../../src/sandbox/wire/line_count.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob } from "./job.ts";
import { pythonInitJob } from "./python_job.ts";

const OPTIONS = { hosts: 1, hookTimeoutMs: 30_000 };
const forged = (stack: string) => `throw Object.assign(new Error("x"), { stack: ${stack} })`;

/** The reported line for a source of four lines, with the code in line 2. */
const LINES: Record<string, [code: string, line: number | undefined]> = {
  "a line that it has": [forged("'at x (bot:4:1)'"), 4],
  "a line after its last": [forged("'at x (bot:5:1)'"), undefined],
  "a line that no source has": [forged("'at x (bot:777777:1)'"), undefined],
  "a line before its first": [forged("'at x (bot:0:1)'"), undefined],
  "no line": [forged("'bot'"), undefined],
  "no text": ["throw { message: 'x', stack: 4 }", undefined],
  "no error": ["throw { message: 'x', stack: 'bot:5' }", undefined],
  "an error of a class of its own": [
    "class Lost extends Error { constructor(m) { super(m) } } throw new Lost('x')",
    2,
  ],
  "a getter": [
    forged("undefined").replace("stack:", "get stack() { return 'bot:5' }, x:"),
    undefined,
  ],
};

Deno.test("the reported line is one of the bot's source, even if the bot forges its stack trace", async (t) => {
  const sandbox = await openSandbox(OPTIONS);
  for (const [name, [code, line]] of Object.entries(LINES)) {
    await t.step(name, async () => {
      const source = initJob(`${code}\n`);
      assert.equal(lineCount(source.source), 4);
      assert.deepEqual(await sandbox.run(source), {
        ...{ kind: "threw", message: "x" },
        ...(line !== undefined && { line }),
      });
    });
  }
  await t.step(
    "where an error of a class of its own is made, not where it is written",
    async () => {
      const source = initJob(
        `class Lost extends Error {
  constructor(m) { super(m); }
}
class Far extends Lost {
  constructor(m) { super(m); }
}
throw new Far('x')`,
      );
      assert.deepEqual(await sandbox.run(source), { kind: "threw", message: "x", line: 8 });
    },
  );
  await t.step("when a class is loaded", async () => {
    const source = `class Bot {}\n${forged("'bot:3:1'")}`;
    const inspection = await sandbox.inspect({ source });
    assert.deepEqual(inspection, { kind: "rejected", message: "Loading failed: x" });
  });
  await t.step("in Python", async () => {
    for (const [first, line] of [[8, 8], [10, undefined], [777_777, undefined]]) {
      for (
        const fails of [
          "raise ValueError('x')",
          `self.ctx.post('bot', 'x' * ${BOT_LIMITS.bodyBytes})`,
        ]
      ) {
        const code = `def f(): ${fails}
f.__code__ = f.__code__.replace(co_firstlineno=${first})
f()`;
        const job = pythonInitJob(code);
        assert.equal(lineCount(job.source), 9);
        const outcome = await sandbox.run(job);
        assert.equal(outcome.kind === "threw" && outcome.line, line);
      }
    }
  });
  await sandbox.close();
});
