/** Channels in Deno KV. A channel's head is its lock: every commit checks the head it was decided
 *  on and writes entries, record, bots' memories and the new head together, or nothing. */
import * as z from "zod";
import { Bot, BotMemory } from "../../domain/bot/bot.ts";
import { Channel } from "../../domain/channel/channel.ts";
import { Done } from "../../domain/channel/idempotency.ts";
import { JsonValue } from "../../kernel/json.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { totalBytes } from "../../domain/storage/storage.ts";
import { Entry, Head } from "../../domain/transcript/transcript.ts";
import { reindex } from "./channel_index.ts";
import { decode, encode } from "../codec.ts";
import { AtomicPart, CommitGroup } from "../commit_group.ts";
import { type Due, dueUnder, reindexDue } from "./due_index.ts";
import { keys } from "../keys.ts";
import { StorageLedger } from "./storage_ledger.ts";

/** A channel as it was read or committed; `version` names exactly this state. */
export interface StoredChannel {
  channel: Channel;
  head: Head;
  secret: Uint8Array;
  version: string;
}

/** The part of a channel's record that lists need; cheap to read. */
export interface ChannelSummary {
  channel_id: string;
  name: string;
  /** The principals that made it or sit in it; one may occur more than once. */
  principals: string[];
}

export interface ChannelCommit {
  /** The state that the commit was decided on; null to create the channel. */
  base: StoredChannel | null;
  channel: Channel;
  head: Head;
  secret: Uint8Array;
  entries: readonly Entry[];
  /** Bots' memories to write; null removes one. */
  memories: ReadonlyMap<string, BotMemory | null>;
  /** The outcomes of calls with an idempotency key, by `idempotencyId`. */
  remembered?: ReadonlyMap<string, Done>;
  /** Random; stands in all that a commit writes, to tell whether one whose answer was lost was
   *  applied. */
  commitId: string;
}

/** Keys that KV reads at once. */
const MAX_READS = 10;
/** Of an entry, at most: as many are read at once as fill what is asked for. Those that are larger
 *  are read in vain. */
const USUAL_BYTES = 4 * 1024;

