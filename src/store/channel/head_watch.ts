/** Watches the heads of channels for changes by any process. One stream of the database watches ten
 *  keys, and a connection to a KV Connect server carries 200 streams and no request beyond them: so
 *  channels share streams, and the connection should be one that nothing else needs. */
import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../../kernel/log.ts";
import { keys } from "../keys.ts";

/** Keys that KV watches at once. */
const MAX_KEYS = 10;
const RETRY_MS = 1_000;

interface HeadWatchDeps {
  kv: Deno.Kv;
  log: Log;
}

export class HeadWatch {
  readonly #deps: HeadWatchDeps;
  readonly #streams = new Set<SharedStream>();

  constructor(deps: HeadWatchDeps) {
    this.#deps = deps;
  }

  /** Calls back whenever the channel's head changes from now on, and perhaps once without a change.
   *  Returns what ends that, to be called once. */
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

/** One stream of the database. Adding a channel opens it anew. A channel without readers stays in
 *  it until then, so that a reader who polls in a loop does not open a stream for each poll. */
class SharedStream {
  readonly #deps: HeadWatchDeps;
  readonly #wanted = new Map<string, () => void>();
  /** The watched channels, each with the version that was seen last. */
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
    // Channels that are added in one go share the first stream.
    queueMicrotask(() => void this.#follow(this.#watched, signal));
  }

  /** Never rejects. A stream that ends is opened again after a while. */
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
    const channelIds = [...watched.keys()];
    const reader = this.#deps.kv.watch(channelIds.map((id) => keys.head(id))).getReader();
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
