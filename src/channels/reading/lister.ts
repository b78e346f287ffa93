/** Lists channels: the caller's own first, then public ones. Never another's private one. */
import type { Channel } from "../../domain/channel/channel.ts";
import type { Head } from "../../domain/transcript/transcript.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { ChannelStore, ChannelSummary } from "../../store/channel/channel_store.ts";

/** How many channels one call looks at before it answers with what it found and where to go on. */
const MAX_SCANNED = 500;

/** Records that are read at once. */
const READ_TOGETHER = 10;

interface Page<T> {
  channels: T[];
  /** Where the next page begins; absent at the end. */
  nextCursor?: string;
}

type Listing = Page<{ channel: Channel; head: Head; mine: boolean }>;

export class Lister {
  readonly #store: ChannelStore;

  constructor(store: ChannelStore) {
    this.#store = store;
  }

  /** The names of up to `limit` channels that the principal made or sits in, newest first. */
  async mine(principal: string, limit: number, cursor?: string): Promise<Page<ChannelSummary>> {
    const channels: ChannelSummary[] = [];
    for await (const { summary, mine, next } of this.#summaries(principal, cursor, limit)) {
      if (!mine) break;
      if (summary) channels.push(summary);
      if (channels.length >= limit) return { channels, nextCursor: next };
    }
    return { channels };
  }

  /** Up to `limit` channels whose name contains `query`, newest first within each half. */
  async list(principal: string, query: string, limit: number, cursor?: string): Promise<Listing> {
    const wanted = query.toLowerCase();
    const channels: Listing["channels"] = [];
    let scanned = 0;
    for await (const { summary, mine, next } of this.#summaries(principal, cursor, limit)) {
      // A public channel of the caller's own was listed in the first half.
      const fits = summary?.name.toLowerCase().includes(wanted) &&
        mine === summary.principals.includes(principal);
      const state = fits ? await this.#store.load(summary.channel_id) : null;
      if (state) channels.push({ channel: state.channel, head: state.head, mine });
      if (channels.length >= limit || ++scanned >= MAX_SCANNED) {
        return { channels, nextCursor: next };
      }
    }
    return { channels };
  }

  /** What `#ids` names, with the summary of each; null for one that is gone. Few are read ahead for
   *  a small `limit`. */
  async *#summaries(principal: string, cursor: string | undefined, limit: number) {
    const together = Math.min(limit, READ_TOGETHER);
    let some: { channelId: string; mine: boolean; next: string }[] = [];
    for await (const id of this.#ids(principal, cursor)) {
      some.push(id);
      if (some.length < together) continue;
      yield* await this.#withSummaries(some);
      some = [];
    }
    if (some.length > 0) yield* await this.#withSummaries(some);
  }

  async #withSummaries<T extends { channelId: string }>(some: readonly T[]) {
    const found = await this.#store.summaries(some.map(({ channelId }) => channelId));
    return some.map((each, i) => ({ ...each, summary: found[i]! }));
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
    "cursor must be the next_cursor of the page before, or absent.",
  );
}
