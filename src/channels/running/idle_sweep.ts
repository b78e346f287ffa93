/** Warns in channels that nobody uses any more, and closes them later, as entry 1 of each states.
 *  Each step is a commit that checks whether it is due, so several instances may look. A channel
 *  whose step failed is met again at the next look. */
import { expire, idleDue } from "../../domain/referee/idle.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { Log } from "../../kernel/log.ts";
import type { ChannelStore } from "../../store/channel/channel_store.ts";
import { revealsOf } from "../writing/reveals.ts";
import type { ChannelRegistry } from "../writing/registry.ts";

interface IdleSweepDeps {
  registry: ChannelRegistry;
  store: ChannelStore;
  now: () => Date;
  log: Log;
}

export class IdleSweep {
  readonly #deps: IdleSweepDeps;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: IdleSweepDeps) {
    this.#deps = deps;
  }

  /** Looks now, in the background, and then every hour until `close`. */
  start(): void {
    if (this.#closed) return;
    this.#looking = this.#look().catch((error) => this.#failed("idle_unread", error)).finally(
      () => {
        if (!this.#closed) this.#timer = setTimeout(() => this.start(), CHANNEL_LIMITS.idleSweepMs);
      },
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { store, now } = this.#deps;
    for await (const channelId of store.idle(now())) {
      if (this.#closed) return;
      await this.#expire(channelId).catch((error) =>
        this.#failed("idle_postponed", error, channelId)
      );
    }
  }

  async #expire(channelId: string): Promise<void> {
    const { registry, store, now } = this.#deps;
    const state = await registry.load(channelId);
    if ((idleDue(state) ?? Infinity) > now().getTime()) return;
    const reveals = await revealsOf(store, state);
    await registry.write(channelId, (newest) => {
      const change = expire(newest, now(), reveals);
      return change && { ...change, always: true, answer: () => undefined };
    });
  }

  #failed(event: string, error: unknown, channel?: string): void {
    this.#deps.log("warn", event, { channel, error: String(error) });
  }
}
