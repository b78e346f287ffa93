/** `turn.mine`: the player is called (`domain/referee/called.ts`). A call that stands is told once,
 *  and again when the player has acted on it and still stands called. A call that has passed before
 *  it could be told is no event any more. */
import type { Access } from "../../domain/channel/seat.ts";
import { calledSince } from "../../domain/referee/called.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { ChannelSource } from "./event_source.ts";

/** What a player has to know who knows everything up to an entry; `entry` is the last one that this
 *  covers. Null if there is nothing but to wait. */
export type TellCalled = (
  access: Access,
  entry: number,
) => Promise<{ entry: number; data: Record<string, unknown> } | null>;

export function turnMine(registry: ChannelRegistry, tell: TellCalled): ChannelSource {
  return {
    needsSeat: true,
    replays: false,
    async next({ access, cursor }, state, { seat }) {
      const you = seat!.player_id;
      const called = calledSince(state, you, cursor.entry);
      if (!called) return { cursor };
      const { why, msgId } = called;
      const call = `${why}.${msgId ?? ""}`;
      const acted = state.head.turns.posts[you]?.id ?? 0;
      if (call === cursor.told && acted <= cursor.entry) return { cursor };
      const told = await tell(access, cursor.entry);
      if (!told) return { cursor };
      const [entry] = msgId === null ? [] : await registry.entries(access.channelId, msgId - 1, 1);
      return {
        cursor: { entry: told.entry, told: call },
        event: {
          key: `${call} after ${cursor.entry}`,
          timestamp: entry?.ts ?? state.head.ts,
          data: told.data,
        },
      };
    },
  };
}
