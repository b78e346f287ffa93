/** Backlogs of bots are counted by channel and by the channel's creator. */
import assert from "node:assert/strict";
import { BotsTime } from "../../src/channels/bots_time.ts";
import type { Bot } from "../../src/domain/bot/bot.ts";
import type { Channel } from "../../src/domain/channel/channel.ts";
import { backlogOf } from "../../src/domain/referee/backlog.ts";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { SHARED_WORK } from "../../src/domain/limits/work.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { EMPTY_HEAD } from "../../src/domain/transcript/transcript.ts";

const { backlogEntries, backlogEntriesPerPrincipal } = SHARED_WORK;

/** A channel with one bot for each number, which is that many entries behind. */
function state(creator: string, channel_id: string, behind: number[], changed: Partial<Bot> = {}) {
  const size = 10_000;
  const bots = behind.map((_, i) => ({ bot_id: `b${i}`, kills: 0, ended: false, ...changed }));
  const cursors = Object.fromEntries(behind.map((count, i) => [`b${i}`, size - count]));
  const channel = { channel_id, creator, closed: false, bots } as unknown as Channel;
  return { channel, head: { ...EMPTY_HEAD, size, cursors } };
}

const BACKLOGS: Record<string, [ReturnType<typeof state>, number]> = {
  "is that of the slowest bot": [state("ann", "c", [3, 70, 5]), 70],
  "is 0 without a bot": [state("ann", "c", []), 0],
  "is 0 for a bot that has ended": [state("ann", "c", [70], { ended: true }), 0],
  "is 0 for a paused bot": [
    state("ann", "c", [70], { kills: CHANNEL_LIMITS.killsBeforePause }),
    0,
  ],
};

for (const [name, [stored, count]] of Object.entries(BACKLOGS)) {
  Deno.test(`backlogOf() ${name}`, () => assert.equal(backlogOf(stored), count));
}

const isRefused = (error: unknown) =>
  error instanceof Refusal && error.code === "RATE_LIMIT" && error.retryAfterMs! > 0;

Deno.test("refuseBacklog() limits the backlog of a channel", () => {
  const time = new BotsTime();
  time.refuseBacklog(state("ann", "c", [backlogEntries - 1]));
  assert.throws(() => time.refuseBacklog(state("ann", "c", [1, backlogEntries])), isRefused);
  const paused = { kills: CHANNEL_LIMITS.killsBeforePause };
  time.refuseBacklog(state("ann", "c", [backlogEntries], paused));
});

Deno.test("refuseBacklog() limits the backlog of one principal until it shrinks", () => {
  const time = new BotsTime();
  const each = backlogEntries - 1;
  const channels = Math.ceil(backlogEntriesPerPrincipal / each);
  for (let i = 0; i < channels; i++) time.note(state("ann", `c${i}`, [each]));
  const [mine, others] = [state("ann", "new", [0]), state("bob", "other", [0])];
  assert.throws(() => time.refuseBacklog(mine), isRefused);
  time.refuseBacklog(others);
  time.refuseBacklog(state("ann", "without bots", []));
  time.note(state("ann", "c0", [0]));
  time.refuseBacklog(mine);
  for (let i = 0; i < channels; i++) time.note(state("ann", `c${i}`, []));
  time.refuseBacklog(state("ann", "new", [each]));
});
