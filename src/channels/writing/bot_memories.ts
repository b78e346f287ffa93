/** Private records of bots when a change adds or removes bots. */
import { botAttached } from "../../domain/announcements/bots.ts";
import { memberLeft } from "../../domain/announcements/members.ts";
import type { BotMemory, Player } from "../../domain/bot/bot.ts";
import { freshMemory } from "../../domain/referee/bot_memory.ts";
import { inSeatOrder } from "../../domain/referee/rematch.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import type { Change } from "../../domain/channel/membership.ts";
import type { Draft } from "../../domain/transcript/transcript.ts";
import type { PreparedBot } from "../library/bot_library.ts";

/** The memories that a change of a channel creates, or removes (null), by bot id. */
export function memoriesOf(
  before: Channel | null,
  { channel: after, drafts }: Pick<Change, "channel" | "drafts">,
  prepared: readonly PreparedBot[],
): Map<string, BotMemory | null> {
  const memories = new Map<string, BotMemory | null>();
  for (const { bot_id } of before?.bots ?? []) {
    if (!after.bots.some((bot) => bot.bot_id === bot_id)) memories.set(bot_id, null);
  }
  for (const { bot_id, seed_commit, seats } of after.bots) {
    if (before?.bots.some((bot) => bot.bot_id === bot_id)) continue;
    const made = prepared.find(({ bot }) => bot.seed_commit === seed_commit);
    if (!made) continue;
    const { seed } = made;
    const players = inSeatOrder(playersAt(before, drafts, bot_id), seats);
    memories.set(bot_id, freshMemory(seed, players));
  }
  return memories;
}

/** The players in the channel when a bot is announced. The same change may remove members before or
 *  after that. */
function playersAt(before: Channel | null, drafts: readonly Draft[], botId: string): Player[] {
  const { seats, slots } = before ?? { seats: [], slots: [] };
  const said = drafts.map(({ sender, body }) => ({ sender, body: body.value }));
  const at = said.findIndex((draft) => botAttached.in(draft)?.bot_id === botId);
  const left = new Set(
    said.slice(0, at).flatMap((draft) => memberLeft.in(draft)?.player_id ?? []),
  );
  return seats.filter(({ player_id }) => !left.has(player_id)).map((seat) => {
    const { player_id, display_name, slot_id } = seat;
    const slot = slots.find((slot) => slot.slot_id === slot_id)!;
    return { player_id, display_name, label: slot.label };
  });
}