const StoredRecord = Channel.extend({ bots: z.array(z.string()) });
const ListedRecord = z.object({
  channel_id: z.string(),
  name: z.string(),
  creator: z.string(),
  seats: z.array(z.object({ principal: z.string() })),
});
const StoredEntry = Entry.extend({ commit_id: z.string() });
const StoredHead = Head.extend({ commit_id: z.string() });
/** `state_apart`: the state does not fit beside the rest, and stands under a key of its own. */
const StoredMemory = BotMemory.extend({ state_apart: z.literal(true).optional() });
/** A memory up to this size is one value. */
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

  /** `maxParts`: how many channels' changes the database takes in one commit. */
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

  /** The channel's newest state, or null. A `known` state is returned again when it still is the
   *  newest. */
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
      if (!bots) continue; // a bot was removed between the two reads
      const { commit_id: _, ...rest } = decode(StoredHead, head.value);
      return {
        channel: { ...stored, bots },
        head: rest,
        secret: secret.value,
        version: head.versionstamp,
      };
    }
  }

  /** The summaries of at most ten channels, in order; null for one that is not there. */
  async summaries(channelIds: readonly string[]): Promise<(ChannelSummary | null)[]> {
    const found = await this.#kv.getMany<unknown[]>(channelIds.map((id) => keys.record(id)));
    return found.map(({ value }) => {
      if (value === null) return null;
      const { channel_id, name, creator, seats } = decode(ListedRecord, value);
      return { channel_id, name, principals: [creator, ...seats.map((seat) => seat.principal)] };
    });
  }

  async #bots(channelId: string, ids: string[]): Promise<Bot[] | null> {
    if (ids.length === 0) return [];
    const found = await this.#kv.getMany<unknown[]>(ids.map((id) => keys.bot(channelId, id)));
    if (found.some(({ value }) => value === null)) return null;
    return found.map(({ value }) => decode(Bot, value));
  }

  /** Commits. Returns the new state, or null when another instance has changed the channel
   *  meanwhile. Throws `Oversize` for what can't be stored at all, and when the database does; then
   *  `wasCommitted` tells whether it happened. */
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
      const record = { ...channel, bots: channel.bots.map((bot) => bot.bot_id) };
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

  /** Whether a commit whose answer was lost was applied, even if others followed it. A commit
   *  without entries that another one followed reads as no: repeating it is harmless. */
  async wasCommitted({ channel, entries, commitId }: ChannelCommit): Promise<boolean> {
    const { channel_id } = channel;
    const key = entries[0] ? keys.entry(channel_id, entries[0].id) : keys.head(channel_id);
    const { value } = await this.#kv.get(key);
    return value !== null &&
      decode(z.looseObject({ commit_id: z.string() }), value).commit_id === commitId;
  }

  /** Entries after an id, in order, at most `limit` of them, and no more once they fill `bytes` in
   *  the store. */
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
    const found: Entry[] = [];
    const batchSize = Math.min(limit, 500, Math.ceil(bytes / USUAL_BYTES));
    let read = 0;
    for await (const { value } of this.#kv.list(range, { limit, batchSize })) {
      const { commit_id: _, ...entry } = decode(StoredEntry, value);
      found.push(entry);
      read += (value as Uint8Array).length;
      if (read > bytes) break;
    }
    return found;
  }

  /** The outcomes of calls with an idempotency key, by `idempotencyId`, until they are
   *  forgotten. */
  async done(channelId: string, onceKeys: string[], now: Date): Promise<Map<string, Done>> {
    const found = new Map<string, Done>();
    for (let at = 0; at < onceKeys.length; at += MAX_READS) {
      const some = onceKeys.slice(at, at + MAX_READS);
      const read = await this.#kv.getMany<unknown[]>(some.map((key) => keys.done(channelId, key)));
      for (const [i, { value }] of read.entries()) {
        const done = value === null ? null : decode(Done, value);
        if (done && done.expires_at > now.getTime()) found.set(some[i]!, done);
      }
    }
    return found;
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

  /** The channel that an invite (SHA-256 hex) leads to, used or not. */
  async channelOfInvite(hash: string): Promise<string | null> {
    return (await this.#kv.get<string>(keys.invite(hash))).value;
  }

  /** The channel that a rejoin token (SHA-256 hex) leads to. */
  async channelOfRejoin(hash: string): Promise<string | null> {
    return (await this.#kv.get<string>(keys.rejoin(hash))).value;
  }

  /** Ids of the channels a principal has made or sits in, newest first, after a cursor of this
   *  method. */
  mine(principal: string, cursor?: string): Deno.KvListIterator<string> {
    return this.#kv.list<string>({ prefix: keys.mine(principal) }, {
      reverse: true,
      ...(cursor !== undefined && { cursor }),
    });
  }

  /** Ids of public channels, newest first, after a cursor of this method. */
  public(cursor?: string): Deno.KvListIterator<string> {
    return this.#kv.list<string>({ prefix: keys.public() }, {
      reverse: true,
      ...(cursor !== undefined && { cursor }),
    });
  }

  /** Whether a channel that anyone may read runs a source, or has. */
  async isSourceOpen(codeHash: string): Promise<boolean> {
    const found = this.#kv.list({ prefix: keys.sourceOpen(codeHash) }, { limit: 1 });
    return !(await found.next()).done;
  }

  /** Whether one of at most ten channels runs a source, or has. */
  async isSourceIn(codeHash: string, channelIds: readonly string[]): Promise<boolean> {
    const found = await this.#kv.getMany(channelIds.map((id) => keys.sourceIn(codeHash, id)));
    return found.some(({ versionstamp }) => versionstamp !== null);
  }

  /** Ids of channels whose bots have unanswered entries: a start-up resumes them. */
  async *pending(): AsyncGenerator<string> {
    for await (const { key } of this.#kv.list({ prefix: keys.pending() })) yield String(key[1]);
  }

  /** When the first timer of each channel that has timers comes due, in milliseconds since 1970. */
  timers(): AsyncGenerator<Due> {
    return dueUnder(this.#kv, keys.timers());
  }

  /** When the first round comes that each channel waits for which waits for any, in milliseconds
   *  since 1970. */
  rounds(): AsyncGenerator<Due> {
    return dueUnder(this.#kv, keys.rounds());
  }
}
