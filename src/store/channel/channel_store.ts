/** Channels in Deno KV, with optimistic concurrency: every commit checks that the channel's head is
 *  still the one it was based on, and writes entries, record, bots' memories and the new head
 *  atomically. */
import * as z from "zod";
import { Bot, BotMemory } from "../../domain/bot/bot.ts";
import { Channel, Seat, Slot } from "../../domain/channel/channel.ts";
import { turnsAfter } from "../../domain/channel/keep_turns.ts";
import { listedFacts } from "../../domain/channel/listed.ts";
import { Done } from "../../domain/channel/idempotency.ts";
import { JsonValue } from "../../kernel/json.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { totalBytes } from "../../domain/storage/storage.ts";
import { type KeptTurns, NO_TURNS } from "../../domain/transcript/kept_turns.ts";
import { Entry, Head } from "../../domain/transcript/transcript.ts";
import { type ChannelState, reindex, unindex } from "./channel_index.ts";
import { decode, encode } from "../codec.ts";
import { AtomicPart, CommitGroup } from "../commit_group.ts";
import { type Due, dueUnder, idleUntil, reindexDue, unindexDue } from "./due_index.ts";
import { keys } from "../keys.ts";
import { reindexRated } from "./rated_index.ts";
import { StorageLedger } from "./storage_ledger.ts";

/** A channel's state as read or committed. `version` is the versionstamp of its head. */
export interface StoredChannel {
  channel: Channel;
  head: Head;
  secret: Uint8Array;
  version: string;
}

/** The fields of a channel's record that lists need. */
export type ChannelSummary = z.infer<typeof ListedRecord>;

export interface ChannelCommit {
  /** The state that the commit is based on; null to create the channel. */
  base: StoredChannel | null;
  channel: Channel;
  head: Head;
  secret: Uint8Array;
  entries: readonly Entry[];
  /** Bots' memories to write; null removes one. */
  memories: ReadonlyMap<string, BotMemory | null>;
  /** The outcomes of calls with an idempotency key, by `idempotencyId`. */
  remembered?: ReadonlyMap<string, Done>;
  /** Random. The head and every entry of the commit carry it, so that `wasCommitted` recognises
   *  them. */
  commitId: string;
}

/** The most keys that Deno KV reads in one request. */
const MAX_READS = 10;
/** The assumed size of an entry, from which a batch is sized. If entries are larger, a part of the
 *  batch is read in vain. */
const USUAL_BYTES = 4 * 1024;

const StoredRecord = Channel.extend({ bots: z.array(z.string()) });
const ListedRecord = Channel.pick({
  channel_id: true,
  name: true,
  creator: true,
  closed: true,
  visibility: true,
  open_seats: true,
  spectating: true,
}).extend({
  seats: z.array(Seat.pick({ principal: true })),
  slots: z.array(Slot.pick({ kind: true, filled_by: true })),
  /** Absent in records of earlier releases. */
  listed: z.object({ over: z.boolean(), games: z.array(z.string()) }).optional(),
});
const StoredEntry = Entry.extend({ commit_id: z.string() });
const StoredHead = Head.extend({
  commit_id: z.string(),
  /** Absent in heads that older servers wrote. */
  turns: Head.shape.turns.optional(),
});
/** How many of the latest entries of such a channel are searched for words on turns. */
const TURN_LOOKBACK = 500;
/** `state_apart`: the whole does not fit into one value, so the state is under a separate key. */
const StoredMemory = BotMemory.extend({ state_apart: z.literal(true).optional() });
/** A larger memory is stored as two values. */
const WHOLE_MEMORY_BYTES = 60 * 1024;

/** The stored parts of a memory, and their keys. */
function memoryParts(
  channelId: string,
  botId: string,
  memory: BotMemory,
): [key: Deno.KvKey, value: Uint8Array][] {
  const key = keys.memory(channelId, botId);
  const whole = encode(memory);
  if (whole.length <= WHOLE_MEMORY_BYTES) return [[key, whole]];
  const { state, ...rest } = memory;
  return [
    [key, encode({ ...rest, state: null, state_apart: true })],
    [keys.state(channelId, botId), encode(state)],
  ];
}

export class ChannelStore {
  readonly #kv: Deno.Kv;
  readonly #commits: CommitGroup;
  readonly ledger: StorageLedger;

