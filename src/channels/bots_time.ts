/** What principals have bots do, and how far those are behind. A principal has made the channels
 *  whose bots work for it: it pays for their hooks' time out of one budget, and when that is spent
 *  they wait. Which hooks run stays the same, as the transcript says it; only when they run
 *  changes. */
import { backlogOf, wakesBots } from "../domain/referee/backlog.ts";
import type { Channel } from "../domain/channel/channel.ts";
import { SHARED_WORK } from "../domain/limits/work.ts";
import type { RateLimiter } from "../domain/limits/rate_limit.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Head } from "../domain/transcript/transcript.ts";

const CATCH_UP_MS = 1_000;

type State = { channel: Channel; head: Head };

/** What is told of bots that wait. */
export interface BotsWait {
  /** How many entries wait for them. */
  entries: number;
  /** About how long they wait before they go on. */
  for_ms: number;
}

export class BotsTime {
  readonly #limiter: RateLimiter | undefined;
  /** Entries that wait, by channel, and by the principal that made it; only where some do. */
  readonly #byChannel = new Map<string, number>();
  readonly #byPrincipal = new Map<string, number>();

  /** Without a limiter nobody's time is ever spent. */
  constructor(limiter?: RateLimiter) {
    this.#limiter = limiter;
  }

  /** Takes time that a host has worked for a principal. */
  charge(principal: string, ms: number): void {
    this.#limiter?.charge("hook_ms", principal, ms);
  }

  /** Until there is time again, in milliseconds; 0 when there is. */
  waitMs(principal: string): number {
    return this.#limiter?.look("hook_ms", principal).retryAfterMs ?? 0;
  }

  /** Refuses what takes a host's time while there is none for this principal. */
  refuseSpent(principal: string): void {
    const waitMs = this.waitMs(principal);
    if (waitMs === 0) return;
    const text = "Your bots have used up their time for now. Wait, then try again.";
    throw new Refusal("RATE_LIMIT", text, waitMs);
  }

  /** Told of the newest state of each channel. */
  note(state: State): void {
    const { channel_id, creator } = state.channel;
    const now = backlogOf(state);
    const before = this.#byChannel.get(channel_id) ?? 0;
    if (now === before) return;
    keep(this.#byChannel, channel_id, now);
    keep(this.#byPrincipal, creator, (this.#byPrincipal.get(creator) ?? 0) + now - before);
  }

  /** Why a channel's bots don't answer now; undefined where they do, or have nothing to answer. */
  waiting(state: State): BotsWait | undefined {
    const entries = backlogOf(state);
    const for_ms = entries > 0 ? this.waitMs(state.channel.creator) : 0;
    return for_ms > 0 ? { entries, for_ms } : undefined;
  }

  /** Refuses what would wake a channel's bots while too much waits for them, or for the other bots
   *  of whoever made the channel. */
  refuseBacklog(state: State): void {
    const { channel } = state;
    if (!wakesBots(channel)) return;
    const { backlogEntries, backlogEntriesPerPrincipal } = SHARED_WORK;
    const here = backlogOf(state);
    const elsewhere = (this.#byPrincipal.get(channel.creator) ?? 0) -
      (this.#byChannel.get(channel.channel_id) ?? 0);
    if (here < backlogEntries && here + elsewhere < backlogEntriesPerPrincipal) return;
    const where = here < backlogEntries
      ? `${here + elsewhere} messages wait for the bots of the creator of this channel`
      : `${here} messages wait for this channel's bots`;
    const text = `${where}. Keep reading with sync_messages, and post again when the bots have ` +
      "caught up. update_channel and leave_channel still work.";
    throw new Refusal("RATE_LIMIT", text, this.waitMs(channel.creator) || CATCH_UP_MS);
  }
}

function keep(counts: Map<string, number>, key: string, count: number): void {
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
