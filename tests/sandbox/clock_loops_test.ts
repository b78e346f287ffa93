/** A loop that waits for the clock ends by its budget, so that it can be replayed, and is told that
 *  time stands still. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob } from "./job.ts";

const WAITING = {
  "Date.now": "const end = Date.now() + 1000; while (Date.now() < end);",
  "new Date": "const end = +new Date() + 1000; while (+new Date() < end);",
  "performance.now": "const end = performance.now() + 1000; while (performance.now() < end);",
  "sleep": `const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const end = Date.now() + 1000; while (Date.now() < end) await sleep(100);`,
};
const OTHERS = {
  "a loop that asks nothing": "for (;;);",
  "a loop that looks at the clock a few times":
    "for (let n = 0; n < 99; n++) Date.now(); for (;;);",
  "randomness": "for (;;) crypto.getRandomValues(new Uint8Array(1));",
  "the time zone": "for (;;) new Date(2020, 1, 1);",
};

Deno.test("a JavaScript hook that never ends runs out of its budget", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  for (const [name, body] of Object.entries(WAITING)) {
    await t.step(`and is told of the clock: ${name}`, async () => {
      assert.deepEqual(await sandbox.run(initJob(body)), {
        kind: "out_of_budget",
        message: "Time stands still within a hook, so a loop that waits for it never ends: " +
          "set a timer with ctx.set_timer(name, ms), and go on in on_timer(name).",
      });
    });
  }
  for (const [name, body] of Object.entries(OTHERS)) {
    await t.step(name, async () => {
      assert.deepEqual(await sandbox.run(initJob(body)), { kind: "out_of_budget" });
    });
  }
  await t.step("a bot may look at the clock often", async () => {
    const outcome = await sandbox.run(initJob("for (let n = 0; n < 50_000; n++) Date.now();"));
    assert.equal(outcome.kind, "done");
  });
  await sandbox.close();
});
