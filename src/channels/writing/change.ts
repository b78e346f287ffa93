/** A change of a channel, in the form that the writer accepts. */
import { botAttached } from "../../domain/announcements/bots.ts";
import type { BotMemory } from "../../domain/bot/bot.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import type { HashText } from "../../kernel/hash.ts";
import type { Done } from "../../domain/channel/idempotency.ts";
import type { Draft, Entry, Head, Timers } from "../../domain/transcript/transcript.ts";

export interface ChannelState {
  channel: Channel;
  head: Head;
  /** The 32 bytes that its salts derive from. */
  secret: Uint8Array;
  /** The result of an earlier change that was queued under the same key. */
  done?: Done | undefined;
}

/** The parts to commit, and the answer once they are committed. */
export interface ChannelChange<T> {
  /** The same object when the record stays as it is. */
  channel: Channel;
  drafts: readonly Draft[];
  memories?: ReadonlyMap<string, BotMemory | null> | undefined;
  /** Advances the cursor of a bot to entry `to`. The bot does not get its own drafts of this
   *  change. */
  advance?: { botId: string; to: number };
  /** Set when the change announces that bots have answered each other often enough. */
  chainSpent?: true;
  /** Whether the change is stored even without room left, because it ends or frees something, or
   *  says why a hook's outcome is not stored. The size of such changes is bounded by what exists
   *  already. */
  always?: boolean;
  /** The new timers, when they change. */
  timers?: Timers;
  /** The hash of the request, when the change was queued under a key. It is stored with the id of
   *  the change's first entry. */
  request?: HashText | undefined;
  /** `head` is the head right after this change's entries. */
  answer: (committed: { entries: Entry[]; channel: Channel; head: Head }) => T;
}

/** Decides on the channel's newest state. It may be called again when another commit was faster, so
 *  it must have no side effects. Throws a `Refusal` to refuse; returns null when there is nothing
 *  to do. */
export type Decide<T> = (state: ChannelState) => ChannelChange<T> | null;

/** The cursors after a change: exactly the live bots have one. A new bot's cursor is right before
 *  its own announcement. The bot that a change advances has also processed its own posts, when no
 *  other entry came in between. */
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
