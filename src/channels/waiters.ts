/** Readers that wait for a channel to change. Nobody polls: a commit of this process wakes them at once, and
 *  where other instances write too the database's watch does. */
import type { Log } from "../domain/log.ts";
import type { ChannelStore } from "../store/channel_store.ts";

interface Watched {
  wakes: Set<() => void>;
  /** Ends the watch on the database, where there is one. */
  unwatch: AbortController | null;
}

export interface WaitersDeps {
  store: ChannelStore;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  log: Log;
}

export class Waiters {
  readonly #deps: WaitersDeps;
  readonly #channels = new Map<string, Watched>();
  #closed = false;

  constructor(deps: WaitersDeps) {
    this.#deps = deps;
  }

  /** Calls `wake` whenever the channel changes, and once at close. Returns what ends that. */
  register(channelId: string, wake: () => void): () => void {
    let watched = this.#channels.get(channelId);
    if (!watched) {
      watched = { wakes: new Set(), unwatch: this.#deps.shared ? this.#watch(channelId) : null };
      this.#channels.set(channelId, watched);
    }
    const { wakes, unwatch } = watched;
    wakes.add(wake);
    return () => {
      wakes.delete(wake);
      if (wakes.size > 0) return;
      unwatch?.abort();
      this.#channels.delete(channelId);
    };
  }

  get closed(): boolean {
    return this.#closed;
  }

  wake(channelId: string): void {
    for (const wake of this.#channels.get(channelId)?.wakes ?? []) wake();
  }

  /** Wakes everyone, so that open long polls can be answered before the server stops. */
  close(): void {
    this.#closed = true;
    for (const { wakes, unwatch } of this.#channels.values()) {
      unwatch?.abort();
      for (const wake of wakes) wake();
    }
  }

  #watch(channelId: string): AbortController {
    const { store, log } = this.#deps;
    const controller = new AbortController();
    store.watch(channelId, controller.signal, () => this.wake(channelId)).catch(
      (error) => {
        if (!controller.signal.aborted) {
          log("error", "watch_failed", { channel: channelId, error: String(error) });
        }
      },
    );
    return controller;
  }
}
