/** The channels that this process works with: one writer each, created on demand. When there are
 *  too many, idle ones are dropped. That loses nothing, because the store has everything. */
import type { Entry } from "../../domain/transcript/transcript.ts";
import { channelNotFound } from "../../domain/channel/seat.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { Decide } from "./change.ts";
import { ChannelWriter, type WriterDeps } from "./channel_writer.ts";

const MAX_WRITERS = 500;

export class ChannelRegistry {
  readonly #deps: WriterDeps;
  readonly #writers = new Map<string, ChannelWriter>();

  constructor(deps: WriterDeps) {
    this.#deps = deps;
  }

  /** The channel's newest state. Throws CHANNEL_NOT_FOUND. */
  async load(channelId: string): Promise<StoredChannel> {
    const writer = this.#writer(channelId);
    const state = await writer.load();
    if (state) return state;
    this.#writers.delete(channelId);
    throw channelNotFound();
  }

  /** The newest state that this process knows. It is good enough for work that a commit checks.
   *  Throws CHANNEL_NOT_FOUND. */
  async known(channelId: string): Promise<StoredChannel> {
    return this.#writer(channelId).known ?? await this.load(channelId);
  }

  /** Entries after an id, in order: at most `limit` of them, and not many more than fill
   *  `bytes`. */
  entries(
    channelId: string,
    after: number,
    limit: number,
    bytes?: number,
  ): Promise<readonly Entry[]> {
    return this.#writer(channelId).entries(after, limit, bytes);
  }

  /** Queues a change of a channel: see `ChannelWriter.write`. */
  write<T>(channelId: string, decide: Decide<T>, idempotencyId?: string): Promise<T | null> {
    return this.#writer(channelId).write(decide, idempotencyId);
  }

  /** Forgets a channel that is gone. */
  forget(channelId: string): void {
    this.#writers.delete(channelId);
  }

  #writer(channelId: string): ChannelWriter {
    const known = this.#writers.get(channelId);
    if (known) return known;
    const writer = new ChannelWriter(channelId, this.#deps);
    this.#writers.set(channelId, writer);
    if (this.#writers.size > MAX_WRITERS) this.#dropIdle();
    return writer;
  }

  #dropIdle(): void {
    for (const [channelId, writer] of this.#writers) {
      if (this.#writers.size <= MAX_WRITERS / 2) return;
      if (writer.idle) this.#writers.delete(channelId);
    }
  }
}
