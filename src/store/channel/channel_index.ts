/** The indexes of channels: by invite, by rejoin token, by list, by state, and by the source of a
 *  bot. All of them are derived from the channel's record. A caller changes only the record, and
 *  its commit writes the resulting differences. */
import type { Channel } from "../../domain/channel/channel.ts";
import { isOver, openSeats } from "../../domain/channel/listed.ts";
import { isOpen } from "../../domain/channel/seat.ts";
import type { AtomicPart } from "../commit_group.ts";
import { keys } from "../keys.ts";

/** The states by which an operator counts channels: something may still be played, nothing is, or
 *  it is closed. */
export const CHANNEL_STATES = ["going", "over", "closed"] as const;
export type ChannelState = typeof CHANNEL_STATES[number];

function stateOf(channel: Channel): ChannelState {
  return channel.closed ? "closed" : isOver(channel) ? "over" : "going";
}

interface IndexEntry {
  key: Deno.KvKey;
  value: string;
}

/** Every index entry of a channel, by its key as text. */
function indexOf(channel: Channel): Map<string, IndexEntry> {
  const { channel_id, created_at } = channel;
  const indexKeys: Deno.KvKey[] = [keys.byStateChannel(stateOf(channel), created_at, channel_id)];
  for (const { invite_hash } of channel.slots) {
    if (invite_hash) indexKeys.push(keys.invite(invite_hash));
  }
  for (const { rejoin_hash } of channel.seats) indexKeys.push(keys.rejoin(rejoin_hash));
  for (const principal of [channel.creator, ...channel.seats.map((seat) => seat.principal)]) {
    indexKeys.push(keys.mineChannel(principal, created_at, channel_id));
  }
  if (channel.visibility === "public") {
    const over = isOver(channel);
    indexKeys.push((over ? keys.endedChannel : keys.publicChannel)(created_at, channel_id));
    const isOffering = !over && openSeats(channel).length > 0;
    if (isOffering) indexKeys.push(keys.offeringChannel(created_at, channel_id));
  }
  for (const { code_hash } of channel.bots) {
    indexKeys.push(keys.sourceIn(code_hash, channel_id));
    if (isOpen(channel)) indexKeys.push(keys.sourceOpenIn(code_hash, channel_id));
  }
  return new Map(indexKeys.map((key) => [JSON.stringify(key), { key, value: channel_id }]));
}

/** Adds the index changes from one record (null for a new channel) to the next, as a part of the
 *  commit that writes the record. */
export function reindex(
  atomic: AtomicPart,
  before: Channel | null,
  after: Channel,
): void {
  const old = before ? indexOf(before) : new Map<string, IndexEntry>();
  const current = indexOf(after);
  for (const [text, { key }] of old) {
    // A source stays readable after its bot is detached, because the announcement refers to it.
    if (!current.has(text) && key[0] !== "source") atomic.delete(key);
  }
  for (const [text, { key, value }] of current) {
    // Channels of earlier releases are not indexed by their state yet.
    if (!old.has(text) || key[0] === "by_state") atomic.set(key, value);
  }
}

/** Deletes the index of a channel that is deleted. */
export function unindex(atomic: Deno.AtomicOperation, channel: Channel): void {
  for (const { key } of indexOf(channel).values()) atomic.delete(key);
}
