/** What is kept about members of a channel beside its log: when each was last seen, and who leaves
 *  the channel out of its own list. */
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

  /** Leaves a channel out of a principal's own list, or no longer. */
  async hide(principal: string, channelId: string, hidden: boolean): Promise<void> {
    const key = keys.hiddenFrom(channelId, principal);
    await (hidden ? this.#kv.set(key, true) : this.#kv.delete(key));
  }

  /** Whether a principal leaves each of at most ten channels out of its own list, in order. */
  async hides(principal: string, channelIds: readonly string[]): Promise<boolean[]> {
    const marks = await this.#kv.getMany(channelIds.map((id) => keys.hiddenFrom(id, principal)));
    return marks.map(({ versionstamp }) => versionstamp !== null);
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
