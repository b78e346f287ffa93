/** The only writer of a channel in this process. Changes queue here. The changes in the queue are
 *  decided one after the other and committed together, so entries get their ids without contention.
 *  Only another instance can win the race for a commit: then everything is read and decided again,
 *  up to a limit. */
import type { BotMemory } from "../../domain/bot/bot.ts";
import type { Log } from "../../kernel/log.ts";
import { withRounds } from "../../domain/channel/beacon.ts";
import { type Done, doneNow } from "../../domain/channel/idempotency.ts";
import { turnsAfter } from "../../domain/channel/keep_turns.ts";
import { keepingShown } from "../../domain/channel/spectators.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { channelNotFound } from "../../domain/channel/seat.ts";
import {
  noRoomFor,
  refuseLargeRecord,
  storedBytesAfter,
  totalBytes,
} from "../../domain/storage/storage.ts";
import { idleAfter } from "../../domain/referee/idle.ts";
import { lastSaid } from "../../domain/referee/sealed_close.ts";
import { withoutGone } from "../../domain/referee/timers.ts";
import { append, type Entry, timeAfter } from "../../domain/transcript/transcript.ts";
import type {
  ChannelCommit,
  ChannelStore,
  StoredChannel,
} from "../../store/channel/channel_store.ts";
import { Oversize } from "../../store/commit_group.ts";
import { StoreAway } from "../../store/connected_kv.ts";
import type { Accounts } from "../../store/channel/storage_ledger.ts";
import { type ChannelChange, cursorsAfter, type Decide } from "./change.ts";
import { fromStore, tooLarge } from "./store_errors.ts";
import { RecentEntries } from "./recent_entries.ts";

const MAX_ATTEMPTS = 12;
const MAX_QUEUED = 1_000;
/** A commit that exceeds these takes no further change. With the largest single change on top, it
 *  stays below KV's limits for one atomic operation: 1,000 mutations and 800 KiB. */
const FULL_ENTRIES = 50;
const FULL_BYTES = 100_000;
/** The most changes that are decided together. */
const MAX_TOGETHER = 100;

interface Queued {
  decide: Decide<unknown>;
  idempotencyId: string | undefined;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

type Answer = ChannelChange<unknown>["answer"];

/** The decision on one queued change in an attempt. */
type Decided =
  | { kind: "changed"; answer: Answer; committed: Parameters<Answer>[0] }
  | { kind: "nothing" }
  | { kind: "failed"; error: unknown };

export interface WriterDeps {
  store: ChannelStore;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  now: () => Date;
  newId: () => string;
  log: Log;
  /** Called after each commit, before its callers get their answers; `bytes` is the size of what
   *  was written. */
  committed: (state: StoredChannel, bytes: number) => void;
}

export class ChannelWriter {
  readonly #channelId: string;
  readonly #deps: WriterDeps;
  #queue: Queued[] = [];
  #state: StoredChannel | null = null;
  readonly #recent = new RecentEntries();
  #draining = false;

  constructor(channelId: string, deps: WriterDeps) {
    this.#channelId = channelId;
    this.#deps = deps;
  }

  /** The newest state that this process knows; the store may have a newer one. */
  get known(): StoredChannel | null {
    return this.#state;
  }

