/** Requests to a host and an honest host's answers, which fuzz_test.ts damages. */
import { HOOKS } from "../../../src/domain/bot/bot.ts";
import type { Request } from "../../../src/sandbox/wire/protocol.ts";
import { initJob } from "../job.ts";

export const SEALED = "correct-horse-battery-staple";
const players = [{ player_id: "p1", display_name: "Ada" }];
const JOB = initJob("", { env: { KEY: SEALED }, players });
const RUN: Request = { kind: "run", job: JOB };
const INSPECT: Request = { kind: "inspect", source: "class A {}", hooks: [...HOOKS] };
const ENGINE = `quickjs:sha256:${"0".repeat(64)}`;
const TRACE = { log: ["the author reads this"], fuel: 1 };
export const DONE = {
  kind: "ran",
  trace: TRACE,
  outcome: {
    kind: "done",
    posts: [
      { kind: "bot", body: { text: "é", list: [1, { a: null }] } },
      { kind: "system", body: {}, to: ["p1"] },
    ],
    state: { n: 1 },
    state_set: true,
    end: { result: [1] },
    timers: [{ name: "t", due_ms: JOB.now_ms + 5 }, { name: "u", due_ms: null }],
  },
};
export const HONEST: [Request, unknown][] = [
  [{ kind: "probe" }, { kind: "probed", engine: ENGINE, open: [] }],
  [INSPECT, { kind: "inspected", inspection: { kind: "rejected", message: "no", line: 3 } }],
  [INSPECT, {
    kind: "inspected",
    inspection: {
      ...{ kind: "accepted", language: "javascript", class_name: "A", hooks: ["on_init"] },
      ...{ manifest: { net: [] }, imports: [], engine: ENGINE },
    },
  }],
  [RUN, DONE],
  [RUN, { kind: "ran", outcome: { kind: "threw", message: "no", line: 2 }, trace: TRACE }],
  [RUN, { kind: "ran", outcome: { kind: "out_of_budget" }, trace: TRACE }],
];
export const deep = (levels: number): unknown => levels === 0 ? 1 : { a: deep(levels - 1) };
