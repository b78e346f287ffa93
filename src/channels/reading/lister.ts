/** Lists channels: the caller's own first, then public ones. Never lists another principal's
 *  private or unlisted channel. */
import type { Channel } from "../../domain/channel/channel.ts";
import {
  isOver,
  isWanted,
  listedFacts,
  mayTakeSeat,
  openSeats,
  type Wanted,
} from "../../domain/channel/listed.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { Head } from "../../domain/transcript/transcript.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type {
  ChannelStore,
  ChannelSummary,
  StoredChannel,
} from "../../store/channel/channel_store.ts";
import type { MemberStore } from "../../store/channel/member_store.ts";
import type { ShownChannels } from "../shown.ts";

/** Records that are read in one request, and in one round of requests. The first round is short,
 *  because it usually fills the page. */
const READ_TOGETHER = 10;
const READ_IN_ROUND = 100;

/** The parts of a list, in their order: the caller's own channels, and public ones where something
 *  may still be played, where nothing is, and that offer seats. */
type Part = "m" | "p" | "e" | "o";
const PARTS = { p: "going", e: "ended", o: "offering" } as const;

interface Page<T> {
  channels: T[];
  /** The cursor of the next page; absent at the end. */
  nextCursor?: string;
}

/** A channel as a list shows it. */
export interface Listed {
  channel: Channel;
  head: Head;
  mine: boolean;
  /** How many seats the caller could choose from. */
  freeSeats: number;
}

/** Which of its own channels a caller wants: those where something may still be played, those where
 *  nothing is, or those that it hides. */
export type OwnKind = "going" | "ended" | "hidden";

/** One of the caller's own channels. */
export type OwnChannel = Pick<StoredChannel, "channel" | "head">;

/** A list shows no more of others' channels than their spectators see. */
const STRANGER = { seat: null, admin: false };

/** `cut`: the search has ended before the list, because too few channels match. */
type Listing = Page<Listed> & { cut?: true };

interface ListerDeps {
  store: ChannelStore;
  shown: ShownChannels;
  members: MemberStore;
}

export class Lister {
  readonly #store: ChannelStore;
  readonly #shown: ShownChannels;
  readonly #members: MemberStore;

  constructor({ store, shown, members }: ListerDeps) {
    this.#store = store;
    this.#shown = shown;
    this.#members = members;
  }

  /** Leaves a channel out of a principal's own list, or no longer. */
  async hide(principal: string, { channel_id }: Channel, hidden: boolean): Promise<void> {
    await this.#members.hide(principal, channel_id, hidden);
  }

  /** Summaries of up to `limit` channels that the principal created or has a seat in and does not
   *  hide, newest first. */
  async mine(principal: string, limit: number, cursor?: string): Promise<Page<ChannelSummary>> {
    const channels: ChannelSummary[] = [];
    let nextCursor = "";
    for await (const { summary, hidden, next } of this.#summaries(principal, ["m"], cursor)) {
      if (!summary || hidden) continue;
      if (channels.length >= limit) return { channels, nextCursor };
      channels.push(summary);
      nextCursor = next;
    }
    return { channels };
  }

  /** Up to `limit` channels of this kind that the principal created or has a seat in, newest first,
   *  as `list` does. */
  async own(
    principal: string,
    kind: OwnKind,
    limit: number,
    cursor?: string,
  ): Promise<Page<OwnChannel> & { cut?: true }> {
    const channels: OwnChannel[] = [];
    let looked = 0;
    let nextCursor = "";
    for await (const { summary, hidden, next } of this.#summaries(principal, ["m"], cursor)) {
      if (looked++ >= CHANNEL_LIMITS.listScanned) return { channels, cut: true };
      if (!summary || hidden !== (kind === "hidden")) continue;
      const isOfKind = (over: boolean) => kind === "hidden" || over === (kind === "ended");
      if (summary.listed && !isOfKind(summary.listed.over)) continue;
      const state = await this.#store.load(summary.channel_id);
      if (!state || !isOfKind(isOver(state.channel))) continue;
      if (channels.length >= limit) return { channels, nextCursor };
      channels.push(state);
      nextCursor = next;
    }
    return { channels };
  }

  /** Up to `limit` channels that are wanted: the principal's own, then public ones, each newest
   *  first. There is a next page only if another channel matches. Looks at no more than
   *  `CHANNEL_LIMITS.listScanned` channels for one page. */
  async list(
    principal: string,
    wanted: Wanted,
    limit: number,
    cursor?: string,
  ): Promise<Listing> {
    const parts = partsOf(wanted);
    const channels: Listed[] = [];
    let looked = 0;
    let nextCursor = "";
    for await (const { summary, mine, hidden, next } of this.#summaries(principal, parts, cursor)) {
      if (looked++ >= CHANNEL_LIMITS.listScanned) return { channels, cut: true };
      const found = summary && hidden === wanted.hidden &&
        await this.#found(principal, wanted, summary, mine);
      if (!found) continue;
      if (channels.length >= limit) return { channels, nextCursor };
      channels.push(found);
      nextCursor = next;
    }
    return { channels };
  }

