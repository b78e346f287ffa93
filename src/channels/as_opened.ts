/** A channel as its first entries show it: what spectators see of it who are behind. Whatever
 *  happened since is in the messages, as far as they may read them. Pure. */
import { botAttached, botDescribed } from "../domain/announcements/bots.ts";
import { botsAnnounced, channelCreated } from "../domain/announcements/opening.ts";
import { Bot } from "../domain/bot/bot.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import type { Entry } from "../domain/transcript/transcript.ts";
import type { Channel } from "../domain/channel/channel.ts";

/** The most entries that a channel begins with: its creation, the list of its bots, and two for
 *  each bot. */
export const OPENING_ENTRIES = 2 + 2 * CHANNEL_LIMITS.botsPerChannel;

/** The channel, from the first of its entries. Its id, its creator, who may read it and whether it
 *  offers seats are as they are now. */
export function asOpened(channel: Channel, entries: readonly Entry[]): Channel {
  const created = channelCreated.in(entries[0]!)!;
  const { channel_id, created_at, creator, visibility, spectators, spectating } = channel;
  const { open_seats, beacon, rated, match } = channel;
  const bots = botsIn(entries);
  return {
    channel_id,
    created_at,
    creator,
    visibility,
    spectators,
    ...(spectating && { spectating }),
    ...(open_seats && { open_seats }),
    name: created.name,
    sealed: created.sealed,
    ...(rated && { rated }),
    ...(match && { match }),
    closed: false,
    slots: slotsWith(created.slots, bots),
    seats: [],
    bots,
    former: [],
    ...(beacon && { beacon: { chain: beacon.chain, awaited: [] } }),
    next_player: 1,
    next_bot: bots.length,
  };
}

function botsIn(entries: readonly Entry[]): Bot[] {
  const first = entries[1] && botsAnnounced.in(entries[1]);
  return (first?.bots ?? []).flatMap(({ bot_id, slot_id }) => {
    const attached = entries.find((entry) => botAttached.in(entry)?.bot_id === bot_id);
    const described = entries.find((entry) => botDescribed.in(entry)?.bot_id === bot_id);
    if (!attached || !described) return [];
    const { env, env_commit, ...attach } = botAttached.in(attached)!;
    const { manifest, manifest_excerpt } = botDescribed.in(described)!;
    return Bot.parse({
      ...attach,
      ...manifest_excerpt,
      slot_id,
      manifest,
      ...(env && { env: { names: env, commit: env_commit, sealed: "" } }),
      kills: 0,
      ended: false,
    });
  });
}

/** The slots with their bots in them; a bot may have a slot of its own after those of entry 1. */
function slotsWith(
  slots: readonly Pick<Channel["slots"][number], "slot_id" | "kind" | "label">[],
  bots: readonly Bot[],
): Channel["slots"] {
  const added = bots.filter(({ slot_id }) => !slots.some((slot) => slot.slot_id === slot_id))
    .map(({ slot_id, name }) => ({ slot_id, kind: "bot" as const, label: name }));
  return [...slots, ...added].map((slot) => {
    const bot = bots.find(({ slot_id }) => slot_id === slot.slot_id);
    return { ...slot, filled_by: bot ? `bot:${bot.bot_id}` : null, invite_hash: null };
  });
}
