/** A channel's slots, bots and settings as members see them. Never contains a principal, a token or
 *  a hash of one. */
import * as z from "zod";
import { awaitedRound } from "./beacon.ts";
import { Bot } from "../bot/bot.ts";
import { cleanName } from "../../kernel/clean_name.ts";
import { type Channel } from "./channel.ts";
import { Visibility } from "../announcements/opening.ts";
import type { Viewer } from "./seat.ts";
import { SpectatorsBy, spectatorsBy } from "./spectators.ts";

const SlotView = z.object({
  slot_id: z.string().describe("s0, s1 and so on."),
  kind: z.enum(["bot", "invite"]).describe("bot: the place of a referee. invite: of a player."),
  label: z.string().describe("The host's word for it."),
  filled_by: z.string().nullable().describe("The id of its player or bot; null if it is free."),
  display_name: z.string().optional().describe("The name of its player."),
  last_seen: z.string().optional().describe("When its member last called: now, or 5 min ago."),
  admin: z.boolean().describe("Whether its player may change the channel; true for a bot."),
  muted: z.boolean().optional().describe("Present while an admin has muted the member."),
  invite_expires: z.string().optional().describe("When the slot's unused invite expires."),
});

export const ChannelView = z.object({
  channel_id: z.string().describe("chn_..."),
  name: z.string().describe("The name that its host gave it."),
  created_at: z.string().describe("When it was created."),
  visibility: Visibility.describe(
    "private: its members know of it. unlisted: whoever has its id. public: everyone.",
  ),
  sealed: z.boolean().describe(
    "Whether nobody can change the referee, put a player out or end the game.",
  ),
  rated: z.literal(true).optional().describe("Present if its games count on a ladder."),
  close_asked: z.array(z.string()).optional()
    .describe("The players of a sealed channel who ask to close it."),
  spectators: z.boolean().describe("Whether others than its members may read it."),
  spectating: z.object({
    by: SpectatorsBy.describe("link: whoever has its token. public: whoever knows the channel."),
    delay: z.number().int().optional()
      .describe("How many messages spectators are behind until the game is over."),
    max: z.number().int().optional().describe("How many there may be."),
    speak: z.literal(true).optional().describe("Present if they may speak, by post_message."),
    now: z.number().int().optional().describe("How many have read in the last minutes."),
  }).optional().describe("Present where spectators are admitted."),
  open_seats: z.literal(true).optional()
    .describe("Whether anyone may take a free seat by join_channel with the channel_id."),
  match: z.object({ rated: z.boolean().describe("Whether its players wished for a rated game.") })
    .optional()
    .describe("Present if find_match opened the channel, which has no host then."),
  closed: z.boolean().describe("Whether it takes no more messages."),
  deleted_at: z.string().optional().describe("When the channel will be deleted."),
  slots: z.array(SlotView).describe("The places of bots and players, in order."),
  beacon: z.object({
    chain: z.string().describe("The hash of the drand chain that the bots' randomness comes from."),
    awaits: z.object({
      round: z.number().int().describe("Its number."),
      at: z.string().describe("When it will be signed."),
    }).optional()
      .describe("The latest round that the bots wait for."),
  }).optional().describe("Present when this channel uses public randomness."),
});
export type ChannelView = z.infer<typeof ChannelView>;

/** `seen`: for how many minutes each player has not been seen. `watching`: how many spectators
 *  there are. Both where that is known. */
export function viewOf(
  channel: Channel,
  seen?: ReadonlyMap<string, number>,
  watching?: number,
): ChannelView {
  const { channel_id, name, created_at, visibility, sealed, spectators, closed } = channel;
  const slots = channel.slots.map(({ slot_id, kind, label, filled_by, invite_expires }) => {
    const seat = channel.seats.find((s) => s.slot_id === slot_id);
    const admin = kind === "bot" || (seat?.admin ?? false);
    const minutes = seat && seen?.get(seat.player_id);
    return {
      slot_id,
      kind,
      label,
      filled_by,
      ...(seat && { display_name: seat.display_name }),
      ...(minutes !== undefined && { last_seen: minutes === 0 ? "now" : `${minutes} min ago` }),
      admin,
      ...(seat?.muted && { muted: true }),
      ...(filled_by === null && invite_expires !== undefined && { invite_expires }),
    };
  });
  const awaits = awaitedRound(channel);
  const beacon = channel.beacon &&
    { beacon: { chain: channel.beacon.chain.hash, ...(awaits && { awaits }) } };
  const { rated, close_asked = [] } = channel;
  return {
    channel_id,
    name,
    created_at,
    visibility,
    sealed,
    ...(rated && { rated }),
    ...(close_asked.length > 0 && { close_asked }),
    spectators,
    ...(spectators && { spectating: spectatingView(channel, watching) }),
    ...(channel.open_seats && { open_seats: channel.open_seats }),
    ...(channel.match && { match: channel.match }),
    closed,
    ...(channel.deletion && { deleted_at: channel.deletion.at }),
    slots,
    ...beacon,
  };
}

function spectatingView(channel: Channel, now: number | undefined) {
  const { delay, max, speak } = channel.spectating ?? {};
  return {
    by: spectatorsBy(channel),
    ...(delay && { delay }),
    ...(max && { max }),
    ...(speak && { speak }),
    ...(now !== undefined && { now }),
  };
}

/** A bot as members see it, with only the names of its sealed values. The parts of its engine are
 *  in its announcement; only those who check engines ask for them here. */
export const BotView = Bot.omit({ class_name: true, env: true }).extend({
  env: z.array(z.string()).optional().describe("The names of its sealed values."),
});
export type BotView = z.infer<typeof BotView>;

export function botView(bot: Bot, { proof = false } = {}): BotView {
  const { class_name: _, env, engine_parts, ...rest } = bot;
  return {
    ...rest,
    ...(proof && engine_parts && { engine_parts }),
    summary: cleanName(bot.summary),
    ...(env && { env: env.names }),
  };
}

export const YouView = z.object({
  player_id: z.string().nullable().describe("null for the host without a seat, and spectators."),
  slot_id: z.string().nullable().describe("The slot of your seat."),
  display_name: z.string().nullable().describe("Your name here."),
  admin: z.boolean().describe("Whether you may change the channel."),
}).describe("For whom the call spoke.");
export type YouView = z.infer<typeof YouView>;

export function youView({ seat, admin }: Viewer): YouView {
  return {
    player_id: seat?.player_id ?? null,
    slot_id: seat?.slot_id ?? null,
    display_name: seat?.display_name ?? null,
    admin,
  };
}
