/** A channel: slots that seats and bots fill, under one name. Every change rewrites the whole
 *  record, and every change is also an entry that all members see. */
import * as z from "zod";
import { IdleRule, Visibility } from "../announcements/opening.ts";
import { cleanName } from "../../kernel/clean_name.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
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
  /** When the unused invite expires, ISO 8601; absent if never. */
  invite_expires: z.string().optional(),
});
export type Slot = z.infer<typeof Slot>;

/** A filled invite slot. It belongs to one principal and keeps its player id forever. */
export const Seat = z.object({
  player_id: z.string(),
  slot_id: z.string(),
  principal: z.string(),
  display_name: z.string(),
  admin: z.boolean(),
  /** Whether its posts are refused while no game needs them (`isMuted`). */
  muted: z.boolean().optional(),
  /** Whether an operation has made this seat an admin's, so that a new holder is one, too. */
  admin_granted: z.boolean().optional(),
  /** SHA-256 hex of the token that takes this seat back. */
  rejoin_hash: z.string(),
  /** Hashes of its latest replaced tokens. They keep a late repetition of the call that made such a
   *  token from restoring it. */
  void_hashes: z.array(z.string()).optional(),
  /** The conversation that holds the seat, when its client identifies one. */
  conversation: z.string().nullable(),
  /** The latest conversations that lost the seat to a rejoin, at most `MOST_DISPLACED`. */
  displaced: z.array(z.string()),
});
export type Seat = z.infer<typeof Seat>;

export const Channel = z.object({
  channel_id: z.string(),
  name: z.string(),
  created_at: z.string(),
  /** The principal that created it: always an admin. */
  creator: z.string(),
  /** SHA-256 hex of the token that makes any sign-in its host; absent in channels without a host,
   *  and in those of earlier releases. */
  host_hash: z.string().optional(),
  /** Present if the server opened it for players whom it paired: it has no host then. */
  match: z.object({ rated: z.boolean() }).optional(),
  visibility: Visibility,
  /** Whether nobody can change the channel's bots, put a player out or end the game. */
  sealed: z.boolean(),
  /** In a sealed channel, how long nobody must have said anything before it may be closed while its
   *  bots have not ended. */
  quiet_ms: z.number().int().optional(),
  /** Whether the games of its bot count on a ladder. */
  rated: z.literal(true).optional(),
  /** How long those who have the turn must have said nothing before another player may claim the
   *  game; absent in channels of earlier releases, where nobody may. */
  claim_ms: z.number().int().optional(),
  /** When the server closes it because no member does anything; absent if never. */
  idle: IdleRule.optional(),
  /** The players of a sealed channel who asked to close it and have said nothing since. */
  close_asked: z.array(z.string()).optional(),
  /** Whether it may be read without a seat: by whoever knows of it, or has its link. */
  spectators: z.boolean(),
  /** SHA-256 hex of the link's token; how many entries spectators are behind; how many there may
   *  be; whether they may speak; the last entry that none of them may read; the last one that they
   *  were shown; and what they themselves have said since, by entry. */
  spectating: z.object({
    link_hash: z.string().optional(),
    delay: z.number().int().optional(),
    max: z.number().int().optional(),
    speak: z.literal(true).optional(),
    after: z.number().int().optional(),
    shown: z.number().int().optional(),
    words: z.array(z.number().int()).optional(),
  }).optional(),
  /** Whether whoever knows of the channel may take a free seat without an invite. */
  open_seats: z.literal(true).optional(),
  closed: z.boolean(),
  /** When it will be deleted, ISO 8601, and who has exported it since that was announced or agrees:
   *  player ids, and `host`. */
  deletion: z.object({ at: z.string(), agreed: z.array(z.string()) }).optional(),
  slots: z.array(Slot),
  seats: z.array(Seat),
  bots: z.array(Bot),
  /** Whether a confidential bot has ever been in it (`isConfidential`). */
  confidential: z.boolean().optional(),
  /** The latest principals that lost a seat, at most `MOST_REMEMBERED`. They get NOT_MEMBER, while
   *  strangers learn nothing. */
  former: z.array(z.string()),
  /** Those of them that held another seat when they lost one. */
  several: z.array(z.string()).optional(),
  /** The principals that may take no seat, each with the seats that it lost by its ban; at most
   *  `MOST_BANNED`. */
  banned: z.array(z.object({ principal: z.string(), players: z.array(z.string()) })).optional(),
  /** The drand chain that its bots' randomness comes from, and the rounds that are named but not
   *  published yet; absent when the channel uses no public randomness. */
  beacon: z.object({ chain: Chain, awaited: z.array(z.number().int()) }).optional(),
  next_player: z.number().int(),
  next_bot: z.number().int(),
});
export type Channel = z.infer<typeof Channel>;

