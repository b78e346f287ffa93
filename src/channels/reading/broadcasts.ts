/** Channels that are watched while they go on. Each watcher is given every entry that it may read,
 *  once and in order, from its cursor on. Watchers of one channel share what they are given: the
 *  same objects for all who see the same, so that a door encodes each of them once. */
import type { Access, Viewer } from "../../domain/channel/seat.ts";
import { type Message, messageFor } from "../../domain/channel/visibility.ts";
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";
import { type Entry, SYSTEM } from "../../domain/transcript/transcript.ts";
import type { Log } from "../../kernel/log.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { Presence } from "../presence.ts";
import { boundsFor, type ShownChannels } from "../shown.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import { refusePastEnd } from "./reader.ts";
import { type Sight, sightOf } from "./sight.ts";
import type { Waiters } from "./waiters.ts";

export type News =
  | { kind: "messages"; messages: readonly Message[] }
  /** The slots, bots or settings, at the start and whenever they may have changed. */
  | { kind: "sight"; sight: Sight }
  /** No more news will come: the channel is closed and read to its end; or the watcher may no
   *  longer read it. */
  | { kind: "over"; why: "closed" | "lost" }
  /** The server stops, or can't read the channel now: a watcher that comes back reads on. */
  | { kind: "stopped" };

export interface Watch {
  /** Resolves with the next news. Not to be called before the last one has resolved. */
  next(): Promise<News>;
  stop(): void;
}

interface BroadcastsDeps {
  registry: ChannelRegistry;
  waiters: Waiters;
  shown: ShownChannels;
  presence: Presence;
  log: Log;
}

export class Broadcasts {
  readonly #deps: BroadcastsDeps;
  readonly #channels = new Map<string, Broadcast>();

  constructor(deps: BroadcastsDeps) {
    this.#deps = deps;
  }

  /** Watches a channel from a cursor on; null for one that is closed and read to its end. Refuses
   *  those who may not read it, and a cursor that nobody was given. */
  async open(access: Access, cursor: number): Promise<Watch | null> {
    const { registry, shown } = this.#deps;
    const { channelId } = access;
    const state = await registry.load(channelId);
    const { end } = boundsFor(state, shown.viewer(state.channel, access));
    refusePastEnd(cursor, { size: end });
    if (state.channel.closed && cursor === end) return null;
    let broadcast = this.#channels.get(channelId);
    if (!broadcast) {
      broadcast = new Broadcast(this.#deps, channelId, () => this.#channels.delete(channelId));
      this.#channels.set(channelId, broadcast);
    }
    return broadcast.watch(access, cursor);
  }
}

/** One channel and those who watch it. */
class Broadcast {
  readonly #deps: BroadcastsDeps;
  readonly #channelId: string;
  readonly #watches = new Set<ChannelWatch>();
  readonly #close: () => void;
  /** The newest state; null if it can't be read: the channel is gone, or the database away. */
  #state: Promise<StoredChannel | null> | undefined;
  /** Pages that watchers read together, by their bounds. */
  readonly #pages = new Map<string, Promise<readonly Entry[]>>();
  readonly #sights = new Map<string, Promise<Sight>>();
  #isGone = false;

