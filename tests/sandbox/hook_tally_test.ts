/** What the sandbox counts for its operator. */
import assert from "node:assert/strict";
import { HookTally } from "../../src/sandbox/hook_tally.ts";
import type { HostPoolOptions } from "../../src/sandbox/pool/host_pool.ts";

type Service = Parameters<NonNullable<HostPoolOptions["served"]>>[0];

/** A hook that took a host so long and ended so. */
function hook(hostMs: number, kind: string): Service {
  const request = { kind: "run", job: { language: "javascript", hook: "on_message" } };
  const answer = kind === "killed" ? { kind } : { kind: "ran", outcome: { kind } };
  return { request, answer, hostMs, queuedMs: 0 } as unknown as Service;
}

Deno.test("HookTally counts hooks by their end, and bounds their durations by classes", () => {
  const tally = new HookTally();
  assert.deepEqual(new HookTally().figures, { hooks: [], queues: [], requests: {} });
  const table: [hostMs: number, kind: string, half: number, most: number][] = [
    [0.4, "done", 0.0005, 0.0005],
    [0.5, "done", 0.0005, 0.0005],
    [3, "threw", 0.0005, 0.005],
    [700, "done", 0.0005, 1],
    [30_000, "killed", 0.005, Infinity],
  ];
  for (const [hostMs, kind, half, most] of table) {
    tally.service("javascript", hook(hostMs, kind));
    assert.deepEqual(tally.figures.hooks[0]!.durations, { half, most }, `after ${hostMs} ms`);
  }
  const { hooks: [hooks], queues: [queue] } = tally.figures;
  assert.deepEqual(hooks!.outcomes, { done: 3, threw: 1, killed: 1 });
  assert.deepEqual(queue, {
    language: "javascript",
    waits: { half: 0.0005, most: 0.0005 },
    kills: 1,
  });
});

Deno.test("HookTally counts neither probes nor the trial of a constructor as hooks", () => {
  const tally = new HookTally();
  const trial = hook(1, "done");
  tally.service("javascript", { ...trial, request: { kind: "probe" } });
  assert.deepEqual(tally.figures.queues, []);
  const job = { language: "javascript", hook: "" };
  tally.service("javascript", { ...trial, request: { kind: "run", job } } as unknown as Service);
  assert.deepEqual([tally.figures.hooks.length, tally.figures.queues.length], [0, 1]);
});
