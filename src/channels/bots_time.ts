/** The bots' use of run time and their backlogs, by principal. The principal that created a channel
 *  pays for the hooks of its bots out of one budget. When the budget is spent, these bots wait, but
 *  those of a sealed channel have a small reserve of their own. The transcript still determines
 *  which hooks run; only when they run changes. */
import { backlogOf, wakesBots } from "../domain/referee/backlog.ts";
import type { Channel } from "../domain/channel/channel.ts";
import { payerOf } from "../domain/channel/principal.ts";
import { SHARED_WORK } from "../domain/limits/work.ts";
import type { RateLimiter } from "../domain/limits/rate_limit.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Head } from "../domain/transcript/transcript.ts";

const CATCH_UP_MS = 1_000;

type State = { channel: Channel; head: Head };

/** What tells who pays for the hooks of a channel. */
export type Paying = Pick<Channel, "channel_id" | "creator" | "sealed">;

/** The reported state of bots that wait. */
export interface BotsWait {
  /** The number of entries that wait for the bots. */
  entries: number;
  /** About how long the bots wait before they go on, in milliseconds. */
  for_ms: number;
}

export class BotsTime {
  readonly #limiter: RateLimiter | undefined;
  /** The numbers of waiting entries, by channel and by the principal that created the channel; only
   *  those above 0. */
  readonly #byChannel = new Map<string, number>();
  readonly #byPrincipal = new Map<string, number>();

  /** Without a limiter no budget is ever spent. */
  constructor(limiter?: RateLimiter) {
    this.#limiter = limiter;
  }

  /** Charges a principal for the time that a host worked for it. */
  charge(principal: string, ms: number): void {
    this.#limiter?.charge("hook_ms", payerOf(principal), ms);
  }

  /** Milliseconds until a principal's budget has time again; 0 when it has. */
  waitMs(principal: string): number {
    return this.#limiter?.look("hook_ms", payerOf(principal)).retryAfterMs ?? 0;
  }

  /** Charges the time of a hook: to the creator of its channel, or to the reserve of a sealed one
   *  while that creator's time is spent. */
  chargeHook({ channel_id, creator, sealed }: Paying, ms: number): void {
    if (!sealed || this.waitMs(creator) === 0) return this.charge(creator, ms);
    this.#limiter?.charge("sealed_hook_ms", channel_id, ms);
  }

  /** Milliseconds until a hook of a channel may run; 0 when it may. */
  hookWaitMs({ channel_id, creator, sealed }: Paying): number {
    const waitMs = this.waitMs(creator);
    if (!sealed || waitMs === 0) return waitMs;
    const reserve = this.#limiter?.look("sealed_hook_ms", channel_id).retryAfterMs ?? 0;
    return Math.min(waitMs, reserve);
  }

  /** Refuses work on a host while this principal's budget is spent. */
  refuseSpent(principal: string): void {
    const waitMs = this.waitMs(principal);
    if (waitMs === 0) return;
    const text = "Your bots have used up their time for now. Wait, then try again.";
    throw new Refusal("RATE_LIMIT", text, waitMs);
  }

  /** Records the backlog of a channel's newest state. */
  note(state: State): void {
    const { channel_id, creator } = state.channel;
    const payer = payerOf(creator);
    const now = backlogOf(state);
    const before = this.#byChannel.get(channel_id) ?? 0;
    if (now === before) return;
    setCount(this.#byChannel, channel_id, now);
    setCount(this.#byPrincipal, payer, (this.#byPrincipal.get(payer) ?? 0) + now - before);
  }

  /** The reason why a channel's bots don't answer now; undefined when they do, or when no entry
   *  waits for them. */
  waiting(state: State): BotsWait | undefined {
    const entries = backlogOf(state);
    const for_ms = entries > 0 ? this.hookWaitMs(state.channel) : 0;
    return for_ms > 0 ? { entries, for_ms } : undefined;
  }

  /** Refuses what would wake a channel's bots while too many entries wait for them, or for all bots
   *  of the channel's creator. */
  refuseBacklog(state: State): void {
    const { channel } = state;
    if (!wakesBots(channel)) return;
    const { backlogEntries, backlogEntriesPerPrincipal } = SHARED_WORK;
    const here = backlogOf(state);
    const elsewhere = (this.#byPrincipal.get(payerOf(channel.creator)) ?? 0) -
      (this.#byChannel.get(channel.channel_id) ?? 0);
    if (here < backlogEntries && here + elsewhere < backlogEntriesPerPrincipal) return;
    const where = here < backlogEntries
      ? `${here + elsewhere} messages wait for the bots of the creator of this channel`
      : `${here} messages wait for this channel's bots`;
    const text = `${where}. Keep reading with sync_messages, and post again when the bots have ` +
      "caught up. update_channel and leave_channel still work.";
    throw new Refusal("RATE_LIMIT", text, this.hookWaitMs(channel) || CATCH_UP_MS);
  }
}

function setCount(counts: Map<string, number>, key: string, count: number): void {
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
