/** How many bytes the store holds for whom, and how many it may hold. A channel and everything in
 *  it count for the principal that created it. The size of a record is that of its value in UTF-8
 *  plus a fixed size for its key, so equal contents count the same on every database. */
import type { Bot, BotMemory } from "../bot/bot.ts";
import type { Channel } from "../channel/channel.ts";
import type { StoredBytes } from "../transcript/stored_bytes.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import { utf8Length } from "../limits/bounded_json.ts";
import { STORE_LIMITS } from "../limits/store.ts";
import type { Done } from "../channel/idempotency.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { botEvidence } from "../announcements/hooks.ts";
import type { Draft } from "../transcript/transcript.ts";

/** The size of a key: the key itself, and the database's overhead for a row. */
export const KEY_BYTES = 128;
/** The size of an entry without its body: its other fields, and its share of the tiles of the
 *  channel's tree. */
const ENTRY_BYTES = 640;
const ADDRESSEE_BYTES = 12;
/** What not everybody may read counts as the largest of its kind. Otherwise admins could read the
 *  length of a whisper, or of a bot's state that holds one, from the channel's size. */
const ADDRESSED_BYTES = BOT_LIMITS.bodyBytes;
const SECRET_STATE_BYTES = BOT_LIMITS.botStateBytes;
/** All timers of a bot, in the channel's head and in the bot's memory: their names may tell what a
 *  bot has heard. A unit of a name takes six bytes where JSON escapes it. */
const TIMERS_BYTES = 2 * BOT_LIMITS.timersPerBot * (6 * BOT_LIMITS.timerNameChars + 64);
/** What one hook may send to the network and receive from it, as stored. */
export const EVIDENCE_BYTES = BOT_LIMITS.netRequests *
  (BOT_LIMITS.netAnswerBytes + BOT_LIMITS.netRequestBytes + 8 * 1024);
/** The size of a channel's head without its timers, of its secret, and of the keys of what is
 *  due. */
const CHANNEL_BYTES = 4 * 1024;
/** The size of an index record that leads to a channel: for an invite, a rejoin token or a place in
 *  a list. */
const WAY_BYTES = 2 * KEY_BYTES;

const NOTHING: StoredBytes = { log: 0, record: 0, memories: {} };
export const NEW_CHANNEL: StoredBytes = { ...NOTHING, log: CHANNEL_BYTES };

export function totalBytes({ log, record, memories }: StoredBytes = NOTHING): number {
  return Object.values(memories).reduce((sum, bytes) => sum + bytes, log + record);
}

/** The parts that a commit writes; a part that it leaves unchanged is absent. */
interface Written {
  drafts: readonly Pick<Draft, "sender" | "body" | "to">[];
  channel?: Channel;
  /** The bots of the channel, whether its record is written or not. */
  bots: readonly Pick<Bot, "bot_id" | "private">[];
  memories?: ReadonlyMap<string, BotMemory | null> | undefined;
  done?: Done;
}

/** The stored bytes of a channel after a commit. */
export function storedBytesAfter(before: StoredBytes = NOTHING, written: Written): StoredBytes {
  const { drafts, channel, bots, memories = new Map(), done } = written;
  const listening = bots.filter((bot) => bot.private).map(({ bot_id }) => bot_id);
  let { log } = before;
  for (const draft of drafts) log += draftBytes(draft) + ENTRY_BYTES;
  if (done) log += jsonBytes(done) + 2 * KEY_BYTES;
  const after: StoredBytes = { ...before, log };
  if (channel) after.record = recordBytes(channel);
  if (memories.size > 0) {
    after.memories = { ...before.memories };
    for (const [botId, memory] of memories) {
      const keepsSecrets = listening.includes(botId);
      if (memory) after.memories[botId] = memoryBytes(memory, keepsSecrets) + 2 * KEY_BYTES;
      else delete after.memories[botId];
    }
  }
  return after;
}

/** Evidence for some players counts with the bodies that it names; other bodies have their own
 *  counts (`BlobStore`). */
function draftBytes({ sender, body, to }: Pick<Draft, "sender" | "body" | "to">): number {
  if (!to) return body.bytes;
  const named = botEvidence.in({ sender, body: body.value }) ? EVIDENCE_BYTES : 0;
  return ADDRESSED_BYTES + ADDRESSEE_BYTES * to.length + named;
}

/** A memory without its timers. A bot that has read an addressed entry has a `blind`; one that may
 *  read them `keepsSecrets` before, too, as for answers to questions yet to be asked. */
