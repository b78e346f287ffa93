/** When members were last seen, by the calls that speak for their seats. It is no part of the log,
 *  and costs at most one small write for each seat and minute. */
import type { Viewer } from "../domain/channel/seat.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import type { Log } from "../kernel/log.ts";
import type { MemberStore } from "../store/channel/member_store.ts";

/** The most seats whose last write is remembered. */
const MOST_KNOWN = 10_000;

interface PresenceDeps {
  members: MemberStore;
  now: () => Date;
  log: Log;
}

export class Presence {
  readonly #deps: PresenceDeps;
  /** When each seat was last written. */
  readonly #written = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  /** Notes that a caller acts from a seat, if it has one. Does not wait. */
  note(channelId: string, { seat }: Pick<Viewer, "seat">): void {
    if (!seat) return;
    const { player_id } = seat;
    const key = JSON.stringify([channelId, player_id]);
    const now = this.#deps.now().getTime();
    if (now - (this.#written.get(key) ?? -Infinity) < CHANNEL_LIMITS.seenEachMs) return;
    if (this.#written.size >= MOST_KNOWN) this.#written.clear();
    this.#written.set(key, now);
    const write = this.#deps.members.see(channelId, player_id, now)
      .catch((error) => this.#deps.log("warn", "presence_unwritten", { error: String(error) }))
      .finally(() => this.#writing.delete(write));
    this.#writing.add(write);
  }

  /** For how many whole minutes each player has not been seen. */
  async minutes(channelId: string): Promise<Map<string, number>> {
    await Promise.all(this.#writing);
    const now = this.#deps.now().getTime();
    const seen = await this.#deps.members.seen(channelId);
    return new Map(
      [...seen].map(([player, atMs]) => [player, Math.max(0, Math.floor((now - atMs) / 60_000))]),
    );
  }

  /** Waits for the writes in progress. */
  async close(): Promise<void> {
    await Promise.all(this.#writing);
  }
}
