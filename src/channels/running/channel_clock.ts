/** Makes what a channel waits for happen at its time, on whichever instance is there: what happens
 *  is a commit that checks whether it is still waited for, so it happens once. What was due while
 *  no server ran happens at the next start. */
import type { Log } from "../../kernel/log.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { Due } from "../../store/channel/due_index.ts";
import type { ChannelRegistry } from "../writing/registry.ts";

/** No timeout is longer, so that a clock that is put right is noticed. */
const LONGEST_MS = 60_000;
const RETRY_MS = 1_000;
/** How often what other instances wait for is looked for, in case those are gone. */
const LOOK_AGAIN_MS = 60_000;

type State = Pick<StoredChannel, "channel" | "head">;

export interface ClockDeps {
  registry: ChannelRegistry;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  now: () => Date;
  log: Log;
}

/** What one clock is for. */
interface Awaited {
  /** What the log calls it. */
  name: string;
  /** When the first of it comes due in a channel, in milliseconds since 1970; null when none
   *  does. */
  due: (state: State) => number | null;
  /** The same of every channel, as it is stored. */
  stored: () => AsyncIterable<Due>;
  /** Makes what is due happen. */
  happen: (channelId: string, closing: AbortSignal) => Promise<void>;
  /** The most that passes between one failure and the next try; each failure doubles it. */
  longestRetryMs: number;
}

export class ChannelClock {
  readonly #deps: ClockDeps;
  readonly #awaited: Awaited;
  /** One for each channel that waits, for the first that it waits for. */
  readonly #waiting = new Map<string, { dueMs: number; timeout: ReturnType<typeof setTimeout> }>();
  readonly #ringing = new Map<string, Promise<void>>();
  /** Channels that have changed while they rang. */
  readonly #changed = new Set<string>();
  /** How long a channel's next try waits after a failure. */
  readonly #retryMs = new Map<string, number>();
  #lookAgain: ReturnType<typeof setInterval> | undefined;
  readonly #closing = new AbortController();

  constructor(deps: ClockDeps, awaited: Awaited) {
    this.#deps = deps;
    this.#awaited = awaited;
  }

  /** Waits for what is first in a channel, as of this state. */
  wake(state: State): void {
    const { channel_id } = state.channel;
    if (this.#ringing.has(channel_id)) this.#changed.add(channel_id);
    // What has failed is tried again when it is time, however busy the channel.
    else if (!this.#retryMs.has(channel_id)) this.#await(channel_id, this.#awaited.due(state));
  }

  /** Waits for all that is stored. */
  async resume(): Promise<void> {
    const { name, stored } = this.#awaited;
    for await (const { channelId, dueMs } of stored()) {
      if (!this.#waiting.has(channelId) && !this.#ringing.has(channelId)) {
        this.#await(channelId, dueMs);
      }
    }
    if (!this.#deps.shared || this.#closed) return;
    this.#lookAgain ??= setInterval(
      () => this.resume().catch((error) => this.#failed(`${name}s_unread`, error)),
      LOOK_AGAIN_MS,
    );
  }

  /** Lets nothing more come due, and waits for what does. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#lookAgain);
    for (const { timeout } of this.#waiting.values()) clearTimeout(timeout);
    this.#waiting.clear();
    await Promise.all(this.#ringing.values());
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  #await(channelId: string, dueMs: number | null): void {
    const known = this.#waiting.get(channelId);
    if (this.#closed || known?.dueMs === dueMs) return;
    clearTimeout(known?.timeout);
    this.#waiting.delete(channelId);
    if (dueMs === null) return;
    const waitMs = Math.min(Math.max(0, dueMs - this.#deps.now().getTime()), LONGEST_MS);
    const timeout = setTimeout(() => {
      this.#waiting.delete(channelId);
      this.#ringing.set(channelId, this.#ring(channelId));
    }, waitMs);
    this.#waiting.set(channelId, { dueMs, timeout });
  }

  async #ring(channelId: string): Promise<void> {
    const { name, happen, due } = this.#awaited;
    const { registry, now } = this.#deps;
    let next: number | null = null;
    try {
      const state = await registry.load(channelId);
      // Woken early, for a clock that may have been put right; or somebody was faster.
      if ((due(state) ?? Infinity) <= now().getTime()) {
        await happen(channelId, this.#closing.signal);
      }
      this.#retryMs.delete(channelId);
      do {
        this.#changed.delete(channelId);
        next = due(await registry.load(channelId));
      } while (this.#changed.has(channelId));
    } catch (error) {
      if (error instanceof Refusal && error.code === "CHANNEL_NOT_FOUND") {
        this.#retryMs.delete(channelId);
      } else {
        this.#failed(`${name}_postponed`, error, channelId);
        const waitMs = this.#retryMs.get(channelId) ?? RETRY_MS;
        this.#retryMs.set(channelId, Math.min(2 * waitMs, this.#awaited.longestRetryMs));
        next = now().getTime() + waitMs;
      }
    }
    this.#changed.delete(channelId);
    this.#ringing.delete(channelId);
    this.#await(channelId, next);
  }

  #failed(event: string, error: unknown, channel?: string): void {
    if (!this.#closed) this.#deps.log("warn", event, { channel, error: String(error) });
  }
}