  /** The newest state. When no other process writes to the database, that is the state after this
   *  writer's last commit. */
  async load(): Promise<StoredChannel | null> {
    const before = this.#state;
    if (before && !this.#deps.shared) return before;
    const state = await this.#deps.store.load(this.#channelId, before ?? undefined);
    // A commit that was made during the read has left a newer state, even one without entries.
    if (state && this.#state === before) this.#state = state;
    return state;
  }

  /** Entries after an id, in order: at most `limit` of them, and not many more than fill
   *  `bytes`. */
  async entries(after: number, limit: number, bytes?: number): Promise<readonly Entry[]> {
    // When another instance has written since, only the store has all entries.
    return this.#recent.after(after, limit, this.#state?.head.size) ??
      await this.#deps.store.entries(this.#channelId, after, limit, bytes);
  }

  /** Queues a change. Resolves with its answer once it is durable, or with null when there was
   *  nothing to do. Rejects with the decision's `Refusal`, with CHANNEL_NOT_FOUND, with RATE_LIMIT
   *  when too many changes wait already, or with UNAVAILABLE when the change could not be
   *  committed. Under a key (see `domain/channel/idempotency.ts`), the decision gets the result of
   *  an earlier change. */
  write<T>(decide: Decide<T>, idempotencyId?: string): Promise<T | null> {
    if (this.#queue.length >= MAX_QUEUED) {
      const text = "Too many changes of this channel are waiting. Try again.";
      return Promise.reject(new Refusal("RATE_LIMIT", text, 250));
    }
    return new Promise<T | null>((resolve, reject) => {
      this.#queue.push({ decide, idempotencyId, resolve: resolve as Queued["resolve"], reject });
      if (!this.#draining) this.#drain();
    });
  }

  get idle(): boolean {
    return !this.#draining;
  }

  /** Never rejects. */
  async #drain(): Promise<void> {
    this.#draining = true;
    while (this.#queue.length > 0) {
      const taken = this.#queue;
      this.#queue = [];
      try {
        const remaining = await this.#commitTogether(taken);
        this.#queue = [...remaining, ...this.#queue];
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
    // No await since the last check of the queue: a later change starts a new drain.
    this.#draining = false;
  }

  /** Settles the first changes of the queue and returns those that did not fit into this commit. */
  async #commitTogether(queued: Queued[]): Promise<Queued[]> {
    let together = queued.slice(0, MAX_TOGETHER);
    const onceKeys = together.flatMap(({ idempotencyId }) => idempotencyId ?? []);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // A state that was not read just now may be stale. It is good enough to commit on, because
      // the commit checks it, but not to refuse on.
      const fresh = this.#state === null || attempt > 0;
      const base = fresh ? await this.#read() : this.#state;
      if (!base) throw channelNotFound();
      // Read this after the state, and again at each attempt: a commit that stores a result in
      // between makes this one fail.
      const done = onceKeys.length > 0 ? await this.#done(onceKeys) : new Map<string, Done>();
      const accounts = await this.#accounts(base);
      const { commit, bodyBytes, decided, bytes } = this.#decideAll(base, together, done, accounts);
      const refused = decided.some(({ kind }) => kind !== "changed");
      if (refused && !fresh) {
        const newest = await this.#read();
        if (newest !== base) continue;
      }
      if (decided.some(({ kind }) => kind === "changed")) {
        const state = await this.#commit(commit);
        if (state === "oversize") {
          if (decided.length === 1) {
            settle(queued[0]!, { kind: "failed", error: tooLarge() });
            return queued.slice(1);
          }
          together = together.slice(0, 1); // only one of them may be too large
          continue;
        }
        if (!state) {
          this.#state = null; // another instance was faster, or the commit was lost: read again
          continue;
        }
        this.#state = state;
        this.#recent.add(commit.entries, bodyBytes);
        this.#deps.committed(state, bytes);
      }
      decided.forEach((outcome, i) => settle(queued[i]!, outcome));
      return queued.slice(decided.length);
    }
    throw new Refusal("UNAVAILABLE", "The channel can't be changed right now. Try again.", 250);
  }

  #read(): Promise<StoredChannel | null> {
    return fromStore(this.#deps.log, this.#channelId, () => this.load());
  }

  #accounts({ channel: { channel_id: channelId, creator: maker } }: StoredChannel) {
    const { store: { ledger }, log } = this.#deps;
    return fromStore(log, channelId, () => ledger.accounts({ channelId, maker }));
  }

  #done(onceKeys: string[]): Promise<Map<string, Done>> {
    const { store, log, now } = this.#deps;
    return fromStore(log, this.#channelId, () => store.done(this.#channelId, onceKeys, now()));
  }

  #decideAll(
    base: StoredChannel,
    queued: Queued[],
    done: Map<string, Done>,
    accounts: Accounts,
  ): { commit: ChannelCommit; bodyBytes: number[]; decided: Decided[]; bytes: number } {
    let { channel, head } = base;
    const { secret } = base;
    const entries: Entry[] = [];
    const bodyBytes: number[] = [];
    const memories = new Map<string, BotMemory | null>();
    const remembered = new Map<string, Done>();
    const decided: Decided[] = [];
    /** The bytes that are written, and the growth of the stored bytes. */
    let [bytes, pending] = [0, 0];
    for (const { decide, idempotencyId } of queued) {
      if (entries.length >= FULL_ENTRIES || bytes >= FULL_BYTES) break;
      try {
        const change = decide({
          channel,
          head,
          secret,
          done: idempotencyId && done.get(idempotencyId) || undefined,
        });
        if (!change) {
          decided.push({ kind: "nothing" });
          continue;
        }
        const now = this.#deps.now();
        const kept = { ...change, channel: keepingShown(channel, change.channel, head.size) };
        const named = withRounds(kept, timeAfter(head, now));
        const next = append(head, named.drafts, this.#channelId, secret, now);
        const cursors = cursorsAfter(head, change, next.entries);
        const timers = withoutGone(change.timers ?? head.timers, cursors);
        const result = idempotencyId && change.request && next.entries[0]
          ? doneNow(next.entries[0].id, change.request, now)
          : undefined;
        const stored = storedBytesAfter(head.kept, {
          drafts: named.drafts,
          bots: named.channel.bots,
          memories: change.memories,
          ...(named.channel !== channel && { channel: named.channel }),
          ...(result && { done: result }),
        });
        const isNewRecord = named.channel !== channel;
        if (isNewRecord) refuseLargeRecord(channel, named.channel);
        const own = totalBytes(head.kept);
        const more = totalBytes(stored) - own;
        if (more > 0 && !change.always) this.#refuseFull(channel, accounts, { own, pending, more });
        pending += more;
        bytes += stored.log - (head.kept?.log ?? 0) + (isNewRecord ? stored.record : 0);
        const turns = turnsAfter(head.turns, next.entries, named.channel);
        const said = lastSaid(next.entries) ?? head.said;
        const idle = idleAfter(head.idle, next.entries);
        head = {
          ...next.head,
          cursors,
          timers,
          turns,
          kept: stored,
          ...(said && { said }),
          ...(idle && { idle }),
        };
        if (change.chainSpent) head.chain_spent = true;
        channel = named.channel;
        for (const [botId, memory] of change.memories ?? []) {
          memories.set(botId, memory);
          bytes += stored.memories[botId] ?? 0;
        }
        entries.push(...next.entries);
        bodyBytes.push(...named.drafts.map(({ body }) => body.bytes));
        if (idempotencyId && result) {
          remembered.set(idempotencyId, result);
          done.set(idempotencyId, result);
        }
        const { answer } = change;
        decided.push({ kind: "changed", answer, committed: { ...next, channel, head } });
      } catch (error) {
        decided.push({ kind: "failed", error });
      }
    }
    const commitId = this.#deps.newId();
    const commit = { base, channel, head, secret, entries, memories, remembered, commitId };
    return { commit, bodyBytes, decided, bytes };
  }

  /** `own` is the size of the channel, `pending` the growth that is decided but not yet in the
   *  accounts. */
  #refuseFull(
    { creator }: StoredChannel["channel"],
    accounts: Accounts,
    { own, pending, more }: { own: number; pending: number; more: number },
  ): void {
    const standing = this.#deps.store.ledger.standing(creator, accounts, own - pending);
    const refusal = noRoomFor(pending + more, standing);
    if (refusal) throw refusal;
  }

  /** Commits. When the database fails, checks whether the commit was applied all the same. Null
   *  means that it was not and may be retried; "oversize" means that it can never be applied. */
  async #commit(commit: ChannelCommit): Promise<StoredChannel | null | "oversize"> {
    const { store, log } = this.#deps;
    const channel = this.#channelId;
    try {
      return await store.commit(commit);
    } catch (error) {
      if (error instanceof Oversize) return "oversize";
      log("warn", "commit_failed", { channel, error: String(error) });
      this.#state = null;
      if (error instanceof StoreAway) throw error; // it may be committed later

      const isThere = await fromStore(log, channel, () => store.wasCommitted(commit));
      return isThere ? await this.#read() : null;
    }
  }
}

function settle(queued: Queued, outcome: Decided): void {
  if (outcome.kind === "failed") queued.reject(outcome.error);
  else if (outcome.kind === "nothing") queued.resolve(null);
  else queued.resolve(outcome.answer(outcome.committed));
}
