/** Slots that an operation empties: the bot goes with its seed revealed, the member is put out. */
import type { Bot } from "../../bot/bot.ts";
import type { Channel, Slot } from "../../channel/channel.ts";
import { type Change, giveUpSeat } from "../../channel/membership.ts";
import { type BotReveal, botsChanged, detachBot } from "../referee.ts";
import { nameOf, type Supplies } from "./operation.ts";

export function vacateSlot(channel: Channel, slot: Slot, supplies: Supplies): Change {
  const bot = channel.bots.find((b) => b.slot_id === slot.slot_id);
  if (bot) return detachBot(channel, bot, revealOf(bot, supplies));
  const seat = channel.seats.find((s) => s.slot_id === slot.slot_id);
  if (!seat) return { channel, drafts: [] };
  return giveUpSeat(channel, seat, "removed", nameOf(supplies.actor));
}

/** What is revealed about a bot that goes. */
export function revealOf(bot: Bot, { seedOf, head }: Supplies): BotReveal {
  const seed = seedOf(bot);
  if (seed === undefined) throw botsChanged();
  return { seed, cursor: head.cursors[bot.bot_id] ?? null };
}