  /** The channel of a summary if it is wanted; the summary may be older than the channel. */
  async #found(
    principal: string,
    wanted: Wanted,
    summary: ChannelSummary,
    mine: boolean,
  ): Promise<Listed | null> {
    const { creator, listed, channel_id, spectating } = summary;
    const isMine = creator === principal ||
      summary.seats.some((seat) => seat.principal === principal);
    // The first part already lists the caller's own public channels.
    if (mine !== isMine) return null;
    // Who sees a channel late does not find it by what it can't see yet.
    const mayDiffer = !mine && spectating?.delay !== undefined;
    if (!mayDiffer && listed && !isWanted(summary, listed, wanted, principal)) return null;
    const whole = await this.#store.load(channel_id);
    if (!whole) return null;
    const { channel, head } = mine ? whole : (await this.#shown.to(whole, STRANGER)).state;
    const { slots, seats, banned } = whole.channel; // whether a seat is free is never late
    const offered = { ...channel, slots, seats, banned };
    if (!isWanted(offered, listedFacts(channel), wanted, principal)) return null;
    const freeSeats = mayTakeSeat(whole.channel, principal) ? openSeats(whole.channel).length : 0;
    return { channel, head, mine, freeSeats };
  }

  /** The channels of `#ids` with their summaries; null for a channel that is gone. */
  async *#summaries(principal: string, parts: readonly Part[], cursor: string | undefined) {
    let some: { channelId: string; mine: boolean; next: string }[] = [];
    let round = READ_TOGETHER;
    for await (const id of this.#ids(principal, parts, cursor)) {
      some.push(id);
      if (some.length < round) continue;
      yield* await this.#withSummaries(principal, some);
      some = [];
      round = READ_IN_ROUND;
    }
    if (some.length > 0) yield* await this.#withSummaries(principal, some);
  }

  async #withSummaries<T extends { channelId: string; mine: boolean }>(
    principal: string,
    some: readonly T[],
  ) {
    const reads: Promise<(T & { summary: ChannelSummary | null; hidden: boolean })[]>[] = [];
    for (let at = 0; at < some.length; at += READ_TOGETHER) {
      reads.push(this.#tenWithSummaries(principal, some.slice(at, at + READ_TOGETHER)));
    }
    return (await Promise.all(reads)).flat();
  }

  /** Only a caller's own channels can be hidden from it. */
  async #tenWithSummaries<T extends { channelId: string; mine: boolean }>(
    principal: string,
    some: readonly T[],
  ) {
    const ids = some.map(({ channelId }) => channelId);
    const own = some.filter(({ mine }) => mine).map(({ channelId }) => channelId);
    const [found, marks] = await Promise.all([
      this.#store.summaries(ids),
      own.length > 0 ? this.#members.hides(principal, own) : [],
    ]);
    const hidden = new Set(own.filter((_, i) => marks[i]));
    return some.map((each, i) => ({
      ...each,
      summary: found[i]!,
      hidden: each.mine && hidden.has(each.channelId),
    }));
  }

  async *#ids(principal: string, parts: readonly Part[], cursor: string | undefined) {
    const [, from = "m", at] = /^([mpeo]):([\w=-]*)$/.exec(cursor ?? "m:") ?? [];
    const first = parts.indexOf(from as Part);
    if (at === undefined || first < 0) throw badCursor();
    try {
      for (const part of parts.slice(first)) {
        const after = part === from ? at : "";
        const ids = part === "m"
          ? this.#store.mine(principal, after)
          : this.#store.public(PARTS[part], after);
        for await (const { value } of ids) {
          yield { channelId: value, mine: part === "m", next: `${part}:${ids.cursor}` };
        }
      }
    } catch (error) {
      // The database throws on a position that it did not issue.
      if (cursor === undefined || error instanceof Refusal) throw error;
      throw badCursor();
    }
  }
}

function partsOf({ open, ended, hidden }: Wanted): Part[] {
  if (hidden) return ["m"];
  return open ? ["m", "o"] : ended ? ["m", "p", "e"] : ["m", "p"];
}

function badCursor(): Refusal {
  return new Refusal(
    "INVALID_REQUEST",
    "cursor must be the next_cursor of the page before, or absent.",
  );
}
