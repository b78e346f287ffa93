/** Makes bots' timers come due: at its time, a timer becomes an entry of its channel, once, whichever instance was
 *  faster, since the commit checks that it is still set. What was due while no server ran comes due at the next start. */
import type { Log } from "../domain/log.ts";
import { chainSpent } from "../domain/referee.ts";
import { Refusal } from "../domain/refusal.ts";
import { fired, nextDue } from "../domain/timers.ts";
import { isAnswered } from "../domain/transcript.ts";
import type { ChannelStore, StoredChannel } from "../store/channel_store.ts";
import type { ChannelRegistry } from "./registry.ts";

/** No timeout is longer, so that a clock that is put right is noticed. */
const LONGEST_MS = 60_000;
const RETRY_MS = 1_000;
/** How often the timers that other instances set are looked for, in case those are gone. */
const LOOK_AGAIN_MS = 60_000;

export interface TimerClockDeps {
  registry: ChannelRegistry;
  store: ChannelStore;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  now: () => Date;
  log: Log;
}

export class TimerClock {
  readonly #deps: TimerClockDeps;
  /** One for each channel that has timers, for the first of them. */
  readonly #waiting = new Map<string, { dueMs: number; timeout: ReturnType<typeof setTimeout> }>();
  readonly #ringing = new Set<Promise<void>>();
  #lookAgain: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  constructor(deps: TimerClockDeps) {
    this.#deps = deps;
  }

  /** Waits for the first timer of a channel, as of this state. */
  wake({ channel, head }: Pick<StoredChannel, "channel" | "head">): void {
    const dueMs = channel.closed ? null : nextDue(channel, head);
    this.#await(channel.channel_id, dueMs);
  }

  /** Waits for every timer that is stored. */
  async resume(): Promise<void> {
    for await (const { channelId, dueMs } of this.#deps.store.timers()) {
      if (!this.#waiting.has(channelId)) this.#await(channelId, dueMs);
    }
    if (!this.#deps.shared || this.#closed) return;
    this.#lookAgain ??= setInterval(
      () => this.resume().catch((error) => this.#failed("timers_unread", error)),
      LOOK_AGAIN_MS,
    );
  }

  /** Lets no more timers come due, and waits for those that do. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#lookAgain);
    for (const { timeout } of this.#waiting.values()) clearTimeout(timeout);
    this.#waiting.clear();
    await Promise.all(this.#ringing);
  }

  #await(channelId: string, dueMs: number | null): void {
    const known = this.#waiting.get(channelId);
    if (this.#closed || known?.dueMs === dueMs) return;
    clearTimeout(known?.timeout);
    this.#waiting.delete(channelId);
    if (dueMs === null) return;
    const waitMs = Math.min(Math.max(0, dueMs - this.#deps.now().getTime()), LONGEST_MS);
    const timeout = setTimeout(() => {
      const ringing = this.#ring(channelId).finally(() => this.#ringing.delete(ringing));
      this.#ringing.add(ringing);
    }, waitMs);
    this.#waiting.set(channelId, { dueMs, timeout });
  }

  async #ring(channelId: string): Promise<void> {
    this.#waiting.delete(channelId);
    try {
      await this.#fire(channelId);
      this.wake(await this.#deps.registry.load(channelId));
    } catch (error) {
      if (error instanceof Refusal && error.code === "CHANNEL_NOT_FOUND") return;
      this.#failed("timer_postponed", error, channelId);
      this.#await(channelId, this.#deps.now().getTime() + RETRY_MS);
    }
  }

  async #fire(channelId: string): Promise<void> {
    const { registry, now } = this.#deps;
    await registry.write(channelId, ({ channel, head }) => {
      const due = channel.closed ? null : fired(channel, head, now());
      if (!due || head.chain_spent) return null;
      const answer = () => undefined;
      const [first] = due.drafts as [typeof due.drafts[number]];
      const last = { chained: head.chained + due.drafts.length };
      if (isAnswered(last)) return { channel, ...due, answer };
      // They stay set, and come due when a member has spoken.
      const drafts = [chainSpent(String(first.body.bot_id), first.cause!)];
      return { channel, drafts, chainSpent: true, answer };
    });
  }

  #failed(event: string, error: unknown, channel?: string): void {
    if (!this.#closed) this.#deps.log("warn", event, { channel, error: String(error) });
  }
}
