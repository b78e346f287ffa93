/** What the close of a channel reveals, read from the store before anybody decides on it. */
import type { Reveals } from "../../domain/referee/closing.ts";
import { saltKeys } from "../../domain/transcript/transcript.ts";
import { bytesToHex } from "../../kernel/hash.ts";
import type { ChannelStore, StoredChannel } from "../../store/channel/channel_store.ts";

export async function revealsOf(
  store: ChannelStore,
  { channel: { channel_id, bots }, secret }: StoredChannel,
): Promise<Reveals> {
  const seeds = new Map<string, string>();
  for (const { bot_id } of bots) {
    const memory = await store.memory(channel_id, bot_id);
    if (memory) seeds.set(bot_id, memory.seed);
  }
  return {
    seedOf: ({ bot_id }) => seeds.get(bot_id),
    saltKey: bytesToHex(saltKeys(secret).open),
  };
}
