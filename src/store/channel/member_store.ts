/** When each member of a channel was last seen. It is no part of the channel's log. */
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { keys } from "../keys.ts";

export class MemberStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  /** Notes that a player was seen, in milliseconds since 1970. */
  async see(channelId: string, playerId: string, atMs: number): Promise<void> {
    const key = keys.seenPlayer(channelId, playerId);
    await this.#kv.set(key, atMs, { expireIn: CHANNEL_LIMITS.seenKeptMs });
  }

  /** When each player of a channel was last seen. */
  async seen(channelId: string): Promise<Map<string, number>> {
    const seen = new Map<string, number>();
    for await (const { key, value } of this.#kv.list<number>({ prefix: keys.seen(channelId) })) {
      seen.set(String(key[2]), value);
    }
    return seen;
  }
}
