/** Follows a channel for somebody who may read it, for as long as they may. Nobody polls: see
 *  `waiters.ts`. */
import type { Log } from "../../kernel/log.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { isReader } from "../../domain/channel/seat.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { Waiters } from "./waiters.ts";

interface FollowerDeps {
  registry: ChannelRegistry;
  waiters: Waiters;
  log: Log;
}

interface Followed {
  /** Entries have come since the last time. */
  news: () => void;
  /** Nothing will be told any more: the principal may not read any longer, or the server stops. */
  ended: () => void;
}

export class Follower {
  readonly #deps: FollowerDeps;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  /** Tells of a channel until the function that it returns is called, or `ended` was. Returns null
   *  to those who may not read the channel, as if there was none. */
  async follow(principal: string, channelId: string, told: Followed): Promise<(() => void) | null> {
    const { waiters } = this.#deps;
    const first = await this.#readable(principal, channelId);
    if (!first) return null;
    let seen = first.head.size;
    let over = false;
    let looking = false;
    let woken = false;
    const stop = () => {
      if (!over) unregister();
      over = true;
    };
    const look = async () => {
      woken = true;
      if (looking) return;
      looking = true;
      while (woken && !over) {
        woken = false;
        const state = waiters.closed ? null : await this.#readable(principal, channelId);
        if (over) break;
        if (!state) {
          stop();
          told.ended();
        } else if (state.head.size > seen) {
          seen = state.head.size;
          told.news();
        }
      }
      looking = false;
    };
    const unregister = waiters.register(channelId, () => void look());
    look(); // at what came before the registration
    return stop;
  }

  /** The channel, if the principal may read it. A database that fails ends what it can't vouch
   *  for. */
  async #readable(principal: string, channelId: string): Promise<StoredChannel | null> {
    try {
      const state = await this.#deps.registry.load(channelId);
      return isReader(state.channel, principal) ? state : null;
    } catch (error) {
      if (!(error instanceof Refusal)) {
        this.#deps.log("error", "follow_failed", { channel: channelId, error: String(error) });
      }
      return null;
    }
  }
}
