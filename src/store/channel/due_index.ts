/** The index of work that no call triggers: hooks to run, timers, rounds of public randomness, and
 *  deletions. */
import { deletionDue } from "../../domain/channel/deletion.ts";
import { nextRoundDue } from "../../domain/channel/beacon.ts";
import type { Channel } from "../../domain/channel/channel.ts";
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

/** The value of each key: true or a time; null if nothing is due. */
function dueOf({ channel, head }: State): [key: Deno.KvKey, due: true | number | null][] {
  const { channel_id } = channel;
  return [
    [keys.pendingChannel(channel_id), isPending(head) || null],
    [keys.timersOf(channel_id), nextDue(channel, head)],
    [keys.roundsOf(channel_id), nextRoundDue(channel)],
    [keys.deletionOf(channel_id), deletionDue(channel)],
  ];
}

/** Whether a bot has entries that it has not processed. */
function isPending({ size, cursors }: Head): boolean {
  return Object.values(cursors).some((cursor) => cursor < size);
}

/** Adds the index changes from one state (null for a new channel) to the next, as a part of the
 *  commit that writes it. */
export function reindexDue(atomic: AtomicPart, before: State | null, after: State): void {
  const was = before && dueOf(before);
  for (const [i, [key, due]] of dueOf(after).entries()) {
    if (due === (was?.[i]?.[1] ?? null)) continue;
    if (due === null) atomic.delete(key);
    else atomic.set(key, due);
  }
}

/** The due work of each channel; `prefix` chooses its kind. */
export async function* dueUnder(kv: Deno.Kv, prefix: Deno.KvKey): AsyncGenerator<Due> {
  for await (const { key, value } of kv.list<number>({ prefix })) {
    yield { channelId: String(key[1]), dueMs: value };
  }
}

/** Deletes the index of a channel that is deleted. */
export function unindexDue(atomic: Deno.AtomicOperation, state: State): void {
  for (const [key] of dueOf(state)) atomic.delete(key);
}
