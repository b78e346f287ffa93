/** Timers in an export: each fires once, not early, and not after the log shows that it was
 *  cleared. */
import assert from "node:assert/strict";
import type { Entry } from "../../src/domain/transcript/transcript.ts";
import { TimerChecks } from "../../src/verify/timer_checks.ts";

const DUE = Date.UTC(2026, 0, 1);

function timerEntry(cause: number, due = DUE, ts = due, name = "turn"): Entry {
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    id: 20,
    channel_id: "chn_x",
    sender: "system",
    kind: "system",
    body: { type: "bot:timer", bot_id: "bot_A_0", name, due: iso(due) },
    ts: iso(ts),
    cause,
    hash: `sha256:${"0".repeat(64)}`,
    root: "",
    chained: 1,
  };
}

/** A bot that has set the timer at entry 5. */
function running(): TimerChecks {
  const timers = new TimerChecks("bot_A_0");
  timers.change(5, [{ name: "turn", due_ms: DUE }]);
  return timers;
}
const never = () => false;
const always = () => true;

Deno.test("a timer fires once, when it is due or later", () => {
  const timers = running();
  timers.fire(timerEntry(5, DUE, DUE + 5), never);
  assert.throws(() => timers.fire(timerEntry(5), never), { id: 20 });
});

Deno.test("no unknown timer fires, and none fires early", () => {
  for (
    const entry of [
      timerEntry(6),
      timerEntry(5, DUE + 1),
      timerEntry(5, DUE, DUE, "x"),
      timerEntry(5, DUE, DUE - 1),
    ]
  ) {
    assert.throws(() => running().fire(entry, never), { id: 20 });
  }
});

Deno.test("a cleared or reset timer does not fire after the log shows that", () => {
  for (const due_ms of [null, DUE + 60_000]) {
    const timers = running();
    timers.change(9, [{ name: "turn", due_ms }]);
    const asked: number[] = [];
    const ranBefore = (cause: number) => (asked.push(cause), true);
    assert.throws(() => timers.fire(timerEntry(5), ranBefore), { id: 20 });
    assert.deepEqual(asked, [9]);
    timers.fire(timerEntry(5), never); // it may have fired just before
    if (due_ms !== null) timers.fire(timerEntry(9, due_ms), always);
  }
});
