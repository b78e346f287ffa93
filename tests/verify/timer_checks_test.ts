/** Timers in an export: each comes once, not early, and not when it is known to have been
 *  cleared. */
import assert from "node:assert/strict";
import type { Entry } from "../../src/domain/transcript/transcript.ts";
import { TimerChecks } from "../../src/verify/timer_checks.ts";

const DUE = Date.UTC(2026, 0, 1);

function comes(cause: number, due = DUE, ts = due, name = "turn"): Entry {
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

Deno.test("a timer comes when it is due, or later, once", () => {
  const timers = running();
  timers.come(comes(5, DUE, DUE + 5), never);
  assert.throws(() => timers.come(comes(5), never), { id: 20 });
});

Deno.test("no other timer comes, and none before its time", () => {
  for (
    const entry of [comes(6), comes(5, DUE + 1), comes(5, DUE, DUE, "x"), comes(5, DUE, DUE - 1)]
  ) {
    assert.throws(() => running().come(entry, never), { id: 20 });
  }
});

Deno.test("one that was cleared, or set anew, does not come once the log shows that", () => {
  for (const due_ms of [null, DUE + 60_000]) {
    const timers = running();
    timers.change(9, [{ name: "turn", due_ms }]);
    const asked: number[] = [];
    const toldBefore = (cause: number) => (asked.push(cause), true);
    assert.throws(() => timers.come(comes(5), toldBefore), { id: 20 });
    assert.deepEqual(asked, [9]);
    timers.come(comes(5), never); // it may have come just before
    if (due_ms !== null) timers.come(comes(9, due_ms), always);
  }
});
