/** `message.created`: a message that the viewer may read and has not sent. What it may not read is
 *  no event at all. */
import { messageFor } from "../../domain/channel/visibility.ts";
import { EVENT_LIMITS } from "../../domain/limits/events.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { ChannelSource } from "./event_source.ts";

export function messageCreated(registry: ChannelRegistry): ChannelSource {
  return {
    needsSeat: false,
    replays: true,
    async next({ access: { channelId }, kinds, cursor }, { head }, { seat }) {
      const you = seat?.player_id ?? null;
      let after = cursor.entry;
      while (after < head.size) {
        const most = Math.min(EVENT_LIMITS.entriesAtOnce, head.size - after);
        const entries = await registry.entries(channelId, after, most);
        if (entries.length === 0) break;
        for (const entry of entries) {
          after = entry.id;
          if (entry.sender === you || kinds?.includes(entry.kind) === false) continue;
          const { withheld, hash: _, cause: __, channel_id, ...message } = messageFor(you, entry);
          if (withheld) continue;
          const data = { channel_id, message };
          const event = { key: String(entry.id), timestamp: entry.ts, data };
          return { cursor: { entry: entry.id }, event };
        }
      }
      return { cursor: { entry: after } };
    },
  };
}
