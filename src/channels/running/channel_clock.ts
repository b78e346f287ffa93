/** Makes a channel's scheduled events happen at their time, on any instance that runs. An event is
 *  a commit that checks whether the channel still waits for it, so it happens once. Events that
 *  were due while no server ran happen at the next start. */
import type { Log } from "../../kernel/log.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { Due } from "../../store/channel/due_index.ts";
import type { ChannelRegistry } from "../writing/registry.ts";

/** The longest timeout, so that a correction of the system clock is noticed. */
const LONGEST_MS = 60_000;
const RETRY_MS = 1_000;
/** How often the stored events are read again, in case the instances that waited for them are
 *  gone. */
const LOOK_AGAIN_MS = 60_000;

type State = Pick<StoredChannel, "channel" | "head">;

export interface ClockDeps {
  registry: ChannelRegistry;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  now: () => Date;
  log: Log;
}

/** The events of one clock. */
interface Awaited {
  /** The name of the events in the log. */
  name: string;
  /** When the first event of a channel is due, in milliseconds since 1970; null when there is
   *  none. */
  due: (state: State) => number | null;
  /** The stored due times of all channels. */
  stored: () => AsyncIterable<Due>;
  /** Makes the due events of a channel happen. */
  happen: (channelId: string, closing: AbortSignal) => Promise<void>;
  /** The longest backoff after failures; each failure doubles it. */
  longestRetryMs: number;
}

export class ChannelClock {
  readonly #deps: ClockDeps;
  readonly #awaited: Awaited;
  /** The timeout of each waiting channel, for its first event. */
  readonly #waiting = new Map<string, { dueMs: number; timeout: ReturnType<typeof setTimeout> }>();
  readonly #ringing = new Map<string, Promise<void>>();
  /** Channels that changed while their events happened. */
  readonly #changed = new Set<string>();
  /** The backoff of each channel after failures, in milliseconds. */
  readonly #retryMs = new Map<string, number>();
  #lookAgain: ReturnType<typeof setInterval> | undefined;
  readonly #closing = new AbortController();

  constructor(deps: ClockDeps, awaited: Awaited) {
    this.#deps = deps;
    this.#awaited = awaited;
  }

  /** Waits for the first event of a channel, as of this state. */
  wake(state: State): void {
    const { channel_id } = state.channel;
    if (this.#ringing.has(channel_id)) this.#changed.add(channel_id);
    // An event that failed is retried after its backoff, however often the channel changes.
    else if (!this.#retryMs.has(channel_id)) this.#await(channel_id, this.#awaited.due(state));
  }

  /** Waits for all stored events. */
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

  /** Starts no more events and waits for those that are happening. */
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
      // Nothing is due after an early wake-up for a clock correction, or when another instance was
      // faster.
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
