/** Reading a channel, at once or as soon as there is something to read. */
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

/** How many of the last entries are searched for whose turn it is. */
const TURN_LOOKBACK = 24;

export interface ReadRequest {
  /** Only entries after this id. */
  cursor: number;
  limit: number;
  /** Of the messages as JSON, but for one that is larger by itself; `CHANNEL_LIMITS.syncBytes` if
   *  absent. */
  bytes?: number;
  /** Whether messages come with their salts. */
  salts?: boolean;
  /** How long to wait for the first one. */
  timeoutMs: number;
  /** Aborted when nobody wants the answer any more. */
  signal: AbortSignal;
}

interface Reading {
  messages: (Message & { salt?: string })[];
  /** Pass it to the next call; never smaller than the one that was given. */
  cursor: number;
  /** When the channel's make-up may have changed since the cursor. */
  view?: ChannelView;
  /** As of this answer. */
  head: Head;
  /** The reader's player id; null without a seat. */
  you: string | null;
  /** What the channel's bots say of turns, as far as was looked. */
  turn: Turn | null;
  closed: boolean;
  /** The round that bots wait for, if they do. */
  awaits?: AwaitedRound | undefined;
  /** Why bots don't answer now, if they don't. */
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

  /** Resolves when there is an entry after the cursor, the timeout is over, the server stops or the
   *  caller has gone. Refuses whoever may not read, or may no longer. */
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
      // Look again after registering, so that no entry slips in between.
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
    // Who has waited in vain has forgotten what stood in an earlier answer; who polls pays for no
    // second read.
    const lookBack = messages.length === 0 && timeoutMs > 0;
    return {
      messages: salts
        ? messages.map((message, i) => salted(message, entries[i]!, secret))
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

  /** Why a channel's bots don't answer now; undefined where they do. */
  botsWait(state: Pick<StoredChannel, "channel" | "head">): BotsWait | undefined {
    return this.#deps.time.waiting(state);
  }

  /** The same as far as this process knows the channel. */
  async botsWaitIn(channelId: string): Promise<BotsWait | undefined> {
    return this.botsWait(await this.#deps.registry.known(channelId));
  }

  /** What the last messages of a channel say of turns, to the player who asks. */
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

/** A message with the salt that its body was hashed with, if the body is told. */
function salted(message: Message, entry: Entry, secret: Uint8Array): Message & { salt?: string } {
  return message.withheld ? message : { ...message, salt: saltOf(secret, entry).toHex() };
}

function playersOf({ seats }: Channel): string[] {
  return seats.map(({ player_id }) => player_id);
}

function changesView({ sender, kind }: Entry): boolean {
  return sender === SYSTEM && kind === "system";
}

/** As many of the first entries as fit into one answer, at least one. A message is its entry with
 *  less. */
function withinBytes(entries: readonly Entry[], most: number): readonly Entry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, i) => {
    bytes += jsonBytes(entry);
    return i > 0 && bytes > most;
  });
  return end < 0 ? entries : entries.slice(0, end);
}

/** One reader's wait: ends with a wake-up, its timeout or its caller's departure. */
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

  /** Waits for the next wake-up, or the end. */
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
