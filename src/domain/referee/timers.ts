/** Timers that bots have set. A due timer becomes an entry like any other, so that the transcript
 *  determines when a bot acts on it. */
import { timerDue } from "../announcements/hooks.ts";
import { isPaused } from "./referee.ts";
import type { Channel } from "../channel/channel.ts";
import type { Draft, Head, TimerChange, Timers } from "../transcript/transcript.ts";

/** The timers after a bot's hook that entry `cause` called. */
export function withTimers(
  timers: Timers,
  botId: string,
  changes: readonly TimerChange[],
  cause: number,
): Timers {
  const own = { ...timers[botId] };
  for (const { name, due_ms } of changes) {
    if (due_ms === null) delete own[name];
    else own[name] = { due_ms, cause };
  }
  return { ...timers, [botId]: own };
}

/** The timers of the bots that still have a cursor; the same object when that is all of them. */
export function withoutGone(timers: Timers, cursors: Head["cursors"]): Timers {
  const remaining = Object.entries(timers).filter(([botId, own]) =>
    botId in cursors && Object.keys(own).length > 0
  );
  return remaining.length === Object.keys(timers).length ? timers : Object.fromEntries(remaining);
}

interface Due {
  botId: string;
  name: string;
  due_ms: number;
  cause: number;
}

/** The timers of bots that are not paused, soonest first. */
function awaited({ bots }: Channel, { timers }: Head): Due[] {
  return Object.entries(timers).flatMap(([botId, own]) => {
    const bot = bots.find(({ bot_id }) => bot_id === botId);
    if (!bot || isPaused(bot)) return [];
    return Object.entries(own).map(([name, timer]) => ({ botId, name, ...timer }));
  }).sort((a, b) => a.due_ms - b.due_ms);
}

/** When the next timer is due, in milliseconds since 1970; null when none is due before a member
 *  posts, because timers count towards the entries that bots may cause each other. */
export function nextDue(channel: Channel, head: Head): number | null {
  if (head.chain_spent) return null;
  return awaited(channel, head)[0]?.due_ms ?? null;
}

/** Announces the timers that are due, and returns the remaining timers; null when none is due. */
export function fireTimers(
  channel: Channel,
  head: Head,
  now: Date,
): { drafts: Draft[]; timers: Timers } | null {
  const due = awaited(channel, head).filter(({ due_ms }) => due_ms <= now.getTime());
  if (due.length === 0) return null;
  let { timers } = head;
  const drafts = due.map(({ botId, name, due_ms, cause }): Draft => {
    timers = withTimers(timers, botId, [{ name, due_ms: null }], cause);
    const at = new Date(due_ms).toISOString();
    return timerDue.draft({ bot_id: botId, name, due: at }, { cause });
  });
  return { drafts, timers };
}
