/** The source of a bot's randomness in channels that use public randomness. */
import { roundPublished } from "../../domain/announcements/randomness.ts";
import type { BotMemory } from "../../domain/bot/bot.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { memoryWithRandomness } from "../../domain/referee/bot_memory.ts";
import type { ChannelRegistry } from "../writing/registry.ts";

const PAGE = 50;

/** The memory with the randomness of the round that was named last; null while the channel waits
 *  for that round. The same object when there is nothing to add. */
export async function withRandomness(
  registry: ChannelRegistry,
  { channel_id, beacon }: Channel,
  memory: BotMemory,
): Promise<BotMemory | null> {
  const named = memory.beacon;
  if (!named || named.randomness !== undefined) return memory;
  if (beacon?.awaited.includes(named.round)) return null;
  for (let after = named.named_at;;) {
    const entries = await registry.entries(channel_id, after, PAGE);
    const published = entries.map(roundPublished.in).find((body) => body?.round === named.round);
    if (published) return memoryWithRandomness(memory, published.signature);
    const last = entries.at(-1);
    if (!last) return null;
    after = last.id;
  }
}
