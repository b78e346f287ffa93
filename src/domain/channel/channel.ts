/** A channel: slots that seats and bots fill, under one name. Every change rewrites the whole
 *  record, and every change is also an entry that all members see. */
import * as z from "zod";
import { Visibility } from "../announcements/opening.ts";
import { Chain } from "../../kernel/drand.ts";
import { Bot } from "../bot/bot.ts";

export const Slot = z.object({
  slot_id: z.string(),
  kind: z.enum(["bot", "invite"]),
  label: z.string(),
  /** A player id, `bot:<bot_id>`, or null while the slot is free. */
  filled_by: z.string().nullable(),
  /** SHA-256 hex of the invite that fills this slot, or has filled it. */
  invite_hash: z.string().nullable(),
});
export type Slot = z.infer<typeof Slot>;

/** A filled invite slot. It belongs to one principal and keeps its player id forever. */
export const Seat = z.object({
  player_id: z.string(),
  slot_id: z.string(),
  principal: z.string(),
  display_name: z.string(),
  admin: z.boolean(),
  /** SHA-256 hex of the token that takes this seat back. */
  rejoin_hash: z.string(),
  /** Hashes of its latest replaced tokens. They keep a late repetition of the call that made such a
   *  token from restoring it. */
  void_hashes: z.array(z.string()).optional(),
  /** The conversation that holds the seat, when its client identifies one. */
  conversation: z.string().nullable(),
  /** Conversations that lost the seat to a rejoin. */
  displaced: z.array(z.string()),
});
export type Seat = z.infer<typeof Seat>;

export const Channel = z.object({
  channel_id: z.string(),
  name: z.string(),
  created_at: z.string(),
  /** The principal that created it: always an admin. */
  creator: z.string(),
  visibility: Visibility,
  /** Whether all changes of the channel's bots are refused. */
  sealed: z.boolean(),
  /** Whether anyone may read a public channel without a seat. */
  spectators: z.boolean(),
  closed: z.boolean(),
  slots: z.array(Slot),
  seats: z.array(Seat),
  bots: z.array(Bot),
  /** Principals that once held a seat. They get NOT_MEMBER, while strangers learn nothing. */
  former: z.array(z.string()),
  /** The drand chain that its bots' randomness comes from, and the rounds that are named but not
   *  published yet; absent when the channel uses no public randomness. */
  beacon: z.object({ chain: Chain, awaited: z.array(z.number().int()) }).optional(),
  next_player: z.number().int(),
  next_bot: z.number().int(),
});
export type Channel = z.infer<typeof Channel>;

/** Parses `"bot:label"` and `"invite:label"`; null when a spec is neither. */
export function slotFrom(spec: string, index: number): Slot | null {
  const [, kind, label] = /^(bot|invite)(?::(.{0,60}))?$/s.exec(spec) ?? [];
  if (kind !== "bot" && kind !== "invite") return null;
  const slot_id = `s${index}`;
  return { slot_id, kind, label: label || `${kind}_${index}`, filled_by: null, invite_hash: null };
}

export function withSlot(channel: Channel, slot: Slot): Channel {
  return {
    ...channel,
    slots: channel.slots.map((s) => s.slot_id === slot.slot_id ? slot : s),
  };
}

export function withSeat(channel: Channel, seat: Seat): Channel {
  return {
    ...channel,
    seats: channel.seats.map((s) => s.player_id === seat.player_id ? seat : s),
  };
}

/** The channel without a seat. The slot is free for a new invite, and the principal is recorded as
 *  a former member. */
export function withoutSeat(channel: Channel, seat: Seat): Channel {
  const slot = channel.slots.find((s) => s.slot_id === seat.slot_id)!;
  const former = channel.former.filter((p) => p !== seat.principal).slice(-63);
  return {
    ...withSlot(channel, { ...slot, filled_by: null, invite_hash: null }),
    seats: channel.seats.filter((s) => s.player_id !== seat.player_id),
    former: [...former, seat.principal],
  };
}

export function withBot(channel: Channel, bot: Bot): Channel {
  return { ...channel, bots: channel.bots.map((b) => b.bot_id === bot.bot_id ? bot : b) };
}

export function withoutBot(channel: Channel, botId: string): Channel {
  const slot = channel.slots.find((s) => s.filled_by === `bot:${botId}`)!;
  return {
    ...withSlot(channel, { ...slot, filled_by: null }),
    bots: channel.bots.filter((b) => b.bot_id !== botId),
  };
}
