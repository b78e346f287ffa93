/** What the fields of an operation name in a channel, and the refusals of names of nothing. */
import * as z from "zod";
import type { Bot } from "../../bot/bot.ts";
import type { Channel, Seat, Slot } from "../../channel/channel.ts";
import { CHANNEL_LIMITS } from "../../limits/channel.ts";
import { cleanName } from "../../../kernel/clean_name.ts";
import { Text } from "../../../kernel/json.ts";
import { Refusal } from "../../../kernel/refusal.ts";

export const SlotId = z.string().max(10).meta({
  about: "The slot, such as s1.",
  form: "slot_id",
  aka: "slot",
});
export const BotId = z.string().max(80).meta({
  about: "The bot, as get_channel_info names it.",
  form: "bot",
  aka: "bot",
});
export const PlayerId = z.string().max(20).meta({
  about: "The player, such as p2.",
  form: "player",
  aka: "player member",
});

const clean = Text.overwrite(cleanName);
export const LabelText = clean.max(CHANNEL_LIMITS.labelChars).meta({
  about: "A word for the slot.",
  digits: true,
});
/** What an admin says about an operation, for all members. */
export const ReasonText = clean.max(CHANNEL_LIMITS.reasonChars).meta({
  about: "All members read it.",
  digits: true,
  aka: "why",
});

export function slotNamed(channel: Channel, slotId: string): Slot {
  const slot = channel.slots.find((s) => s.slot_id === slotId);
  if (!slot) {
    throw new Refusal(
      "BAD_OP",
      `This channel has no slot ${slotId}. Call get_channel_info for its slots.`,
    );
  }
  return slot;
}

export function playerNamed({ seats }: Channel, playerId: string): Seat {
  const seat = seats.find(({ player_id }) => player_id === playerId);
  if (seat) return seat;
  throw new Refusal(
    "BAD_OP",
    `${playerId} has no seat in this channel. Call get_channel_info for its players.`,
  );
}

export function botNamed(
  channel: Channel,
  { bot_id, slot_id }: { bot_id?: string | undefined; slot_id?: string | undefined },
): Bot {
  const bot = channel.bots.find((b) => b.bot_id === bot_id || b.slot_id === slot_id);
  if (bot) return bot;
  throw new Refusal(
    "BOT_NOT_FOUND",
    "No bot has this bot_id or slot_id. Call get_channel_info for the bots and slots.",
  );
}
