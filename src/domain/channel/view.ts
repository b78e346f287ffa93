/** A channel's slots, bots and settings as members see them. Never contains a principal, a token or
 *  a hash of one. */
import * as z from "zod";
import { awaitedRound } from "./beacon.ts";
import { Bot } from "../bot/bot.ts";
import { type Channel } from "./channel.ts";
import { Visibility } from "../announcements/opening.ts";
import type { Viewer } from "./seat.ts";

const SlotView = z.object({
  slot_id: z.string(),
  kind: z.enum(["bot", "invite"]),
  label: z.string(),
  filled_by: z.string().nullable(),
  display_name: z.string().optional(),
  admin: z.boolean(),
});

export const ChannelView = z.object({
  channel_id: z.string(),
  name: z.string(),
  created_at: z.string(),
  visibility: Visibility,
  sealed: z.boolean(),
  spectators: z.boolean(),
  closed: z.boolean(),
  slots: z.array(SlotView),
  beacon: z.object({
    chain: z.string().describe("The hash of the drand chain that the bots' randomness comes from."),
    awaits: z.object({ round: z.number().int(), at: z.string() }).optional()
      .describe("The latest round that the bots wait for, and when it will be signed."),
  }).optional().describe("Present when this channel uses public randomness."),
});
export type ChannelView = z.infer<typeof ChannelView>;

export function viewOf(channel: Channel): ChannelView {
  const { channel_id, name, created_at, visibility, sealed, spectators, closed } = channel;
  const slots = channel.slots.map(({ slot_id, kind, label, filled_by }) => {
    const seat = channel.seats.find((s) => s.slot_id === slot_id);
    const admin = kind === "bot" || (seat?.admin ?? false);
    return {
      slot_id,
      kind,
      label,
      filled_by,
      ...(seat && { display_name: seat.display_name }),
      admin,
    };
  });
  const awaits = awaitedRound(channel);
  const beacon = channel.beacon &&
    { beacon: { chain: channel.beacon.chain.hash, ...(awaits && { awaits }) } };
  return { channel_id, name, created_at, visibility, sealed, spectators, closed, slots, ...beacon };
}

/** A bot as members see it, with only the names of its sealed values. */
export const BotView = Bot.omit({ class_name: true, env: true }).extend({
  env: z.array(z.string()).optional(),
});
export type BotView = z.infer<typeof BotView>;

export function botView({ class_name: _, env, ...bot }: Bot): BotView {
  return { ...bot, ...(env && { env: env.names }) };
}

export const YouView = z.object({
  player_id: z.string().nullable(),
  slot_id: z.string().nullable(),
  display_name: z.string().nullable(),
  admin: z.boolean(),
});
export type YouView = z.infer<typeof YouView>;

export function youView({ seat, admin }: Viewer): YouView {
  return {
    player_id: seat?.player_id ?? null,
    slot_id: seat?.slot_id ?? null,
    display_name: seat?.display_name ?? null,
    admin,
  };
}
