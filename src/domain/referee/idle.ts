/** Channels in which no member does anything any more: the server warns after the time that entry 1
 *  states, and closes the channel after a further one. Pure. */
import { idleWarning, warningText } from "../announcements/expiry.ts";
import { SERVER } from "../announcements/operations.ts";
import { roundPublished } from "../announcements/randomness.ts";
import type { Channel } from "../channel/channel.ts";
import type { Change } from "../channel/membership.ts";
import { type Entry, type Head, isSpectator, timeAfter } from "../transcript/transcript.ts";
import { closeChannel, type Reveals } from "./closing.ts";
import { isPaused } from "./referee.ts";
import { nextDue } from "./timers.ts";

type State = { channel: Channel; head: Head };

const HOUR_MS = 60 * 60 * 1000;
/** How long hooks that have not run keep a channel from being idle: one may set a timer. */
const HOOKS_MS = 24 * HOUR_MS;
/** The clock may go on so far between a decision and the time of its entry. */
const SLACK_MS = 60_000;

/** Whether an entry shows that a member is there. Each does that no hook caused, but those of the
 *  server alone and of spectators. */
export function isLifeSign(entry: Pick<Entry, "sender" | "body" | "cause">): boolean {
  return entry.cause === undefined && !isSpectator(entry) && !idleWarning.in(entry) &&
    !roundPublished.in(entry);
}

/** What the head keeps of life signs after further entries. */
export function idleAfter(before: Head["idle"], entries: readonly Entry[]): Head["idle"] {
  let idle = before;
  for (const entry of entries) {
    const warning = idleWarning.in(entry);
    if (isLifeSign(entry)) idle = { since: entry.ts };
    else if (warning && idle) idle = { ...idle, closes_at: warning.at };
  }
  return idle;
}

/** When the server next has to warn, or to close the channel, in milliseconds since 1970; null for
 *  never. While a bot's timer runs, the channel is not idle. */
export function idleDue({ channel, head }: State): number | null {
  const { closed, idle: rule } = channel;
  if (closed || !rule || !head.idle) return null;
  const { since, closes_at } = head.idle;
  const due = closes_at === undefined
    ? Date.parse(since) + rule.warned_after_ms
    : Date.parse(closes_at);
  return Math.max(due, hooksUntil(channel, head), nextDue(channel, head) ?? 0);
}

/** Whether a bot will go on by itself: its timer runs, or it has yet to hear an entry. Until then
 *  silence says nothing about the channel. */
export function goesOn({ channel, head }: State, now: Date): boolean {
  return nextDue(channel, head) !== null || now.getTime() < hooksUntil(channel, head);
}

/** How long hooks that have not run count, in milliseconds since 1970; 0 if there are none. */
function hooksUntil(channel: Channel, head: Head): number {
  return awaitsHooks(channel, head) ? Date.parse(head.ts) + HOOKS_MS : 0;
}

function awaitsHooks({ bots }: Channel, { size, cursors }: Head): boolean {
  return bots.some((bot) => !isPaused(bot) && (cursors[bot.bot_id] ?? size) < size);
}

/** The step that is due, a warning or the close; null if none is. */
export function expire(state: State, now: Date, reveals: Reveals): Change | null {
  const { channel, head } = state;
  const due = idleDue(state);
  if (due === null || due > now.getTime() || nextDue(channel, head) !== null) return null;
  if (head.idle!.closes_at !== undefined) {
    return closeChannel(channel, SERVER, { ...reveals, head });
  }
  const { closed_after_ms } = channel.idle!;
  const earliest = Date.parse(timeAfter(head, now)) + closed_after_ms + SLACK_MS;
  const at = new Date(Math.ceil(earliest / HOUR_MS) * HOUR_MS).toISOString();
  return { channel, drafts: [idleWarning.draft({ at, text: warningText(at) })] };
}
