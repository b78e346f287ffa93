/** Channels as callers may see them: the one way by which calls read a channel. Members and the
 *  host see all of it. What spectators may not read, or not yet, is cut off here, so that nothing
 *  that is made of the state can depend on it. */
import { asOpened, OPENING_ENTRIES } from "./as_opened.ts";
import type { Channel } from "../domain/channel/channel.ts";
import { type Access, type Viewer, viewerOf } from "../domain/channel/seat.ts";
import { shownToSpectators } from "../domain/channel/spectators.ts";
import { NO_TURNS } from "../domain/transcript/kept_turns.ts";
import type { Entry } from "../domain/transcript/transcript.ts";
import { subtreesOf } from "../kernel/merkle_proof.ts";
import type { StoredChannel } from "../store/channel/channel_store.ts";
import type { TileStore } from "../store/channel/tile_store.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Audience } from "./audience.ts";

interface ShownDeps {
  registry: {
    load(channelId: string): Promise<StoredChannel>;
    entries(channelId: string, after: number, limit: number): Promise<readonly Entry[]>;
  };
  tiles: TileStore;
  audience: Audience;
}

/** The state as a caller sees it. Entries up to `after` are none of its business. */
export interface Shown {
  state: StoredChannel;
  viewer: Viewer;
  after: number;
  /** Whether anything is withheld from the caller, as from a spectator who is behind. */
  isPart: boolean;
}

/** What a viewer may read of a channel. */
export function boundsFor(
  { channel, head }: Pick<StoredChannel, "channel" | "head">,
  { seat, admin }: Viewer,
): { after: number; end: number; isPart: boolean } {
  if (seat || admin) return { after: 0, end: head.size, isPart: false };
  const { after, end } = shownToSpectators(channel, head.size);
  return { after, end, isPart: after > 0 || end < head.size };
}

export class ShownChannels {
  readonly #deps: ShownDeps;

  constructor(deps: ShownDeps) {
    this.#deps = deps;
  }

  /** The channel for a caller who may read it. Throws the refusals of `viewerOf`. */
  async open(access: Access): Promise<Shown> {
    const state = await this.#deps.registry.load(access.channelId);
    return await this.to(state, this.viewer(state.channel, access));
  }

  /** A caller's view of a channel; a spectator's counts as one. */
  viewer(channel: Channel, access: Access): Viewer {
    const viewer = viewerOf(channel, access);
    if (!viewer.seat && !viewer.admin) this.#deps.audience.admit(channel, access.caller.principal);
    return viewer;
  }

  /** The channel as a viewer sees it. */
  async to(state: StoredChannel, viewer: Viewer): Promise<Shown> {
    const { channel, head } = state;
    const { after, end, isPart } = boundsFor(state, viewer);
    if (!isPart) return { state, viewer, after, isPart };
    if (end === head.size) {
      return { state: { ...state, head: { ...head, turns: NO_TURNS } }, viewer, after, isPart };
    }
    const { channel_id } = channel;
    const { registry, tiles } = this.#deps;
    const [opening, [last], range] = await Promise.all([
      registry.entries(channel_id, 0, Math.min(OPENING_ENTRIES, end)),
      registry.entries(channel_id, end - 1, 1),
      Promise.all(
        subtreesOf({ from: 0, to: end }).map((subtree) => tiles.hash(channel_id, subtree)),
      ),
    ]);
    const shown: StoredChannel = {
      ...state,
      channel: asOpened(channel, opening),
      head: {
        size: end,
        range: range.map((hash) => hash.toHex()),
        ts: last!.ts,
        cursors: {},
        chained: 0,
        chain_spent: false,
        timers: {},
        turns: NO_TURNS,
      },
    };
    return { state: shown, viewer, after, isPart };
  }

  /** How many spectators read a channel lately; undefined where it admits none. */
  watching(channel: Channel): number | undefined {
    return channel.spectators ? this.#deps.audience.count(channel.channel_id) : undefined;
  }
}

/** Refuses what needs the whole log to those who may not read all of it. */
export function refusePart({ isPart }: Shown): void {
  if (!isPart) return;
  throw new Refusal(
    "NOT_MEMBER",
    "Spectators may not read all of this channel, or not yet, so it can't be exported or verified " +
      "for them. Try again when the game is over, or ask a member for an export.",
  );
}