function memoryBytes(
  { state, state_version, timers: _, ...open }: BotMemory,
  keepsSecrets: boolean,
): number {
  const isSecret = keepsSecrets || open.blind !== "";
  const secret = isSecret ? SECRET_STATE_BYTES : jsonBytes({ state, state_version });
  return jsonBytes(open) + secret;
}

function recordBytes({ bots, ...record }: Channel): number {
  const ways = 2 * record.seats.length + record.slots.length + 2;
  const each = KEY_BYTES + 2 * WAY_BYTES + TIMERS_BYTES;
  const own = bots.reduce((sum, bot) => sum + jsonBytes(bot) + each, 0);
  return jsonBytes(record) + KEY_BYTES + ways * WAY_BYTES + own;
}

/** The size of a value as stored. */
export function jsonBytes(value: unknown): number {
  return utf8Length(JSON.stringify(value));
}

/** The storage limits in bytes; Infinity for no limit. */
export interface StorageBounds {
  /** In one channel. */
  channel: number;
  /** For one guest, and for one person who signed in. */
  perGuest: number;
  perPerson: number;
  /** For all guests together: one person can be many guests. */
  guests: number;
}

export const STORAGE_BOUNDS: StorageBounds = {
  channel: STORE_LIMITS.channelBytes,
  perGuest: STORE_LIMITS.storagePerGuestBytes,
  perPerson: STORE_LIMITS.storagePerPersonBytes,
  guests: STORE_LIMITS.storageOfGuestsBytes,
};

/** The storage use that limits a channel: its own, its creator's, and that of all guests when the
 *  creator is a guest. */
export interface StorageStanding {
  channel: Usage;
  maker: Usage;
  guests?: Usage;
}

export interface Usage {
  bytes: number;
  limit: number;
}

/** The refusal when `more` bytes do not fit, with the way out; undefined when they fit. */
export function noRoomFor(
  more: number,
  { channel, maker, guests }: StorageStanding,
): Refusal | undefined {
  const isFull = ({ bytes, limit }: Usage) => bytes + more > limit;
  if (isFull(channel)) {
    return new Refusal(
      "TOO_LARGE",
      `A channel stores at most ${inMiB(channel)}, and too little of that is left for this. ` +
        "You can still read the channel. To go on, create another one with create_channel.",
    );
  }
  if (isFull(maker)) {
    return new Refusal(
      "TOO_LARGE",
      `The server stores at most ${inMiB(maker)} for one ${guests ? "guest" : "person"}, and the ` +
        "creator of this channel has too little of that left for this. Use a channel that " +
        "somebody else created, or ask the operator to raise " +
        `STORAGE_PER_${guests ? "GUEST" : "PERSON"}_MB.`,
    );
  }
  if (guests && isFull(guests)) {
    return new Refusal(
      "TOO_LARGE",
      "The server's storage for all guests together is full. Use a channel that was created by " +
        "somebody who signed in, or ask the operator to raise STORAGE_GUESTS_MB.",
    );
  }
}

function inMiB({ limit }: Usage): string {
  return `${Math.floor(limit / 1024 ** 2)} MiB`;
}

/** The most bytes of a record. The database's limit is 64 KiB. */
const RECORD_MAX_BYTES = 60 * 1024;

/** Throws TOO_LARGE for a record that grows beyond its limit, and names what makes it large. */
export function refuseLargeRecord(before: Channel | null, after: Channel): void {
  const bytes = storedRecordBytes(after);
  if (bytes <= RECORD_MAX_BYTES || before && bytes <= storedRecordBytes(before)) return;
  const { slots, seats, former } = after;
  const parts = {
    "labels of slots": slots,
    "seats and their last tokens": seats,
    "members who left": former,
  };
  const shares = Object.entries(parts).map(([name, part]) => `${jsonBytes(part)} for the ${name}`);
  throw new Refusal(
    "TOO_LARGE",
    `The channel's record would be ${bytes} bytes, and at most ${RECORD_MAX_BYTES} are allowed. ` +
      `It has ${shares.join(", ")}. Free seats with leave_channel or yield_slot, keep a ` +
      "rejoin_token instead of rotating it, or create a channel with fewer slots and shorter " +
      "labels.",
  );
}

function storedRecordBytes(channel: Channel): number {
  return jsonBytes({ ...channel, bots: channel.bots.map(({ bot_id }) => bot_id) });
}
