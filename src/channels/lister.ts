/** Lists channels: the caller's own first, then public ones. Never another's private one. */
import type { Channel } from "../domain/channel.ts";
import type { Head } from "../domain/transcript.ts";
import { Refusal } from "../domain/refusal.ts";
import type { ChannelStore } from "../store/channel_store.ts";

/** How many channels one call looks at before it answers with what it found and where to go on. */
const MAX_SCANNED = 500;

export interface Listing {
  channels: { channel: Channel; head: Head; mine: boolean }[];
  /** Where the next page begins; absent at the end. */
  nextCursor?: string;
}

export class Lister {
  readonly #store: ChannelStore;

  constructor(store: ChannelStore) {
    this.#store = store;
  }

  /** Up to `limit` channels that the principal made or sits in, newest first. */
  async mine(principal: string, limit: number, cursor?: string): Promise<Listing> {
    const channels: Listing["channels"] = [];
    for await (const { channelId, mine, next } of this.#ids(principal, cursor)) {
      if (!mine) break;
      const state = await this.#store.load(channelId);
      if (state) channels.push({ ...state, mine });
      if (channels.length >= limit) return { channels, nextCursor: next };
    }
    return { channels };
  }

  /** Up to `limit` channels whose name contains `query`, newest first within each half. */
  async list(principal: string, query: string, limit: number, cursor?: string): Promise<Listing> {
    const wanted = query.toLowerCase();
    const channels: Listing["channels"] = [];
    let scanned = 0;
    for await (const { channelId, mine, next } of this.#ids(principal, cursor)) {
      const state = await this.#store.load(channelId);
      const isMine = (c: Channel) =>
        c.creator === principal || c.seats.some((seat) => seat.principal === principal);
      // A public channel of the caller's own was listed in the first half.
      if (state && mine === isMine(state.channel)) {
        const { channel, head } = state;
        if (channel.name.toLowerCase().includes(wanted)) channels.push({ channel, head, mine });
      }
      if (channels.length >= limit || ++scanned >= MAX_SCANNED) {
        return { channels, nextCursor: next };
      }
    }
    return { channels };
  }

  async *#ids(principal: string, cursor: string | undefined) {
    const [, half, at] = /^([mp]):([\w=-]*)$/.exec(cursor ?? "m:") ?? [];
    if (half === undefined) throw badCursor();
    try {
      if (half === "m") {
        const mine = this.#store.mine(principal, at);
        for await (const { value } of mine) {
          yield { channelId: value, mine: true, next: `m:${mine.cursor}` };
        }
      }
      const open = this.#store.public(half === "p" ? at : "");
      for await (const { value } of open) {
        yield { channelId: value, mine: false, next: `p:${open.cursor}` };
      }
    } catch (error) {
      // The database refuses a position that it did not hand out.
      if (cursor === undefined || error instanceof Refusal) throw error;
      throw badCursor();
    }
  }
}

function badCursor(): Refusal {
  return new Refusal(
    "INVALID_REQUEST",
    "cursor must be the one that the page before came with, or absent.",
  );
}
