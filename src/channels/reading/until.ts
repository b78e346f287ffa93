/** Waits until a channel is as a caller wants it, without polling: see `waiters.ts`. */
import { isHeard } from "../../domain/referee/called.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { Waiters } from "./waiters.ts";

export interface WaitDeps {
  registry: ChannelRegistry;
  waiters: Waiters;
}

export interface Wait {
  timeoutMs: number;
  /** Aborts when the caller no longer waits for the response. */
  signal: AbortSignal;
}

/** `settled`: it will be as wanted once the bots have heard every entry. */
export type Fit = "no" | "settled" | "yes";

/** Resolves when the channel fits. For bots to settle, it waits `CHANNEL_LIMITS.settleMs` at most:
 *  a reader that an opponent's move wakes gets the verdict with it. Also resolves when the timeout
 *  has passed, when the server stops, or when the caller is gone. Rejects with what `fit`
 *  throws. */
export async function until(
  { registry, waiters }: WaitDeps,
  channelId: string,
  { timeoutMs, signal }: Wait,
  fit: (state: StoredChannel) => Fit,
): Promise<void> {
  const settledFit = (state: StoredChannel): Fit => {
    const found = fit(state);
    return found === "settled" && isHeard(state, state.head.size) ? "yes" : found;
  };
  if (settledFit(await registry.load(channelId)) === "yes" || timeoutMs === 0) return;
  const waiting = new Waiting(timeoutMs, signal);
  const unregister = waiters.register(channelId, () => waiting.wake());
  try {
    // Load again after registering, so that no entry slips in between.
    while (!waiting.over && !waiters.closed) {
      const found = settledFit(await registry.load(channelId));
      if (found === "yes") return;
      waiting.settle(found === "settled" ? CHANNEL_LIMITS.settleMs : null);
      await waiting.next();
    }
  } finally {
    unregister();
    waiting.end();
  }
}

/** One caller's wait. It ends with a wake-up, its timeout or its caller's departure. */
class Waiting {
  over = false;
  #isSettling = false;
  #woken = false;
  #resolve: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout>;
  readonly #signal: AbortSignal;
  readonly #endsAt: number;
  readonly #finish = () => {
    this.over = true;
    this.#resolve?.();
  };

  constructor(timeoutMs: number, signal: AbortSignal) {
    this.#signal = signal;
    this.#endsAt = performance.now() + timeoutMs;
    this.#timer = setTimeout(this.#finish, timeoutMs);
    if (signal.aborted) this.over = true;
    else signal.addEventListener("abort", this.#finish, { once: true });
  }

  wake(): void {
    this.#woken = true;
    this.#resolve?.();
  }

  /** Makes the wait end in `ms` at the latest, as of the first of such calls in a row; null: at
   *  its own end again. */
  settle(ms: number | null): void {
    const isSettling = ms !== null;
    if (isSettling === this.#isSettling) return;
    this.#isSettling = isSettling;
    const restMs = this.#endsAt - performance.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#finish, Math.min(restMs, ms ?? restMs));
  }

  /** Resolves at the next wake-up or at the end of the wait. */
  async next(): Promise<void> {
    if (!this.#woken && !this.over) await new Promise<void>((r) => this.#resolve = r);
    this.#resolve = null;
    this.#woken = false;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#finish);
  }
}
