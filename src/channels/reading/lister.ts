/** Lists channels: the caller's own first, then public ones. Never lists another principal's
 *  private channel. */
import type { Channel } from "../../domain/channel/channel.ts";
import type { Head } from "../../domain/transcript/transcript.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { ChannelStore, ChannelSummary } from "../../store/channel/channel_store.ts";

/** The most channels that one call scans before it returns its results so far with a cursor. */
const MAX_SCANNED = 500;

/** Records that are read in one batch. */
const READ_TOGETHER = 10;

interface Page<T> {
  channels: T[];
  /** The cursor of the next page; absent at the end. */
  nextCursor?: string;
}

type Listing = Page<{ channel: Channel; head: Head; mine: boolean }>;

export class Lister {
  readonly #store: ChannelStore;

  constructor(store: ChannelStore) {
    this.#store = store;
  }

  /** Summaries of up to `limit` channels that the principal created or has a seat in, newest
   *  first. */
  async mine(principal: string, limit: number, cursor?: string): Promise<Page<ChannelSummary>> {
    const channels: ChannelSummary[] = [];
    for await (const { summary, mine, next } of this.#summaries(principal, cursor, limit)) {
      if (!mine) break;
      if (summary) channels.push(summary);
      if (channels.length >= limit) return { channels, nextCursor: next };
    }
    return { channels };
  }

  /** Up to `limit` channels whose name contains `query`: the principal's own, then public ones,
   *  each newest first. */
  async list(principal: string, query: string, limit: number, cursor?: string): Promise<Listing> {
    const wanted = query.toLowerCase();
    const channels: Listing["channels"] = [];
    let scanned = 0;
    for await (const { summary, mine, next } of this.#summaries(principal, cursor, limit)) {
      // The first half already lists the caller's own public channels.
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

  /** The channels of `#ids` with their summaries; null for a channel that is gone. Reads few ahead
   *  for a small `limit`. */
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
      // The database throws on a position that it did not issue.
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
