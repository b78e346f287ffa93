/** A loop that waits for the clock ends by its budget, so that it can be replayed, and is told that
 *  time stands still. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob } from "./job.ts";
import { pythonHost, pythonInitJob } from "./python_job.ts";

const WAITING = {
  "Date.now": "const end = Date.now() + 1000; while (Date.now() < end);",
  "new Date": "const end = +new Date() + 1000; while (+new Date() < end);",
  "performance.now": "const end = performance.now() + 1000; while (performance.now() < end);",
  "sleep": `const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const end = Date.now() + 1000; while (Date.now() < end) await sleep(100);`,
};
const WAITING_IN_PYTHON = {
  "time.time": "import time\nend = time.time() + 1\nwhile time.time() < end: pass",
  "datetime.now":
    "from datetime import datetime, timedelta\nend = datetime.now() + timedelta(1)\nwhile datetime.now() < end: pass",
  "perf_counter":
    "import time\nend = time.perf_counter() + 1\nwhile time.perf_counter() < end: pass",
  "time.sleep": "import time\nwhile True: time.sleep(0.1)",
  "asyncio.sleep": `import asyncio, time
async def wait():
    end = time.time() + 1
    while time.time() < end: await asyncio.sleep(0.1)
asyncio.run(wait())`,
};
const OTHERS_IN_PYTHON = {
  "a loop that asks nothing": "while True: pass",
  "randomness": "import random\nr = random.SystemRandom()\nwhile True: r.random()",
  "calls of the host": "import sys\nwhile True: sys.modules['posix'].isatty(1)",
};
const MESSAGE = "Time stands still within a hook, so a loop that waits for it never ends: " +
  "set a timer with ctx.set_timer(name, ms), and go on in on_timer(name).";
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
        message: MESSAGE,
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

Deno.test("a Python hook that never ends runs out of its budget", async (t) => {
  await using sandbox = await pythonHost();
  for (const [name, body] of Object.entries(WAITING_IN_PYTHON)) {
    await t.step(`and is told of the clock: ${name}`, async () => {
      const outcome = await sandbox.run(pythonInitJob(body));
      assert.deepEqual(outcome, { kind: "out_of_budget", message: MESSAGE });
    });
  }
  for (const [name, body] of Object.entries(OTHERS_IN_PYTHON)) {
    await t.step(name, async () => {
      assert.deepEqual(await sandbox.run(pythonInitJob(body)), { kind: "out_of_budget" });
    });
  }
  await t.step("a bot may look at the clock often", async () => {
    const body = "import time\nfor n in range(50_000): time.time()";
    assert.equal((await sandbox.run(pythonInitJob(body))).kind, "done");
  });
});
