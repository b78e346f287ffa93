/** The index of work that no call triggers: hooks to run, timers, rounds of public randomness,
 *  deletions, and idle channels. */
import { deletionDue } from "../../domain/channel/deletion.ts";
import { nextRoundDue } from "../../domain/channel/beacon.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { idleDue } from "../../domain/referee/idle.ts";
import { nextDue } from "../../domain/referee/timers.ts";
import type { Head } from "../../domain/transcript/transcript.ts";
import type { AtomicPart } from "../commit_group.ts";
import { keys } from "../keys.ts";

export interface Due {
  channelId: string;
  /** In milliseconds since 1970. */
  dueMs: number;
}

type State = { channel: Channel; head: Head };

/** A key of the index with its value: true, or a time. */
type Mark = [key: Deno.KvKey, due: true | number];

const DAY_MS = 24 * 60 * 60 * 1000;

/** The mark of each kind of work; null if nothing is due. */
function dueOf({ channel, head }: State): (Mark | null)[] {
  const { channel_id } = channel;
  const mark = (key: Deno.KvKey, due: true | number | null): Mark | null =>
    due === null ? null : [key, due];
  const idle = idleDue({ channel, head });
  return [
    mark(keys.pendingChannel(channel_id), isPending(head) || null),
    mark(keys.timersOf(channel_id), nextDue(channel, head)),
    mark(keys.roundsOf(channel_id), nextRoundDue(channel)),
    mark(keys.deletionOf(channel_id), deletionDue(channel)),
    // By the day, so that few posts change it.
    idle === null ? null : [keys.idleOn(dayOf(idle), channel_id), true],
  ];
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** Whether a bot has entries that it has not processed. */
function isPending({ size, cursors }: Head): boolean {
  return Object.values(cursors).some((cursor) => cursor < size);
}

/** Adds the index changes from one state (null for a new channel) to the next, as a part of the
 *  commit that writes it. */
export function reindexDue(atomic: AtomicPart, before: State | null, after: State): void {
  const was = before && dueOf(before);
  for (const [i, now] of dueOf(after).entries()) {
    const old = was?.[i] ?? null;
    const isSameKey = old && now && JSON.stringify(old[0]) === JSON.stringify(now[0]);
    if (old && !isSameKey) atomic.delete(old[0]);
    if (now && !(isSameKey && old[1] === now[1])) atomic.set(...now);
  }
}

/** The due work of each channel; `prefix` chooses its kind. */
export async function* dueUnder(kv: Deno.Kv, prefix: Deno.KvKey): AsyncGenerator<Due> {
  for await (const { key, value } of kv.list<number>({ prefix })) {
    yield { channelId: String(key[1]), dueMs: value };
  }
}

/** The channels in which the server may have to warn, or which it may have to close, until the end
 *  of this day. */
export async function* idleUntil(kv: Deno.Kv, now: Date): AsyncGenerator<string> {
  const end = keys.idleBy(dayOf(now.getTime()) + 1);
  for await (const { key } of kv.list({ prefix: keys.idle(), end })) yield String(key[2]);
}

/** Deletes the index of a channel that is deleted. */
export function unindexDue(atomic: Deno.AtomicOperation, state: State): void {
  for (const mark of dueOf(state)) if (mark) atomic.delete(mark[0]);
}
