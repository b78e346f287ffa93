/** The spectators of channels, as far as they read at this process: each counts for some minutes
 *  after it has read. They are kept in memory, so that reading writes nothing; an instance counts
 *  its own. */
import type { Channel } from "../domain/channel/channel.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { Refusal } from "../kernel/refusal.ts";

/** The channels whose spectators are known; the one that was read longest ago is forgotten. */
const MAX_CHANNELS = 2_000;

export class Audience {
  readonly #nowMs: () => number;
  /** By channel: when each principal has read last, the one that has not read for longest first. */
  readonly #seen = new Map<string, Map<string, number>>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Counts a spectator who reads. Refuses a new one where there are as many as there may be. */
  admit({ channel_id, spectating }: Channel, principal: string): void {
    const { max = CHANNEL_LIMITS.spectators } = spectating ?? {};
    const seen = this.#lately(channel_id);
    if (!seen.has(principal) && seen.size >= max) {
      throw new Refusal(
        "RATE_LIMIT",
        `This channel admits no more spectators at a time than are here: ${max}. Try again later.`,
        60_000,
      );
    }
    seen.delete(principal);
    seen.set(principal, this.#nowMs());
    this.#seen.delete(channel_id);
    this.#seen.set(channel_id, seen);
    if (this.#seen.size > MAX_CHANNELS) this.#seen.delete(this.#seen.keys().next().value!);
  }

  count(channelId: string): number {
    return this.#lately(channelId).size;
  }

  #lately(channelId: string): Map<string, number> {
    const seen = this.#seen.get(channelId) ?? new Map<string, number>();
    const since = this.#nowMs() - CHANNEL_LIMITS.watchingMs;
    for (const [principal, at] of seen) {
      if (at > since) break;
      seen.delete(principal);
    }
    return seen;
  }
}
