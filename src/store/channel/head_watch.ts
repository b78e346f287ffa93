/** Watches the heads of channels for changes by any process. One watch stream covers at most ten
 *  keys, so channels share streams. A connection to a KV Connect server carries at most 200 streams
 *  and then blocks every further request, so the watch should have a connection of its own. */
import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../../kernel/log.ts";
import { keys } from "../keys.ts";

/** The most keys of one watch stream of Deno KV. */
const MAX_KEYS = 10;
const RETRY_MS = 1_000;

interface HeadWatchDeps {
  kv: Deno.Kv;
  /** The key that is watched for an id; that of a channel's head if absent. */
  keyOf?: (id: string) => Deno.KvKey;
  log: Log;
}

export class HeadWatch {
  readonly #deps: HeadWatchDeps;
  readonly #streams = new Set<SharedStream>();

  constructor(deps: HeadWatchDeps) {
    this.#deps = deps;
  }

  /** Calls `changed` after every change of the channel's head from now on, and possibly once
   *  without a change. Returns the function that ends the watch; call it once. */
  watch(channelId: string, changed: () => void): () => void {
    const streams = [...this.#streams];
    const stream = streams.find((each) => each.isWatching(channelId)) ??
      streams.find((each) => each.hasRoom) ?? new SharedStream(this.#deps);
    this.#streams.add(stream);
    stream.add(channelId, changed);
    return () => {
      stream.remove(channelId);
      if (stream.isEmpty) this.#streams.delete(stream);
    };
  }
}

/** One watch stream. Adding a channel reopens it. A channel without readers stays in it until then,
 *  so that a reader who polls in a loop does not reopen the stream for every poll. */
class SharedStream {
  readonly #deps: HeadWatchDeps;
  readonly #wanted = new Map<string, () => void>();
  /** The channels of the open stream, each with the last version that was read. */
  #watched = new Map<string, string | null | undefined>();
  #open: AbortController | undefined;

  constructor(deps: HeadWatchDeps) {
    this.#deps = deps;
  }

  isWatching(channelId: string): boolean {
    return this.#watched.has(channelId);
  }

  get hasRoom(): boolean {
    return this.#wanted.size < MAX_KEYS;
  }

  get isEmpty(): boolean {
    return this.#wanted.size === 0;
  }

  add(channelId: string, changed: () => void): void {
    this.#wanted.set(channelId, changed);
    if (!this.#watched.has(channelId)) this.#reopen();
  }

  remove(channelId: string): void {
    this.#wanted.delete(channelId);
    if (!this.isEmpty) return;
    this.#open?.abort();
    this.#watched.clear();
  }

  #reopen(): void {
    this.#open?.abort();
    const { signal } = this.#open = new AbortController();
    const before = this.#watched;
    this.#watched = new Map([...this.#wanted.keys()].map((id) => [id, before.get(id)]));
    // Channels that are added in the same turn of the event loop share one stream.
    queueMicrotask(() => void this.#follow(this.#watched, signal));
  }

  /** Never rejects. Reopens a stream that ended, after a pause. */
  async #follow(watched: Map<string, string | null | undefined>, signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await this.#read(watched, signal);
      } catch (error) {
        if (!signal.aborted) this.#deps.log("warn", "watch_failed", { error: String(error) });
      }
      await pause(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #read(watched: Map<string, string | null | undefined>, signal: AbortSignal) {
    const { keyOf = keys.head } = this.#deps;
    const channelIds = [...watched.keys()];
    const reader = this.#deps.kv.watch(channelIds.map(keyOf)).getReader();
    const cancel = () => void reader.cancel().catch(() => {});
    signal.addEventListener("abort", cancel, { once: true });
    try {
      while (!signal.aborted) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return;
        for (const [i, { versionstamp }] of value.entries()) {
          const channelId = channelIds[i]!;
          if (watched.get(channelId) === versionstamp) continue;
          watched.set(channelId, versionstamp);
          this.#wanted.get(channelId)?.();
        }
      }
    } finally {
      signal.removeEventListener("abort", cancel);
      reader.releaseLock();
    }
  }
}
