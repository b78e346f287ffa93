/** What a change of a channel's bots does to their private records. */
import type { BotMemory } from "../domain/bot.ts";
import { freshMemory } from "../domain/bot_memory.ts";
import type { Channel } from "../domain/channel.ts";
import type { PreparedBot } from "./bot_library.ts";

/** The memories that come and go with a change of a channel's bots. */
export function memoriesOf(
  before: Channel | null,
  after: Channel,
  prepared: readonly PreparedBot[],
): Map<string, BotMemory | null> {
  const memories = new Map<string, BotMemory | null>();
  for (const { bot_id } of before?.bots ?? []) {
    if (!after.bots.some((bot) => bot.bot_id === bot_id)) memories.set(bot_id, null);
  }
  const players = after.seats.map(({ player_id, display_name, slot_id }) => {
    const slot = after.slots.find((slot) => slot.slot_id === slot_id)!;
    return { player_id, display_name, label: slot.label };
  });
  for (const { bot_id, seed_commit } of after.bots) {
    if (before?.bots.some((bot) => bot.bot_id === bot_id)) continue;
    const made = prepared.find(({ bot }) => bot.seed_commit === seed_commit);
    if (!made) continue;
    const { seed } = made;
    memories.set(bot_id, freshMemory(seed, players));
  }
  return memories;
}
