/** Slots that an operation empties: the bot goes with its seed revealed, the member is put out. */
import type { Channel, Slot } from "../../channel/channel.ts";
import { type Change, giveUpSeat } from "../../channel/membership.ts";
import { revealOf } from "../closing.ts";
import { detachBot } from "../referee.ts";
import { nameOf, type Supplies } from "./operation.ts";

export function vacateSlot(channel: Channel, slot: Slot, supplies: Supplies): Change {
  const bot = channel.bots.find((b) => b.slot_id === slot.slot_id);
  if (bot) return detachBot(channel, bot, revealOf(bot, supplies));
  const seat = channel.seats.find((s) => s.slot_id === slot.slot_id);
  if (!seat) return { channel, drafts: [] };
  return giveUpSeat(channel, seat, "removed", nameOf(supplies.actor));
}
