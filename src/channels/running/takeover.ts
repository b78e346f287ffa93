/** Takes over the hooks of a server process that has died. When several processes share a database,
 *  the one that commits an entry runs its hooks. If it dies before that, its channels stay pending
 *  and unchanged, and another process takes them over. */
import type { Log } from "../../kernel/log.ts";
import { STORE_LIMITS } from "../../domain/limits/store.ts";
import type { ChannelStore, StoredChannel } from "../../store/channel/channel_store.ts";
import type { ChannelRegistry } from "../writing/registry.ts";

interface TakeoverDeps {
  registry: ChannelRegistry;
  store: ChannelStore;
  /** Starts the bots of a channel that have entries to process. */
  wake: (state: StoredChannel) => void;
  log: Log;
}

export class Takeover {
  readonly #deps: TakeoverDeps;
  /** The versions of the channels that were pending at the last check. */
  #pending = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: TakeoverDeps) {
    this.#deps = deps;
  }

  /** Checks periodically, until `close`. */
  start(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().catch((error) => {
        this.#deps.log("warn", "pending_unread", { error: String(error) });
      }).finally(() => this.start());
    }, STORE_LIMITS.takeoverMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { registry, store, wake } = this.#deps;
    const before = this.#pending;
    this.#pending = new Map();
    for await (const channelId of store.pending()) {
      if (this.#closed) return;
      const state = await registry.load(channelId);
      if (before.get(channelId) === state.version) wake(state);
      this.#pending.set(channelId, state.version);
    }
  }
}