  /** `maxParts`: the most channels whose changes the database accepts in one commit. */
  constructor(
    kv: Deno.Kv,
    { ledger = new StorageLedger({ kv }), maxParts }: {
      ledger?: StorageLedger;
      maxParts?: number;
    } = {},
  ) {
    this.#kv = kv;
    this.ledger = ledger;
    this.#commits = new CommitGroup(kv, maxParts);
  }

  /** The channel's newest state, or null. Returns `known` itself if it is still the newest. */
  async load(channelId: string, known?: StoredChannel): Promise<StoredChannel | null> {
    const headKey = keys.head(channelId);
    if (known) {
      const head = await this.#kv.get(headKey);
      if (head.versionstamp === known.version) return known;
    }
    for (;;) {
      const [head, record, secret] = await this.#kv.getMany<[unknown, unknown, Uint8Array]>([
        headKey,
        keys.record(channelId),
        keys.secret(channelId),
      ]);
      if (head.versionstamp === null || secret.value === null) return null;
      const stored = decode(StoredRecord, record.value);
      const bots = await this.#bots(channelId, stored.bots);
      if (!bots) continue; // another commit removed a bot between the two reads
      const channel = { ...stored, bots };
      const { commit_id: _, turns, ...rest } = decode(StoredHead, head.value);
      return {
        channel,
        head: { ...rest, turns: turns ?? await this.#turnsOf(channel, rest.size) },
        secret: secret.value,
        version: head.versionstamp,
      };
    }
  }

  async #turnsOf(channel: Channel, size: number): Promise<KeptTurns> {
    const after = Math.max(0, size - TURN_LOOKBACK);
    const latest = await this.entries(channel.channel_id, after, size - after);
    return turnsAfter(NO_TURNS, latest, channel);
  }

  /** The summaries of at most ten channels, in order; null for a channel that does not exist. */
  async summaries(channelIds: readonly string[]): Promise<(ChannelSummary | null)[]> {
    const records = await this.#kv.getMany<unknown[]>(channelIds.map((id) => keys.record(id)));
    return records.map(({ value }) => value === null ? null : decode(ListedRecord, value));
  }

  async #bots(channelId: string, ids: string[]): Promise<Bot[] | null> {
    if (ids.length === 0) return [];
    const records = await this.#kv.getMany<unknown[]>(ids.map((id) => keys.bot(channelId, id)));
    if (records.some(({ value }) => value === null)) return null;
    return records.map(({ value }) => decode(Bot, value));
  }

  /** Commits. Returns the new state, or null if the channel has changed since `base`. Throws
   *  `Oversize` for a change that is too large for one commit. Any other error comes from the
   *  database, and `wasCommitted` then finds out whether the commit was applied. */
  async commit(change: ChannelCommit): Promise<StoredChannel | null> {
    const { base, channel, head, secret, entries } = change;
    const { channel_id } = channel;
    const headKey = keys.head(channel_id);
    const atomic = new AtomicPart({ key: headKey, versionstamp: base?.version ?? null });
    atomic.set(headKey, encode({ ...head, commit_id: change.commitId }));
    for (const entry of entries) {
      const value = encode({ ...entry, commit_id: change.commitId });
      atomic.set(keys.entry(channel_id, entry.id), value);
    }
    if (channel !== base?.channel) {
      const bots = channel.bots.map((bot) => bot.bot_id);
      const record = { ...channel, bots, listed: listedFacts(channel) };
      atomic.set(keys.record(channel_id), encode(record));
      reindex(atomic, base?.channel ?? null, channel);
      const before = base?.channel.bots ?? [];
      for (const bot of channel.bots) {
        if (!before.includes(bot)) atomic.set(keys.bot(channel_id, bot.bot_id), encode(bot));
      }
      for (const { bot_id } of before) {
        if (!channel.bots.some((bot) => bot.bot_id === bot_id)) {
          atomic.delete(keys.bot(channel_id, bot_id));
          atomic.delete(keys.state(channel_id, bot_id));
        }
      }
    }
    if (!base) atomic.set(keys.secret(channel_id), secret);
    for (const [botId, memory] of change.memories) {
      const key = keys.memory(channel_id, botId);
      if (!memory) atomic.delete(key);
      else for (const part of memoryParts(channel_id, botId, memory)) atomic.set(...part);
    }
    for (const [idempotencyId, done] of change.remembered ?? []) {
      atomic.set(keys.done(channel_id, idempotencyId), encode(done), CHANNEL_LIMITS.idempotencyMs);
    }
    reindexDue(atomic, base, { channel, head });
    if (channel.rated) reindexRated(atomic, base?.channel ?? null, { channel, entries });
    const bytes = totalBytes(head.kept) - totalBytes(base?.head.kept);
    const holder = { channelId: channel_id, maker: channel.creator };
    const counted = { blobs: false };
    for (const { key, amount } of this.ledger.sums(holder, bytes, counted)) {
      atomic.sum(key, amount);
    }
    atomic.refuseOversize();
    const accounts = await this.ledger.accounts(holder);
    try {
      const version = await this.#commits.commit(atomic);
      if (version === null) return null;
      this.ledger.moved(accounts, bytes, counted);
      return { channel, head, secret, version };
    } catch (error) {
      this.ledger.unsure(accounts);
      throw error;
    }
  }

  /** Deletes a channel for good: whatever leads to it, and its counts but those of blobs. `Remains`
   *  sweeps the rest. Returns whether the channel was still in this state. */
  async remove({ channel, head, version }: StoredChannel): Promise<boolean> {
    const { channel_id, creator: maker } = channel;
    const atomic = this.#kv.atomic().check({ key: keys.head(channel_id), versionstamp: version })
      .delete(keys.head(channel_id))
      .delete(keys.record(channel_id))
      .delete(keys.secret(channel_id))
      .set(keys.deleted(channel_id), maker);
    unindex(atomic, channel);
    unindexDue(atomic, { channel, head });
    const holder = { channelId: channel_id, maker };
    const bytes = -totalBytes(head.kept);
    const of = { blobs: false };
    for (const { key, amount } of this.ledger.sums(holder, bytes, of)) atomic.sum(key, amount);
    const accounts = await this.ledger.accounts(holder);
    try {
      const { ok } = await atomic.commit();
      if (ok) this.ledger.moved(accounts, bytes, of);
      return ok;
    } catch (error) {
      this.ledger.unsure(accounts);
      throw error;
    }
  }

  /** Whether there was a channel with this id that was deleted. */
  async wasDeleted(channelId: string): Promise<boolean> {
    return (await this.#kv.get(keys.deleted(channelId))).versionstamp !== null;
  }

  /** Whether a commit was applied, even if others followed it. For a commit without entries the
   *  answer is false once another has followed; repeating such a commit is harmless. */
  async wasCommitted({ channel, entries, commitId }: ChannelCommit): Promise<boolean> {
    const { channel_id } = channel;
    const key = entries[0] ? keys.entry(channel_id, entries[0].id) : keys.head(channel_id);
    const { value } = await this.#kv.get(key);
    return value !== null &&
      decode(z.looseObject({ commit_id: z.string() }), value).commit_id === commitId;
  }

  /** Entries after an id, in order: at most `limit`, and none after the one with which their stored
   *  size exceeds `bytes`. */
  async entries(
    channelId: string,
    after: number,
    limit: number,
    bytes = Infinity,
  ): Promise<Entry[]> {
    const range = {
      start: keys.entry(channelId, after + 1),
      end: keys.entry(channelId, after + 1 + limit),
    };
    const entries: Entry[] = [];
    const batchSize = Math.min(limit, 500, Math.ceil(bytes / USUAL_BYTES));
    let read = 0;
    for await (const { value } of this.#kv.list(range, { limit, batchSize })) {
      const { commit_id: _, ...entry } = decode(StoredEntry, value);
      entries.push(entry);
      read += (value as Uint8Array).length;
      if (read > bytes) break;
    }
    return entries;
  }

  /** The unexpired outcomes of calls with an idempotency key, by `idempotencyId`. */
  async done(channelId: string, onceKeys: string[], now: Date): Promise<Map<string, Done>> {
    const outcomes = new Map<string, Done>();
    for (let at = 0; at < onceKeys.length; at += MAX_READS) {
      const some = onceKeys.slice(at, at + MAX_READS);
      const read = await this.#kv.getMany<unknown[]>(some.map((key) => keys.done(channelId, key)));
      for (const [i, { value }] of read.entries()) {
        const done = value === null ? null : decode(Done, value);
        if (done && done.expires_at > now.getTime()) outcomes.set(some[i]!, done);
      }
    }
    return outcomes;
  }

  async memory(channelId: string, botId: string): Promise<BotMemory | null> {
    const [memory, state] = await this.#kv.getMany<unknown[]>([
      keys.memory(channelId, botId),
      keys.state(channelId, botId),
    ]);
    if (memory!.value === null) return null;
    const { state_apart, ...whole } = decode(StoredMemory, memory!.value);
    return state_apart ? { ...whole, state: decode(JsonValue, state!.value) } : whole;
  }

  /** The channel of an invite (SHA-256 hex), used or not. */
  async channelOfInvite(hash: string): Promise<string | null> {
    return (await this.#kv.get<string>(keys.invite(hash))).value;
  }

  /** The channel of a rejoin token (SHA-256 hex). */
  async channelOfRejoin(hash: string): Promise<string | null> {
    return (await this.#kv.get<string>(keys.rejoin(hash))).value;
  }

  /** Ids of the channels that a principal created or has a seat in, newest first, after a cursor of
   *  this method. */
  mine(principal: string, cursor?: string): Deno.KvListIterator<string> {
    return this.#newest(keys.mine(principal), cursor);
  }

  /** Ids of public channels, likewise: of those where something may still be played, of those where
   *  nothing is, or of those that offer seats. Channels that ended in earlier releases are among
   *  the first. */
  public(which: "going" | "ended" | "offering", cursor?: string): Deno.KvListIterator<string> {
    const prefixes = { going: keys.public, ended: keys.ended, offering: keys.offering };
    return this.#newest(prefixes[which](), cursor);
  }

  /** How many channels are in a state: counts at most `limit`. */
  async count(state: ChannelState, limit: number): Promise<number> {
    let count = 0;
    for await (const _ of this.#kv.list({ prefix: keys.byState(state) }, { limit })) count++;
    return count;
  }

  /** The newest channels in a state: their ids and when they were made, ISO 8601. */
  async newestIn(state: ChannelState, limit: number): Promise<{ id: string; at: string }[]> {
    const listed = this.#kv.list<string>({ prefix: keys.byState(state) }, { limit, reverse: true });
    return await Array.fromAsync(listed, ({ key, value }) => ({ id: value, at: String(key[2]) }));
  }

  #newest(prefix: Deno.KvKey, cursor: string | undefined): Deno.KvListIterator<string> {
    return this.#kv.list<string>({ prefix }, {
      reverse: true,
      ...(cursor !== undefined && { cursor }),
    });
  }

  /** Whether a channel that anyone may read runs a source, or has run it. */
  async isSourceOpen(codeHash: string): Promise<boolean> {
    const holders = this.#kv.list({ prefix: keys.sourceOpen(codeHash) }, { limit: 1 });
    return !(await holders.next()).done;
  }

  /** Whether one of at most ten channels runs a source, or has run it. */
  async isSourceIn(codeHash: string, channelIds: readonly string[]): Promise<boolean> {
    const holders = await this.#kv.getMany(channelIds.map((id) => keys.sourceIn(codeHash, id)));
    return holders.some(({ versionstamp }) => versionstamp !== null);
  }

  /** Ids of channels whose bots have unprocessed entries. The server resumes them at startup. */
  async *pending(): AsyncGenerator<string> {
    for await (const { key } of this.#kv.list({ prefix: keys.pending() })) yield String(key[1]);
  }

  /** For each channel with timers, when the first comes due. */
  timers(): AsyncGenerator<Due> {
    return dueUnder(this.#kv, keys.timers());
  }

  /** For each channel that is to be deleted, when. */
  deletions(): AsyncGenerator<Due> {
    return dueUnder(this.#kv, keys.deletions());
  }

  /** Ids of the channels in which the server may have to warn, or which it may have to close, until
   *  the end of this day. */
  idle(now: Date): AsyncGenerator<string> {
    return idleUntil(this.#kv, now);
  }

  /** For each channel that waits for rounds of public randomness, when the first is published. */
  rounds(): AsyncGenerator<Due> {
    return dueUnder(this.#kv, keys.rounds());
  }
}
