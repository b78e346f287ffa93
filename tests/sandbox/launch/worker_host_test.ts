import assert from "node:assert/strict";
import { openWorkerSandbox } from "../../../src/sandbox/open_sandbox.ts";
import { initJob, onlyPost } from "../job.ts";

Deno.test("openWorkerSandbox() runs bots in the server's own process", async (t) => {
  const sandbox = await openWorkerSandbox({ hosts: 2, hookTimeoutMs: 30_000 });
  await t.step("inspect() and run()", async () => {
    assert.equal(await sandbox.ready(), true);
    const inspection = await sandbox.inspect({ source: "class Solo { on_init() {} }" });
    assert.equal(inspection.kind === "accepted" && inspection.class_name, "Solo");
    assert.match(
      inspection.kind === "accepted" ? inspection.engine : "",
      /^quickjs:sha256:[0-9a-f]{64}$/,
    );
    const outcome = await sandbox.run(initJob("this.ctx.post('bot', { n: Math.random() })"));
    assert.equal(onlyPost(outcome).n, 0.1750978511391924);
  });
  await t.step("a budget ends an endless loop, and the Worker goes on", async () => {
    assert.deepEqual(await sandbox.run(initJob("while (true) {}")), { kind: "out_of_budget" });
    assert.deepEqual(onlyPost(await sandbox.run(initJob("this.ctx.post('bot', {})"))), {});
  });
  await sandbox.close();
});

Deno.test("openWorkerSandbox() replaces a Worker that misses its deadline", async () => {
  const sandbox = await openWorkerSandbox({ hosts: 1, hookTimeoutMs: 1_500 });
  // Unmetered work that ends by itself: a thread that never ends would outlive the test.
  const busy = "const large = new Uint8Array(8e6);" +
    "for (let i = 0; i < 120; i++) await crypto.subtle.digest('SHA-512', large);";
  const outcome = await sandbox.run(initJob(busy));
  assert.deepEqual(outcome, { kind: "killed", after_ms: 1_500 });
  assert.deepEqual(onlyPost(await sandbox.run(initJob("this.ctx.post('bot', {})"))), {});
  await sandbox.close();
});
