/** When Python hosts start and end. The hosts are fakes, because these tests run no Python. */
import assert from "node:assert/strict";
import { Refusal } from "../../src/kernel/refusal.ts";
import { openSandbox, openWorkerSandbox } from "../../src/sandbox/open_sandbox.ts";
import { gone } from "../support/process.ts";
import { fakeDeno } from "./fake_deno.ts";
import { initJob, job, onlyPost } from "./job.ts";

const OPTIONS = { hosts: 1, hookTimeoutMs: 30_000 };
const PYTHON = "class EchoBot:\n    def on_init(self):\n        pass\n";
const isUnavailable = (error: unknown) => error instanceof Refusal && error.code === "UNAVAILABLE";

Deno.test("Python hosts", async (t) => {
  await using deno = await fakeDeno({ python: true });
  const sandbox = await openSandbox({ ...OPTIONS, denoPath: deno.path, idleMs: 0 });

  await t.step("are not there while nobody has a Python bot", async () => {
    await sandbox.inspect({ source: "class Solo { on_init() {} }" });
    assert.deepEqual(onlyPost(await sandbox.run(initJob("this.ctx.post('bot', {})"))), {});
    assert.equal(await sandbox.ready(), true);
    assert.deepEqual(await deno.started(), []);
  });
  await t.step("inspect a source that looks like Python", async () => {
    const inspection = await sandbox.inspect({ source: PYTHON });
    assert.deepEqual(inspection.kind === "accepted" && inspection.class_name, "Fake");
    assert.equal((await deno.started()).length, 1);
  });
  await t.step("end when they are idle", async () => {
    await gone(await deno.started());
  });
  await t.step("start again for a hook", async () => {
    const outcome = await sandbox.run(job(PYTHON, { language: "python" }));
    assert.deepEqual(onlyPost(outcome), { now: 1_000 });
    assert.equal((await deno.started()).length, 2);
  });
  await t.step("do not inspect a source whose language is given as JavaScript", async () => {
    const inspection = await sandbox.inspect({ source: PYTHON, language: "javascript" });
    assert.equal(inspection.kind, "rejected");
  });
  await sandbox.close();
  await gone(await deno.started());
});

Deno.test("only Python hosts inspect a source whose language is given as Python", async () => {
  await using deno = await fakeDeno({ python: true });
  const sandbox = await openSandbox({ ...OPTIONS, denoPath: deno.path });
  const inspection = await sandbox.inspect({ source: "class Solo {}", language: "python" });
  assert.equal(inspection.kind === "accepted" && inspection.language, "python");
  await sandbox.close();
  await gone(await deno.started());
});

Deno.test("a Python host that fails its test is ended, and Python bots are refused", async () => {
  await using deno = await fakeDeno({ python: true, flaw: "a broken clock" });
  const logged: unknown[] = [];
  const sandbox = await openSandbox({
    ...OPTIONS,
    denoPath: deno.path,
    log: (...entry) => void logged.push(entry),
  });
  await assert.rejects(sandbox.inspect({ source: PYTHON }), isUnavailable);
  await assert.rejects(sandbox.run(job(PYTHON, { language: "python" })), isUnavailable);
  await gone(await deno.started());
  const [level, event, fields] = logged[0] as [string, string, Record<string, string>];
  assert.deepEqual([level, event, fields.language], ["error", "host_missing", "python"]);
  assert.match(fields.error!, /Cannot use a python host: the test bot gave .*"now":0/);
  assert.equal(await sandbox.ready(), true, "JavaScript bots go on");
  await sandbox.close();
});

Deno.test("a sandbox without processes runs no Python bots", async () => {
  const sandbox = await openWorkerSandbox(OPTIONS);
  const inspection = await sandbox.inspect({ source: PYTHON });
  assert.ok(inspection.kind === "rejected" && inspection.looks_like === "python");
  await assert.rejects(sandbox.run(job(PYTHON, { language: "python" })), isUnavailable);
  await sandbox.close();
});
