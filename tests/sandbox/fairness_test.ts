/** A bot that stalls or waits for a slow web site does not delay the bots of others. */
import assert from "node:assert/strict";
import { Refusal } from "../../src/kernel/refusal.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { gone } from "../support/process.ts";
import { fakeDeno } from "./fake_deno.ts";
import { initJob, onlyPost } from "./job.ts";

/** So long that no hook in these tests is killed for being late. */
const OPTIONS = { hosts: 2, hookTimeoutMs: 600_000 };

async function refusedAtClose(hooks: Promise<unknown>[], sandbox: Sandbox): Promise<void> {
  const isUnavailable = (error: unknown) =>
    error instanceof Refusal && error.code === "UNAVAILABLE";
  const refusals = hooks.map((hook) => assert.rejects(hook, isUnavailable));
  await sandbox.close();
  await Promise.all(refusals);
}

Deno.test("a principal with eight channels of stalling bots delays nobody else", async () => {
  const sandbox = await openSandbox(OPTIONS);
  const stalled = Array.from(
    { length: 8 },
    (_, i) =>
      sandbox.run(initJob("[].reverse.call({ length: 2 ** 53 - 1 })"), {
        key: { principal: "stalls", channelId: `ch_${i}` },
      }),
  );
  for (let turn = 0; turn < 3; turn++) {
    for (const principal of ["game", "other"]) {
      const outcome = await sandbox.run(initJob("this.ctx.post('bot', {})"), {
        key: { principal },
      });
      assert.deepEqual(onlyPost(outcome), {});
    }
  }
  const inspection = await sandbox.inspect({ source: "class Solo { on_init() {} }" });
  assert.equal(inspection.kind, "accepted");
  await refusedAtClose(stalled, sandbox);
});

Deno.test("a web site that never answers delays no game, not even one of the same principal", async () => {
  await using deno = await fakeDeno();
  const sandbox = await openSandbox({ ...OPTIONS, denoPath: deno.path });
  const waits = { params: { attack: "wait for the network" } };
  const waiting = ["p_1", "p_2", "p_3"].flatMap((principal) =>
    [1, 2].map(() => sandbox.run(initJob("", waits), { key: { principal } }))
  );
  for (const principal of ["p_1", "p_game"]) {
    const outcome = await sandbox.run(initJob(""), { key: { principal } });
    assert.deepEqual(onlyPost(outcome), { now: 1_000 });
  }
  const started = await deno.started();
  assert.ok(started.length > OPTIONS.hosts && started.length <= 4 * OPTIONS.hosts);
  await refusedAtClose(waiting, sandbox);
  await gone(await deno.started());
});

Deno.test("a game continues while a bot waits for a real web site, and the bot gets the response", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  await using site = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    asked.resolve();
    return answer.promise;
  });
  const host = `localhost:${site.addr.port}`;
  const sandbox = await openSandbox({
    ...OPTIONS,
    hosts: 1,
    network: { schemes: "http", denied: [], test: { loopback: true, caCerts: [] } },
  });
  const slow = sandbox.run(
    initJob(`this.ctx.post("bot", { text: await (await fetch("http://${host}/")).text() })`, {
      net: [host],
    }),
    { key: { principal: "slow" } },
  );
  await asked.promise;
  const outcome = await sandbox.run(initJob("this.ctx.post('bot', {})"), {
    key: { principal: "game" },
  });
  assert.deepEqual(onlyPost(outcome), {});
  answer.resolve(new Response("at last"));
  assert.deepEqual(onlyPost(await slow), { text: "at last" });
  await sandbox.close();
});
