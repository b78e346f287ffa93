/** Follows a channel for a principal, for as long as the principal may read it. It does not poll:
 *  see `waiters.ts`. */
import type { Log } from "../../kernel/log.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { isReader, readersOf } from "../../domain/channel/seat.ts";
import { shownToSpectators } from "../../domain/channel/spectators.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { Waiters } from "./waiters.ts";

interface FollowerDeps {
  registry: ChannelRegistry;
  waiters: Waiters;
  log: Log;
}

interface FollowListener {
  /** Called when new entries have come since the last call. */
  news: () => void;
  /** Called once when no more news will come: the principal may no longer read the channel, or the
   *  server stops. */
  ended: () => void;
}

export class Follower {
  readonly #deps: FollowerDeps;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  /** Reports news of a channel until the caller calls the returned function, or until `ended` is
   *  called. Returns null to those who may not read the channel, the same as when it does not
   *  exist. */
  async follow(
    principal: string,
    channelId: string,
    listener: FollowListener,
  ): Promise<(() => void) | null> {
    const { waiters } = this.#deps;
    const first = await this.#readable(principal, channelId);
    if (!first) return null;
    let seen = shownSize(first, principal);
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
          listener.ended();
        } else if (shownSize(state, principal) > seen) {
          seen = shownSize(state, principal);
          listener.news();
        }
      }
      looking = false;
    };
    const unregister = waiters.register(channelId, () => void look());
    look(); // for entries that came before the registration
    return stop;
  }

  /** The channel, or null when the principal may not read it or the database fails: following ends
   *  then, because access can't be verified. */
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

/** How many entries of a channel a principal may read. */
function shownSize({ channel, head }: StoredChannel, principal: string): number {
  const isMember = readersOf(channel).includes(principal);
  return isMember ? head.size : shownToSpectators(channel, head.size).end;
}
