/** The limits of a verification on a shared sandbox, and how it ends. */
import assert from "node:assert/strict";
import { BotsTime } from "../../../src/channels/bots_time.ts";
import { type Bounds, replayerWithin } from "../../../src/channels/proof/replayer.ts";
import { RATES } from "../../../src/domain/limits/work.ts";
import { RateLimiter } from "../../../src/domain/limits/rate_limit.ts";
import { Refusal } from "../../../src/kernel/refusal.ts";
import { openSandbox } from "../../../src/sandbox/open_sandbox.ts";
import { initJob } from "../../sandbox/job.ts";

const SOURCE = {
  source: "class Solo { on_init() {} }",
  language: "javascript" as const,
  name: "Solo",
};
const isTimeout = (error: unknown) => error instanceof Refusal && error.code === "TIMEOUT";

Deno.test("a replay on a shared sandbox ends with", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 20_000 });
  const bounds = (changed: Partial<Bounds> = {}): Bounds => ({
    key: { principal: "ann" },
    signal: new AbortController().signal,
    time: new BotsTime(),
    hookMs: 600_000,
    withinMs: 600_000,
    ...changed,
  });
  const run = async (replayer: ReturnType<typeof replayerWithin>) =>
    (await replayer.run(initJob("this.ctx.post('bot', {})"), [])).outcome.kind;
  await t.step("the last hook, while there is time", async () => {
    using replayer = replayerWithin(sandbox, bounds());
    assert.deepEqual([await run(replayer), await run(replayer)], ["done", "done"]);
    assert.equal((await replayer.inspect(SOURCE)).kind, "accepted");
  });
  await t.step("its caller's budget, which pays for its hooks", async () => {
    const rates = { ...RATES, hook_ms: { quota: 1, windowMs: 3_600_000 } };
    const time = new BotsTime(new RateLimiter(rates, () => 0));
    using replayer = replayerWithin(sandbox, bounds({ time }));
    assert.deepEqual([await run(replayer), await run(replayer)], ["done", "killed"]);
    assert.equal((await replayer.inspect(SOURCE)).kind, "rejected");
    assert.deepEqual([time.waitMs("ann") > 0, time.waitMs("bob")], [true, 0]);
    assert.throws(() => time.refuseSpent("ann"), /RATE_LIMIT/);
  });
  await t.step("the time limit of its hooks", async () => {
    using replayer = replayerWithin(sandbox, bounds({ hookMs: 0.001 }));
    assert.deepEqual([await run(replayer), await run(replayer)], ["done", "killed"]);
  });
  await t.step("its own time limit", async () => {
    using replayer = replayerWithin(sandbox, bounds({ withinMs: 0 }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(await run(replayer), "killed");
  });
  await t.step("its call", async () => {
    const caller = new AbortController();
    using replayer = replayerWithin(sandbox, bounds({ signal: caller.signal }));
    assert.equal(await run(replayer), "done");
    caller.abort();
    await assert.rejects(run(replayer), isTimeout);
    await assert.rejects(replayer.inspect(SOURCE), isTimeout);
  });
  await sandbox.close();
});
