/** Reads a channel, at once or as a long poll. */
import type { ChannelView } from "../../domain/channel/view.ts";
import { viewOf } from "../../domain/channel/view.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { hears } from "../../domain/bot/hearing.ts";
import { type AwaitedRound, awaitedRound } from "../../domain/channel/beacon.ts";
import { isAwaiting } from "../../domain/referee/called.ts";
import { claimFor } from "../../domain/referee/claim.ts";
import { type Standing, standingOf } from "../../domain/referee/standing.ts";
import type { Access, Viewer } from "../../domain/channel/seat.ts";
import { jsonBytes } from "../../domain/storage/storage.ts";
import { type Entry, type Head, saltOf, SYSTEM } from "../../domain/transcript/transcript.ts";
import { hashedMessageFor, type Message, messageFor } from "../../domain/channel/visibility.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { BotsTime, BotsWait } from "../bots_time.ts";
import type { Presence } from "../presence.ts";
import { boundsFor, type ShownChannels } from "../shown.ts";
import { until, type Wait, type WaitDeps } from "./until.ts";

export interface ReadRequest extends Wait {
  /** Only entries after this id. */
  cursor: number;
  limit: number;
  /** Whether to read the newest entries instead of the first ones after the cursor. */
  newest?: boolean;
  /** The last entry that counts, to read the channel as of that one. */
  upTo?: number;
  /** The size limit of the messages as JSON, except that one larger message fits alone;
   *  `CHANNEL_LIMITS.syncBytes` if absent. */
  bytes?: number;
  /** Whether to include the messages' hashes and salts. */
  proof?: boolean;
}

/** What an agent's next step depends on. */
export interface Situation extends Standing {
  /** Whether the viewer is an admin. */
  admin: boolean;
  /** The round of public randomness that bots wait for, if any. */
  awaits?: AwaitedRound | undefined;
  /** The reason why bots don't answer now, if they don't. */
  botsWait?: BotsWait | undefined;
  /** Present when the viewer has waited long for others: from when on it may claim the game, and
   *  whether it may now. */
  claim?: { from: string; may: boolean } | undefined;
}

/** A message. With proof it has its hash, and its salt if the reader may read it. */
type Given = Message & { salt?: string };

/** The entries that are read at once from the end of a channel, whose sizes are not known. */
const NEWEST_AT_ONCE = 16;

interface PageRequest extends Pick<ReadRequest, "cursor" | "limit"> {
  channelId: string;
  bytes: number;
  /** The last entry that counts. */
  end: number;
}

interface Reading {
  messages: Given[];
  /** How many entries between the request's cursor and these messages are left out. */
  omitted: number;
  /** The cursor for the next call; never smaller than the request's. */
  cursor: number;
  /** Present when the channel's slots, bots or settings may have changed since the cursor. */
  view?: ChannelView;
  /** The head as of this response. */
  head: Head;
  situation: Situation;
}

interface ReaderDeps extends WaitDeps {
  shown: ShownChannels;
  time: BotsTime;
  now: () => Date;
  presence: Presence;
}

