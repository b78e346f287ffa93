/** Wakes readers that wait for a channel to change, without polling: a commit of this process wakes
 *  them at once. When other instances write to the same database, its watch wakes them. */
import type { HeadWatch } from "../../store/channel/head_watch.ts";

interface Watched {
  wakes: Set<() => void>;
  /** Ends the watch on the database, if there is one. */
  unwatch: (() => void) | undefined;
}

interface WaitersDeps {
  /** Reports what other processes write; absent when no other process uses the database. */
  heads?: HeadWatch | undefined;
}

export class Waiters {
  readonly #deps: WaitersDeps;
  readonly #channels = new Map<string, Watched>();
  #closed = false;

  constructor(deps: WaitersDeps) {
    this.#deps = deps;
  }

  /** Calls `wake` whenever the channel changes, and once at close. Returns a function that
   *  unregisters it. */
  register(channelId: string, wake: () => void): () => void {
    let watched = this.#channels.get(channelId);
    if (!watched) {
      const unwatch = this.#deps.heads?.watch(channelId, () => this.wake(channelId));
      watched = { wakes: new Set(), unwatch };
      this.#channels.set(channelId, watched);
    }
    const { wakes, unwatch } = watched;
    wakes.add(wake);
    return () => {
      wakes.delete(wake);
      if (wakes.size > 0) return;
      unwatch?.();
      this.#channels.delete(channelId);
    };
  }

  /** How many readers wait. */
  get count(): number {
    return this.#channels.values().reduce((sum, { wakes }) => sum + wakes.size, 0);
  }

  get closed(): boolean {
    return this.#closed;
  }

  wake(channelId: string): void {
    for (const wake of this.#channels.get(channelId)?.wakes ?? []) wake();
  }

  /** Wakes all readers, so that open long polls are answered before the server stops. */
  close(): void {
    this.#closed = true;
    for (const { wakes, unwatch } of this.#channels.values()) {
      unwatch?.();
      for (const wake of wakes) wake();
    }
  }
}