  constructor(deps: BroadcastsDeps, channelId: string, closed: () => void) {
    this.#deps = deps;
    this.#channelId = channelId;
    const unregister = deps.waiters.register(channelId, () => this.#wake());
    const timer = setInterval(() => this.#wake(true), WATCH_LIMITS.sightMs);
    this.#close = () => {
      unregister();
      clearInterval(timer);
      closed();
    };
  }

  watch(access: Access, cursor: number): Watch {
    const watch = new ChannelWatch({ ...this.#deps, broadcast: this, access }, cursor);
    this.#watches.add(watch);
    return watch;
  }

  leave(watch: ChannelWatch): void {
    if (this.#watches.delete(watch) && this.#watches.size === 0) this.#close();
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  state(): Promise<StoredChannel | null> {
    return this.#state ??= this.#load();
  }

  /** Entries after `cursor` up to `end`, as many as make a page. */
  page(cursor: number, end: number): Promise<readonly Entry[]> {
    const limit = Math.min(end - cursor, WATCH_LIMITS.pageEntries);
    return kept(
      this.#pages,
      `${cursor} ${limit}`,
      () => this.#deps.registry.entries(this.#channelId, cursor, limit, WATCH_LIMITS.pageBytes),
    );
  }

  /** What a viewer of `state` sees of the channel, beside its entries. */
  sight(state: StoredChannel, viewer: Viewer, end: number): Promise<Sight> {
    const isInside = viewer.seat !== null || viewer.admin;
    return kept(this.#sights, `${isInside} ${end}`, async () => {
      const shown = await this.#deps.shown.to(state, viewer);
      return await sightOf(this.#deps, shown.state, viewer);
    });
  }

  async #load(): Promise<StoredChannel | null> {
    try {
      return await this.#deps.registry.load(this.#channelId);
    } catch (error) {
      this.#isGone = error instanceof Refusal && error.code === "CHANNEL_NOT_FOUND";
      if (!(error instanceof Refusal)) {
        const channel = this.#channelId;
        this.#deps.log("error", "watch_failed", { channel, error: String(error) });
      }
      return null;
    }
  }

  #wake(withSight = false): void {
    this.#state = undefined;
    if (withSight) this.#sights.clear();
    for (const watch of this.#watches) watch.wake(withSight);
  }
}

interface WatchDeps extends BroadcastsDeps {
  broadcast: Broadcast;
  access: Access;
}

class ChannelWatch implements Watch {
  readonly #deps: WatchDeps;
  #cursor: number;
  #needsSight = true;
  #isOver = false;
  #isWoken = false;
  #resolve: (() => void) | null = null;

  constructor(deps: WatchDeps, cursor: number) {
    this.#deps = deps;
    this.#cursor = cursor;
  }

  async next(): Promise<News> {
    const { broadcast, waiters } = this.#deps;
    while (!this.#isOver && !waiters.closed) {
      this.#isWoken = false;
      const state = await broadcast.state();
      if (state === null) {
        this.stop();
        return broadcast.isGone ? { kind: "over", why: "lost" } : { kind: "stopped" };
      }
      const news = await this.#newsIn(state);
      if (news) return news;
      await this.#change();
    }
    this.stop();
    return { kind: "stopped" };
  }

  /** What a state has for this watcher, if anything. */
  async #newsIn(state: StoredChannel): Promise<News | null> {
    const { broadcast, shown, presence, access } = this.#deps;
    let viewer: Viewer;
    try {
      viewer = shown.viewer(state.channel, access);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.stop();
      return { kind: "over", why: "lost" };
    }
    presence.note(access.channelId, viewer);
    const { after, end } = boundsFor(state, viewer);
    this.#cursor = Math.max(this.#cursor, after);
    if (this.#cursor < end) {
      const entries = await broadcast.page(this.#cursor, end);
      if (entries.length === 0) return null; // the channel is being deleted
      this.#cursor = entries.at(-1)!.id;
      this.#needsSight ||= entries.some(({ sender, kind }) =>
        sender === SYSTEM && kind === "system"
      );
      const you = viewer.seat?.player_id ?? null;
      return { kind: "messages", messages: entries.map((entry) => given(you, entry)) };
    }
    if (this.#needsSight) {
      this.#needsSight = false;
      return { kind: "sight", sight: await broadcast.sight(state, viewer, end) };
    }
    if (!state.channel.closed) return null;
    this.stop();
    return { kind: "over", why: "closed" };
  }

  wake(withSight: boolean): void {
    this.#isWoken = true;
    this.#needsSight ||= withSight;
    this.#resolve?.();
  }

  stop(): void {
    this.#isOver = true;
    this.#resolve?.();
    this.#deps.broadcast.leave(this);
  }

  async #change(): Promise<void> {
    if (!this.#isWoken && !this.#isOver) await new Promise<void>((r) => this.#resolve = r);
    this.#resolve = null;
  }
}

/** What everybody is given who may read no more of an entry than a spectator. */
const forAll = new WeakMap<Entry, Message>();

function given(you: string | null, entry: Entry): Message {
  const { sender, to } = entry;
  if (to && you !== null && (sender === you || to.includes(you))) return messageFor(you, entry);
  let message = forAll.get(entry);
  if (!message) forAll.set(entry, message = messageFor(null, entry));
  return message;
}

/** The most pages and sights that are kept of a channel: a watcher that is further behind than the
 *  others reads its own. */
const MOST_KEPT = 8;

/** A value by its key, made at the first use; the oldest one is forgotten. */
function kept<T>(all: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = all.get(key);
  if (known) return known;
  const made = make();
  all.set(key, made);
  made.catch(() => all.delete(key));
  if (all.size > MOST_KEPT) all.delete(all.keys().next().value!);
  return made;
}
