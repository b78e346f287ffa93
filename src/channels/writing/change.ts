/** A change of a channel, as whoever wants it describes it to the writer. */
import { botAttached } from "../../domain/announcements/bots.ts";
import type { BotMemory } from "../../domain/bot/bot.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import type { HashText } from "../../kernel/hash.ts";
import type { Done } from "../../domain/channel/idempotency.ts";
import type { Draft, Entry, Head, Timers } from "../../domain/transcript/transcript.ts";

export interface ChannelState {
  channel: Channel;
  head: Head;
  /** What came of an earlier change that was queued under the same key. */
  done?: Done | undefined;
}

/** What to commit, and what to answer once it is committed. */
export interface ChannelChange<T> {
  /** The same object when the record stays as it is. */
  channel: Channel;
  drafts: readonly Draft[];
  memories?: ReadonlyMap<string, BotMemory | null> | undefined;
  /** A bot that has come as far as entry `to`. Its own drafts of this change do not wait for it. */
  advance?: { botId: string; to: number };
  /** Set when the channel is told that bots have answered each other often enough. */
  chainSpent?: true;
  /** Whether it is stored however little room is left: it ends or frees something, or says why a
   *  hook's end is not stored. Such changes are bounded by what there is already. */
  always?: boolean;
  /** The timers from now on, when they change. */
  timers?: Timers;
  /** What this change was asked for, where it was queued under a key: remembered with its first
   *  entry. */
  request?: HashText | undefined;
  /** `head` is the one right after this change's entries. */
  answer: (committed: { entries: Entry[]; channel: Channel; head: Head }) => T;
}

/** Decides on the channel's newest state; may be asked again when that state was overtaken, so it
 *  must not act. Throws a `Refusal` to refuse. Returns null when there is nothing left to do. */
export type Decide<T> = (state: ChannelState) => ChannelChange<T> | null;

/** The cursors after a change: every live bot has one, and nobody else. A bot begins at its own
 *  announcement; the bot that a change advances has also seen its own posts, when nothing came in
 *  between. */
export function cursorsAfter(
  before: Head,
  change: Pick<ChannelChange<unknown>, "channel" | "advance">,
  entries: readonly Entry[],
): Head["cursors"] {
  const { channel, advance } = change;
  const last = entries.at(-1)?.id ?? before.size;
  const cursors: Head["cursors"] = {};
  for (const { bot_id, ended } of channel.closed ? [] : channel.bots) {
    if (ended) continue;
    const announced = entries.find((entry) => botAttached.in(entry)?.bot_id === bot_id);
    const cursor = before.cursors[bot_id] ?? (announced ? announced.id - 1 : before.size);
    cursors[bot_id] = cursor;
    if (advance?.botId === bot_id) {
      const own = entries.every(({ sender }) => sender === `bot:${bot_id}`);
      cursors[bot_id] = own && advance.to === before.size ? last : advance.to;
    }
  }
  return cursors;
}
