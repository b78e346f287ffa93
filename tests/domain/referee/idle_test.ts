/** When a channel is idle: the signs of life, and what keeps the server from closing it. */
import assert from "node:assert/strict";
import { idleWarning, warningText } from "../../../src/domain/announcements/expiry.ts";
import { timerDue } from "../../../src/domain/announcements/hooks.ts";
import { roundPublished } from "../../../src/domain/announcements/randomness.ts";
import { expire, idleAfter, idleDue, isLifeSign } from "../../../src/domain/referee/idle.ts";
import type { Head } from "../../../src/domain/transcript/transcript.ts";
import { type Room, stateOf } from "../channel/said.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const SINCE = Date.parse("2026-11-23T12:00:00.000Z");
const iso = (ms: number) => new Date(ms).toISOString();
const RULE = { warned_after_ms: 90 * DAY, closed_after_ms: 7 * DAY };
const WARNED = SINCE + RULE.warned_after_ms;
const REVEALS = { seedOf: () => "5a".repeat(32), saltKey: "00".repeat(32) };

/** A channel whose last sign of life was at `SINCE`, and whose last entry was at `lastMs`. */
function state(room: Room = {}, { lastMs = SINCE, closes_at }: {
  lastMs?: number;
  closes_at?: string;
} = {}) {
  const { channel, head } = stateOf([["p1", {}]], room);
  const idle = { since: iso(SINCE), ...closes_at && { closes_at } };
  return { channel: { ...channel, idle: RULE }, head: { ...head, ts: iso(lastMs), idle } };
}

const timers = (due_ms: number): Head["timers"] => ({ a: { bell: { due_ms, cause: 1 } } });
const AHEAD = { cursors: { a: 0 } };

/** The state, and when something is due. */
const DUE: Record<string, [ReturnType<typeof state>, number | null]> = {
  "nothing but silence": [state(), WARNED],
  "a warning": [state({}, { closes_at: iso(WARNED + 8 * DAY) }), WARNED + 8 * DAY],
  "a timer that comes earlier": [state({ timers: timers(SINCE + DAY) }), WARNED],
  "a timer that comes later": [state({ timers: timers(WARNED + DAY) }), WARNED + DAY],
  "a timer of a paused bot": [state({ timers: timers(WARNED + DAY), paused: ["a"] }), WARNED],
  "a hook that runs": [state(AHEAD, { lastMs: WARNED - HOUR }), WARNED + 23 * HOUR],
  "a hook that never ran": [state(AHEAD), WARNED],
  "a hook of a paused bot": [
    state({ ...AHEAD, paused: ["a"] }, { lastMs: WARNED - HOUR }),
    WARNED,
  ],
  "the close": [state({ closed: true }), null],
};

for (const [name, [given, right]] of Object.entries(DUE)) {
  Deno.test(`idleDue() after ${name}`, () => assert.equal(idleDue(given), right));
}

Deno.test("expire() does nothing early, nor while a timer runs, nor without a rule", () => {
  const now = new Date(WARNED);
  assert.ok(expire(state(), now, REVEALS));
  assert.equal(expire(state(), new Date(WARNED - 1), REVEALS), null);
  assert.equal(expire(state({ timers: timers(WARNED - DAY) }), now, REVEALS), null, "overdue");
  const { idle: _, ...channel } = state().channel;
  assert.equal(expire({ ...state(), channel }, now, REVEALS), null);
});

Deno.test("expire() leaves the stated time after a clock that was set back, too", () => {
  const late = state({}, { lastMs: WARNED + 5 * HOUR });
  const { at } = expire(late, new Date(WARNED), REVEALS)!.drafts[0]!.body.value;
  const left = Date.parse(String(at)) - (WARNED + 5 * HOUR);
  assert.ok(left >= RULE.closed_after_ms && left <= RULE.closed_after_ms + 2 * HOUR, `${left}`);
});

Deno.test("a member's entry is a sign of life, and what the server says alone or a hook is none", () => {
  const at = iso(WARNED + 8 * DAY);
  const body = (draft: ReturnType<typeof idleWarning.draft>) => ({
    sender: draft.sender,
    body: draft.body.value,
    ...draft.cause !== undefined && { cause: draft.cause },
  });
  const warning = body(idleWarning.draft({ at, text: warningText(at) }));
  const timer = { bot_id: "a", name: "bell", due: iso(SINCE) };
  assert.equal(isLifeSign({ sender: "p1", body: { text: "hi" } }), true);
  assert.equal(isLifeSign({ sender: "system", body: { type: "member_joined" } }), true);
  assert.equal(isLifeSign({ sender: "p1", body: { type: "idle_warning" } }), true, "by a member");
  assert.equal(isLifeSign({ sender: "bot:a", body: {}, cause: 1 }), false);
  assert.equal(isLifeSign(body(timerDue.draft(timer, { cause: 1 }))), false);
  assert.equal(isLifeSign(body(roundPublished.draft({ round: 1, signature: "00" }))), false);
  assert.equal(isLifeSign(warning), false);
  const entry = (ts: number, open: typeof warning) => ({
    ...{ id: 1, channel_id: "c", kind: "system" as const, hash: "sha256:00" as const, root: "" },
    ...{ ts: iso(ts), chained: 0, ...open },
  });
  const warned = idleAfter({ since: iso(SINCE) }, [entry(WARNED, warning)]);
  assert.deepEqual(warned, { since: iso(SINCE), closes_at: at });
  const here = entry(WARNED + DAY, { sender: "p1", body: {} });
  assert.deepEqual(idleAfter(warned, [here]), { since: iso(WARNED + DAY) });
});
