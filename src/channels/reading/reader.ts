/** Reads a channel, at once or as a long poll. */
import type { ChannelView } from "../../domain/channel/view.ts";
import { viewOf } from "../../domain/channel/view.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { type AwaitedRound, awaitedRound } from "../../domain/channel/beacon.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { type Access, viewerOf } from "../../domain/channel/seat.ts";
import { jsonBytes } from "../../domain/storage/storage.ts";
import { type Entry, type Head, saltOf, SYSTEM } from "../../domain/transcript/transcript.ts";
import { type Turn, turnIn } from "../../domain/channel/turn.ts";
import { type Message, messageFor } from "../../domain/channel/visibility.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { BotsTime, BotsWait } from "../bots_time.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { Waiters } from "./waiters.ts";

/** How many of the latest entries are searched for whose turn it is. */
const TURN_LOOKBACK = 24;

export interface ReadRequest {
  /** Only entries after this id. */
  cursor: number;
  limit: number;
  /** The size limit of the messages as JSON, except that one larger message fits alone;
   *  `CHANNEL_LIMITS.syncBytes` if absent. */
  bytes?: number;
  /** Whether to include the messages' salts. */
  salts?: boolean;
  /** How long to wait for the first entry. */
  timeoutMs: number;
  /** Aborts when the caller no longer waits for the response. */
  signal: AbortSignal;
}

interface Reading {
  messages: (Message & { salt?: string })[];
  /** The cursor for the next call; never smaller than the request's. */
  cursor: number;
  /** Present when the channel's slots, bots or settings may have changed since the cursor. */
  view?: ChannelView;
  /** The head as of this response. */
  head: Head;
  /** The reader's player id; null without a seat. */
  you: string | null;
  /** The turn according to the entries that were searched. */
  turn: Turn | null;
  closed: boolean;
  /** The round of public randomness that bots wait for, if any. */
  awaits?: AwaitedRound | undefined;
  /** The reason why bots don't answer now, if they don't. */
  botsWait?: BotsWait | undefined;
}

interface ReaderDeps {
  registry: ChannelRegistry;
  time: BotsTime;
  waiters: Waiters;
}

export class Reader {
  readonly #deps: ReaderDeps;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
  }

  /** Resolves when there is an entry after the cursor, when the timeout has passed, when the server
   *  stops, or when the caller is gone. Refuses callers who may not read the channel, also when
   *  they lose that right during the wait. */
  async wait(access: Access, request: ReadRequest): Promise<void> {
    const { registry, waiters } = this.#deps;
    const { channelId } = access;
    const { cursor, timeoutMs, signal } = request;
    const { channel, head } = await registry.load(channelId);
    viewerOf(channel, access);
    if (head.size > cursor || timeoutMs === 0) return;
    const waiting = new Waiting(timeoutMs, signal);
    const unregister = waiters.register(channelId, () => waiting.wake());
    try {
      // Load again after registering, so that no entry slips in between.
      while (!waiting.over && !waiters.closed) {
        const state = await registry.load(channelId);
        viewerOf(state.channel, access);
        if (state.head.size > cursor) return;
        await waiting.next();
      }
    } finally {
      unregister();
      waiting.end();
    }
  }

  /** Entries after the cursor as the caller may see them, without waiting. */
  async read(access: Access, request: ReadRequest): Promise<Reading> {
    const { registry } = this.#deps;
    const { channelId } = access;
    const { cursor, limit, timeoutMs, salts } = request;
    const { bytes = CHANNEL_LIMITS.syncBytes } = request;
    const { channel, head, secret } = await registry.load(channelId);
    const viewer = viewerOf(channel, access);
    const entries = head.size > cursor
      ? withinBytes(await registry.entries(channelId, cursor, limit, bytes), bytes)
      : [];
    const changed = cursor === 0 || entries.some(changesView);
    const you = viewer.seat?.player_id ?? null;
    const messages = entries.map((entry) => messageFor(you, entry));
    // After an empty long poll the agent may have lost the earlier context, so repeat whose turn it
    // is. A plain poll need not pay for that second read.
    const lookBack = messages.length === 0 && timeoutMs > 0;
    return {
      messages: salts
        ? messages.map((message, i) => withSalt(message, entries[i]!, secret))
        : messages,
      cursor: entries.at(-1)?.id ?? cursor,
      ...(changed && { view: viewOf(channel) }),
      head,
      you,
      turn: lookBack
        ? await this.turn({ channel, head }, you)
        : turnIn(messages, playersOf(channel)),
      closed: channel.closed,
      awaits: awaitedRound(channel),
      botsWait: this.botsWait({ channel, head }),
    };
  }

  /** The reason why a channel's bots don't answer now; undefined when they do. */
  botsWait(state: Pick<StoredChannel, "channel" | "head">): BotsWait | undefined {
    return this.#deps.time.waiting(state);
  }

  /** The same, from the newest state that this process knows. */
  async botsWaitIn(channelId: string): Promise<BotsWait | undefined> {
    return this.botsWait(await this.#deps.registry.known(channelId));
  }

  /** The turn according to the channel's latest messages, as the player sees them. */
  async turn(
    { channel, head }: Pick<StoredChannel, "channel" | "head">,
    playerId: string | null,
  ): Promise<Turn | null> {
    const after = Math.max(0, head.size - TURN_LOOKBACK);
    const { registry } = this.#deps;
    const entries = await registry.entries(channel.channel_id, after, TURN_LOOKBACK);
    return turnIn(entries.map((entry) => messageFor(playerId, entry)), playersOf(channel));
  }
}

/** A message with the salt of its body, unless the body is withheld. */
function withSalt(message: Message, entry: Entry, secret: Uint8Array): Message & { salt?: string } {
  return message.withheld ? message : { ...message, salt: saltOf(secret, entry).toHex() };
}

function playersOf({ seats }: Channel): string[] {
  return seats.map(({ player_id }) => player_id);
}

function changesView({ sender, kind }: Entry): boolean {
  return sender === SYSTEM && kind === "system";
}

/** As many of the first entries as fit into one response, at least one. Measures entries, which are
 *  slightly larger than their messages. */
function withinBytes(entries: readonly Entry[], most: number): readonly Entry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, i) => {
    bytes += jsonBytes(entry);
    return i > 0 && bytes > most;
  });
  return end < 0 ? entries : entries.slice(0, end);
}

/** One reader's wait. It ends with a wake-up, its timeout or its caller's departure. */
class Waiting {
  over = false;
  #woken = false;
  #resolve: (() => void) | null = null;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #signal: AbortSignal;
  readonly #finish = () => {
    this.over = true;
    this.#resolve?.();
  };

  constructor(timeoutMs: number, signal: AbortSignal) {
    this.#signal = signal;
    this.#timer = setTimeout(this.#finish, timeoutMs);
    if (signal.aborted) this.over = true;
    else signal.addEventListener("abort", this.#finish, { once: true });
  }

  wake(): void {
    this.#woken = true;
    this.#resolve?.();
  }

  /** Resolves at the next wake-up or at the end of the wait. */
  async next(): Promise<void> {
    if (!this.#woken && !this.over) await new Promise<void>((r) => this.#resolve = r);
    this.#resolve = null;
    this.#woken = false;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#finish);
  }
}