export class Reader {
  readonly #deps: ReaderDeps;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
  }

  /** Resolves when there is an entry after the cursor and the bots have heard it, or when a bot
   *  leaves the caller's post on its turn without an answer; at the end of the wait in any case
   *  (`until`). Refuses callers who may not read the channel, also when they lose that right during
   *  the wait. */
  async wait(access: Access, request: ReadRequest): Promise<void> {
    const { cursor, limit } = request;
    let isAwaitingAtFirst: boolean | undefined;
    await until(this.#deps, access.channelId, request, (state) => {
      const viewer = this.#deps.shown.viewer(state.channel, access);
      const you = viewer.seat?.player_id ?? null;
      const { after, end, isPart } = boundsFor(state, viewer);
      refusePastEnd(cursor, { size: end });
      const unread = end - Math.max(cursor, after);
      if (isPart) return unread > 0 ? "yes" : "no";
      isAwaitingAtFirst ??= isAwaiting(state, you);
      if (unread > limit || isAwaitingAtFirst && !isAwaiting(state, you)) return "yes";
      return unread > 0 ? "settled" : "no";
    });
  }

  /** Entries after the cursor as the caller may see them, without waiting. */
  async read(access: Access, request: ReadRequest): Promise<Reading> {
    const { shown } = this.#deps;
    const { channelId } = access;
    const { limit, newest, upTo = Infinity, proof } = request;
    const { bytes = CHANNEL_LIMITS.syncBytes } = request;
    const { state: { channel, head, secret }, viewer, after } = await shown.open(access);
    const cursor = Math.max(request.cursor, after);
    this.#deps.presence.note(channelId, viewer);
    const you = viewer.seat?.player_id ?? null;
    const given = (entry: Entry) =>
      proof ? withSalt(hashedMessageFor(you, entry), entry, secret) : messageFor(you, entry);
    // No entries beyond the head that says whose turn it is.
    const end = Math.min(head.size, upTo);
    const wanted = { channelId, cursor, limit, bytes, end };
    const messages = newest ? await this.#newest(wanted, given) : await this.#page(wanted, given);
    const omitted = newest ? Math.max(0, end - cursor - messages.length) : 0;
    const changed = cursor === after || omitted > 0 || messages.some(changesView);
    return {
      messages,
      omitted,
      cursor: messages.at(-1)?.id ?? cursor,
      ...(changed && { view: viewOf(channel, undefined, shown.watching(channel)) }),
      head,
      situation: this.situation({ channel, head }, viewer),
    };
  }

  /** As many messages after the cursor, and up to entry `end`, as fit into `limit` and `bytes`, at
   *  least one. Counts only what this viewer is given, so that the end of a page says nothing about
   *  bodies that are withheld. */
  async #page(
    { channelId, cursor, limit, bytes, end }: PageRequest,
    given: (entry: Entry) => Given,
  ): Promise<Given[]> {
    const page: Given[] = [];
    let size = 0;
    for (let after = cursor; after < end && page.length < limit;) {
      const most = Math.min(limit - page.length, end - after);
      const entries = await this.#deps.registry.entries(channelId, after, most, bytes);
      for (const entry of entries) {
        const message = given(entry);
        size += jsonBytes(message);
        if (page.length > 0 && size > bytes) return page;
        page.push(message);
        after = entry.id;
      }
      if (entries.length === 0) break;
    }
    return page;
  }

  /** The same from the other end: the newest messages, in their order. */
  async #newest(
    { channelId, cursor, limit, bytes, end }: PageRequest,
    given: (entry: Entry) => Given,
  ): Promise<Given[]> {
    const newest: Given[] = [];
    let size = 0;
    for (let last = end; last > cursor;) {
      const after = Math.max(cursor, last - NEWEST_AT_ONCE);
      const wanted = { channelId, cursor: after, limit: last - after, bytes: Infinity, end: last };
      for (const message of (await this.#page(wanted, given)).reverse()) {
        size += jsonBytes(message);
        const isFull = newest.length === limit || newest.length > 0 && size > bytes;
        if (isFull) return newest.reverse();
        newest.push(message);
      }
      last = after;
    }
    return newest.reverse();
  }

  /** The reason why a channel's bots don't answer now; undefined when they do. */
  botsWait(state: Pick<StoredChannel, "channel" | "head">): BotsWait | undefined {
    return this.#deps.time.waiting(state);
  }

  situation(
    { channel, head }: Pick<StoredChannel, "channel" | "head">,
    { seat, admin }: Viewer,
  ): Situation {
    return {
      ...standingOf({ channel, head }, seat?.player_id ?? null),
      admin,
      awaits: awaitedRound(channel),
      botsWait: this.botsWait({ channel, head }),
      claim: this.#claim({ channel, head }, seat?.player_id ?? null),
    };
  }

  #claim(state: Pick<StoredChannel, "channel" | "head">, you: string | null): Situation["claim"] {
    const claim = claimFor(state, you);
    const now = this.#deps.now().getTime();
    if (!claim || now - claim.silentSince < CHANNEL_LIMITS.claimToldMs) return undefined;
    return { from: new Date(claim.from).toISOString(), may: now >= claim.from };
  }

  /** Whether the channel of an entry has bots, and none of them hears it. */
  async isUnheard(entry: Pick<Entry, "channel_id" | "sender" | "to">): Promise<boolean> {
    const { channel: { bots } } = await this.#deps.registry.known(entry.channel_id);
    return bots.length > 0 && !bots.some((bot) => hears(bot, entry));
  }

  /** The situation of a player, from the newest state that this process knows. */
  async situationIn(channelId: string, playerId: string): Promise<Situation> {
    const state = await this.#deps.registry.known(channelId);
    const seat = state.channel.seats.find(({ player_id }) => player_id === playerId) ?? null;
    return this.situation(state, { seat, admin: seat?.admin ?? false });
  }
}

/** Refuses a cursor that no answer has returned: it would hide the messages up to it. */
export function refusePastEnd(cursor: number, { size }: Pick<Head, "size">): void {
  if (cursor <= size) return;
  throw new Refusal(
    "INVALID_REQUEST",
    `cursor: the last message has the id ${size}. Pass ${size} to wait for the next one, or 0 to ` +
      "read from the first.",
  );
}

/** A message with the salt of its body, unless the body is withheld. */
function withSalt(message: Message, entry: Entry, secret: Uint8Array): Given {
  return message.withheld ? message : { ...message, salt: saltOf(secret, entry).toHex() };
}

function changesView({ sender, kind }: Message): boolean {
  return sender === SYSTEM && kind === "system";
}