/** Lists of this length may have forgotten somebody, and seats are then guessed for nobody. */
export const MOST_REMEMBERED = 64;
export const MOST_DISPLACED = 16;
export const MOST_BANNED = 64;

/** Parses `"bot:label"` and `"invite:label"`; null when a spec is neither. The label is cleaned as
 *  all names are. */
export function slotFrom(spec: string, index: number): Slot | null {
  const [, kind, text = ""] = /^(bot|invite)(?::(.*))?$/s.exec(spec) ?? [];
  const label = cleanName(text);
  if (label.length > CHANNEL_LIMITS.labelChars) return null;
  if (kind !== "bot" && kind !== "invite") return null;
  const slot_id = `s${index}`;
  return { slot_id, kind, label: label || `${kind}_${index}`, filled_by: null, invite_hash: null };
}

/** Whether a slot's invite has expired. */
export function isExpired({ invite_expires }: Slot, now: Date): boolean {
  return invite_expires !== undefined && now.getTime() >= Date.parse(invite_expires);
}

/** The slot with another invite, or with none. */
export function withInvite(
  { invite_expires: _, ...slot }: Slot,
  invite_hash: string | null,
  expires?: string,
): Slot {
  return { ...slot, invite_hash, ...expires !== undefined && { invite_expires: expires } };
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

/** The channel without a seat. The slot is free for a new invite. */
export function withoutSeat(channel: Channel, seat: Seat): Channel {
  const slot = channel.slots.find((s) => s.slot_id === seat.slot_id)!;
  const lost = withoutAsks(withLoss(channel, seat), seat.player_id);
  return {
    ...withSlot(lost, { ...withInvite(slot, null), filled_by: null }),
    seats: lost.seats.filter((s) => s.player_id !== seat.player_id),
  };
}

/** Notes that the principal of a seat loses it: it becomes a former member. */
export function withLoss(channel: Channel, lost: Seat): Channel {
  const { principal } = lost;
  const { former, several = [] } = channel;
  const holdsMore = othersOf(channel, lost).length > 0;
  return {
    ...withReleased(channel, lost),
    former: remembered(former, principal),
    ...(holdsMore && { several: remembered(several, principal) }),
  };
}

/** The channel in which the conversation that loses a seat is not found as the holder of another
 *  one either: two chats may share it, and one of them does not know of the loss. */
export function withReleased(channel: Channel, lost: Seat): Channel {
  const others = othersOf(channel, lost).filter((s) => s.conversation === lost.conversation);
  return others.reduce((after, seat) => withSeat(after, { ...seat, conversation: null }), channel);
}

function othersOf({ seats }: Channel, { principal, player_id }: Seat): Seat[] {
  return seats.filter((seat) => seat.principal === principal && seat.player_id !== player_id);
}

function remembered(principals: readonly string[], principal: string): string[] {
  return [...principals.filter((p) => p !== principal), principal].slice(-MOST_REMEMBERED);
}

/** The channel in which a player asks to close it. */
export function withAsk(channel: Channel, playerId: string): Channel {
  const { seats, close_asked = [] } = channel;
  const seated = close_asked.filter((id) => seats.some(({ player_id }) => player_id === id));
  return { ...channel, close_asked: [...seated, playerId] };
}

/** The channel in which a player does not ask to close it; the same object if none did. */
export function withoutAsk(channel: Channel, playerId: string): Channel {
  const { close_asked } = channel;
  if (!close_asked?.includes(playerId)) return channel;
  return { ...channel, close_asked: close_asked.filter((id) => id !== playerId) };
}

/** The channel in which a player asks neither to close it nor for a rematch: it has gone, or
 *  another principal speaks for it. */
export function withoutAsks(channel: Channel, playerId: string): Channel {
  return channel.bots.reduce((after, bot) => {
    const { rematch_asked = [] } = bot;
    if (!rematch_asked.includes(playerId)) return after;
    return withBot(after, {
      ...bot,
      rematch_asked: rematch_asked.filter((id) => id !== playerId),
    });
  }, withoutAsk(channel, playerId));
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
