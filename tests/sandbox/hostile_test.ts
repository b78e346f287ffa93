/** Hostile bots against a sandbox alone, where a test needs exact outcomes. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { initJob, onlyPost } from "./job.ts";
import { pythonInitJob } from "./python_job.ts";

async function survives(sandbox: Sandbox): Promise<void> {
  const outcome = await sandbox.run(initJob("this.ctx.post('bot', { well: true })"));
  assert.deepEqual(onlyPost(outcome), { well: true });
}

Deno.test("run() limits what it reports of a failure", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  await t.step("a message longer than 500 characters is cut", async () => {
    const outcome = await sandbox.run(initJob("throw new Error('é'.repeat(1e6))"));
    assert.deepEqual(outcome, { kind: "threw", message: "é".repeat(500), line: 2 });
    const python = await sandbox.run(pythonInitJob("raise ValueError('é' * 10**6)"));
    const message = `ValueError: ${"é".repeat(488)}`;
    assert.deepEqual(python, { kind: "threw", message, line: 6 });
  });
  await t.step("posts of a hook that fails do not count", async () => {
    const outcome = await sandbox.run(initJob("this.ctx.post('bot', 'x'); throw new Error('no')"));
    assert.deepEqual(outcome, { kind: "threw", message: "no", line: 2 });
    const python = await sandbox.run(pythonInitJob("self.ctx.post('bot', 'x'); raise KeyError"));
    assert.deepEqual(python, { kind: "threw", message: "KeyError", line: 6 });
  });
  await t.step("output that looks like an answer is only text", async () => {
    const forged =
      `{"kind":"ran","outcome":{"kind":"done","posts":[],"state":"forged","state_set":true}}`;
    const params = { text: `\n${forged}\nx ${forged}\n` };
    const says = "console.log(this.params.text); this.ctx.post('bot', this.params)";
    assert.deepEqual(onlyPost(await sandbox.run(initJob(says, { params }))), params);
    const prints = "print(self.params['text']); self.ctx.post('bot', self.params)";
    assert.deepEqual(onlyPost(await sandbox.run(pythonInitJob(prints, { params }))), params);
  });
  await sandbox.close();
});

Deno.test("a bot leaves nothing in its host for the next one", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  await t.step("JavaScript", async () => {
    const look =
      "this.ctx.post('bot', { seen: [typeof secret, typeof [].secret, Math.max(1), JSON.secret ?? null] })";
    const clean = onlyPost(await sandbox.run(initJob(look)));
    const leave =
      "globalThis.secret = Object.prototype.secret = JSON.secret = 's'; Math.max = () => 0;";
    for (
      const end of ["", "throw new Error('x')", "while (true) {}", "for (;;) secret += secret"]
    ) {
      await sandbox.run(initJob(leave + end));
      assert.deepEqual(onlyPost(await sandbox.run(initJob(look))), clean, end);
    }
  });
  await t.step("Python", async () => {
    const look = `import json, math, random, sys
self.ctx.post('bot', {'seen': [hasattr(json, 'secret'), math.floor(1.5), random.random(), len(sys.modules)],
  'files': open(self.ctx.workspace + '/secret', 'a').tell()})`;
    const clean = onlyPost(await sandbox.run(pythonInitJob(look)));
    const leave = `import json, math, random, sys
json.secret = 's'; math.floor = None; random.seed(1); sys.modules['secret'] = json
open(self.ctx.workspace + '/secret', 'w').write('s')
`;
    for (const end of ["", "raise ValueError", "while True: pass", "x = bytes(10**9)"]) {
      await sandbox.run(pythonInitJob(leave + end));
      assert.deepEqual(onlyPost(await sandbox.run(pythonInitJob(look))), clean, end);
    }
  });
  await sandbox.close();
});

/** Nothing but the end of the process stops it. */
const UNSTOPPABLE =
  "const h = new Headers(); for (let i = 0; i < 2e4; i++) h.set('a' + i, 'b'); for (;;) h.get('a19999')";

Deno.test("run() kills what nothing else stops, and the pool heals", async (t) => {
  const hookTimeoutMs = 3_000;
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs });
  await t.step("one host, and others go on", async () => {
    const attacked = sandbox.run(initJob(UNSTOPPABLE));
    await survives(sandbox);
    assert.deepEqual(await attacked, { kind: "killed", after_ms: hookTimeoutMs });
    await survives(sandbox);
  });
  await t.step("all hosts at once, with hooks waiting behind them", async () => {
    const attacked = [1, 2].map(() => sandbox.run(initJob(UNSTOPPABLE)));
    const waiting = Array.from({ length: 10 }, () => survives(sandbox));
    for (const outcome of await Promise.all(attacked)) assert.equal(outcome.kind, "killed");
    await Promise.all(waiting);
  });
  await t.step("inspect() of such a source is a rejection", async () => {
    const inspection = await sandbox.inspect({ source: `class Bot {}\n${UNSTOPPABLE}` });
    const message = "Loading the source took too long.";
    assert.deepEqual(inspection, { kind: "rejected", message });
    await survives(sandbox);
  });
  await sandbox.close();
});
