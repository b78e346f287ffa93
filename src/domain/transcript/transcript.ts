/** The transcript: an append-only list of entries, numbered 1, 2, 3 without gaps and hashed into a
 *  Merkle tree. Pure: no clock, randomness or I/O, so equal input gives equal bytes. */
import * as z from "zod";
import {
  bytesToHex,
  HashText,
  hexToBytes,
  keyed,
  keyedBy,
  prefixedHash,
} from "../../kernel/hash.ts";
import { canonicalText, JsonObject } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import type { Body } from "./body.ts";
import { appended, rootOf, textLeafHash } from "../../kernel/merkle.ts";
import { KeptTurns, NO_TURNS } from "./kept_turns.ts";
import { StoredBytes } from "./stored_bytes.ts";

/** Members post `user`; the other kinds come from bots and the server. */
export const EntryKind = z.enum(["user", "bot", "system", "control"]);
export type EntryKind = z.infer<typeof EntryKind>;

/** The sender of entries that the server itself writes. */
export const SYSTEM = "system";

/** Whether spectators say it: members see it, no bot hears it, and it is no move. The id, eight hex
 *  digits, is the same for all that a sign-in says in a channel. */
export function isSpectator({ sender }: { sender: string }): boolean {
  return /^spectator:[0-9a-f]{8}$/.test(sender);
}

/** The sender of what a principal says as a spectator of the channel with this secret. */
export function spectatorSender(secret: Uint8Array, principal: string): string {
  return `spectator:${
    bytesToHex(keyed(secret, `mcp-multiplayer/spectator/${principal}`)).slice(0, 8)
  }`;
}

/** An entry before it has a place in the log. */
export interface Draft {
  /** A player id, `bot:<bot_id>`, `spectator:<id>` or `system`. */
  sender: string;
  kind: EntryKind;
  body: Body;
  /** The players who may read the body; everyone when absent. */
  to?: string[];
  /** The entry that called the hook which produced this one; absent when no hook did. */
  cause?: number;
}

/** The fields of an entry that every reader of the channel sees, whoever may read its body. */
export const OpenFields = z.object({
  id: z.number().int().positive().describe("1 for the first of the channel, then 2, 3 and so on."),
  channel_id: z.string().describe("chn_..."),
  sender: z.string().describe("A player id, system, or bot:<bot id>."),
  kind: EntryKind.describe("user from members; the others from bots and the server."),
  ts: z.string().describe("ISO 8601, UTC; never earlier than that of the message before."),
  to: z.array(z.string()).optional().describe("The players who may read it; absent: everyone."),
  cause: z.number().int().optional().describe("The message whose hook posted it."),
});
export type OpenFields = z.infer<typeof OpenFields>;

export const Entry = OpenFields.extend({
  body: JsonObject,
  /** RFC 6962 leaf hash. */
  hash: HashText,
  /** Tree head right after this entry, hex. */
  root: z.string(),
  /** How many entries in a row, up to this one, bots have caused; 0 for an entry that no hook
   *  produced. */
  chained: z.number().int().default(0),
});
export type Entry = z.infer<typeof Entry>;

/** The due time of each timer, by bot and name, in milliseconds since 1970, and the entry whose
 *  hook set it. */
export const Timers = z.record(
  z.string(),
  z.record(z.string(), z.object({ due_ms: z.number().int(), cause: z.number().int() })),
);
export type Timers = z.infer<typeof Timers>;

/** A hook's change of a timer: its due time in milliseconds since 1970, or null to clear it. */
export type TimerChange = { name: string; due_ms: number | null };

/** The state that appending needs. It is committed together with the entries that it counts. */
export const Head = z.object({
  /** The id of the last entry. */
  size: z.number().int(),
  /** RFC 6962 compact range, hex, largest subtree first. */
  range: z.array(z.string()),
  ts: z.string(),
  /** When a member or a bot last said something, or a player joined; absent while nobody has, and
   *  until somebody does in a channel of an earlier release. See `lastSaid`. */
  said: z.string().optional(),
  /** When a member last did something, and when the server will close the channel, if it has warned
   *  since; absent in heads of earlier releases. See `idle.ts`. */
  idle: z.object({ since: z.string(), closes_at: z.string().optional() }).optional(),
  /** The last entry that each bot has processed, by bot id. */
  cursors: z.record(z.string(), z.number().int()),
  /** How many entries bots have caused since the last entry that no hook produced. */
  chained: z.number().int().default(0),
  /** Whether an entry has announced that these are too many for bots to answer. */
  chain_spent: z.boolean().default(false),
  timers: Timers.default({}),
  turns: KeptTurns,
  /** The stored bytes of the channel, as far as they were counted: see storage.ts. */
  kept: StoredBytes.optional(),
});
export type Head = z.infer<typeof Head>;

export const EMPTY_HEAD: Head = {
  size: 0,
  range: [],
  ts: "",
  cursors: {},
  chained: 0,
  chain_spent: false,
  timers: {},
  turns: NO_TURNS,
};

/** The two keys that the salts of a channel derive from. Entry 1 commits to both, so nobody can try
 *  salts until a hash suits them. The key for entries for everyone is revealed when the channel
 *  closes. The key for addressed entries is never revealed, because it would let anyone check
 *  guesses of their bodies. */
export function saltKeys(secret: Uint8Array): { open: Uint8Array; addressed: Uint8Array } {
  return {
    open: keyed(secret, "mcp-multiplayer/salts/open"),
    addressed: keyed(secret, "mcp-multiplayer/salts/addressed"),
  };
}

/** The 32-byte salt that hides the body of entry `id` in its hash. */
export function saltUnder(key: Uint8Array, id: number): Uint8Array {
  return keyed(key, saltLabel(id));
}

/** A function that returns the salt of each entry; faster than `saltUnder` for many of them. */
export function saltsUnder(key: Uint8Array): (id: number) => Uint8Array {
  const saltOfLabel = keyedBy(key);
  return (id) => saltOfLabel(saltLabel(id));
}

function saltLabel(id: number): string {
  return `mcp-multiplayer/salt/${id}`;
}

/** The salt of an entry in the channel with this secret. */
export function saltOf(secret: Uint8Array, { id, to }: Pick<Entry, "id" | "to">): Uint8Array {
  const { open, addressed } = saltKeys(secret);
  return saltUnder(to ? addressed : open, id);
}

/** SHA-256(salt || canonical body). */
export function bodyHash(salt: Uint8Array, body: JsonObject): HashText {
  return textHash(salt, canonicalText(body));
}

/** The same hash, from a body's canonical text. */
export function textHash(salt: Uint8Array, canonical: string): HashText {
  return `sha256:${bytesToHex(prefixedHash(salt, canonical))}`;
}

/** RFC 6962 leaf hash of an entry, over the canonical JSON of its open fields and the hash of its
 *  body. */
export function entryLeaf(entry: OpenFields, body_hash: HashText): Uint8Array {
  return textLeafHash(canonicalText({ ...openFields(entry), body_hash }));
}

export function openFields(
  { id, channel_id, sender, kind, ts, to, cause }: OpenFields,
): OpenFields {
  return {
    id,
    channel_id,
    sender,
    kind,
    ts,
    ...(to && { to }),
    ...(cause !== undefined && { cause }),
  };
}

/** Whether bots answer an entry. They do not answer one too far down a chain of bots that answer
 *  each other. */
export function isAnswered({ chained }: Pick<Entry, "chained">): boolean {
  return chained <= BOT_LIMITS.chainedEntries;
}

/** The root of the tree of all entries that a head counts: 32 bytes. */
export function treeRoot({ range }: Pick<Head, "range">): Uint8Array {
  return rootOf(range.map((hex) => hexToBytes(hex)));
}

/** The time of an entry appended after a head: never earlier than the entry before it. */
export function timeAfter({ ts }: Head, now: Date): string {
  const time = now.toISOString();
  return time > ts ? time : ts;
}

/** Appends drafts after a head. Returns the entries in order and the new head. */
export function append(
  head: Head,
  drafts: readonly Draft[],
  channelId: string,
  secret: Uint8Array,
  now: Date,
): { entries: Entry[]; head: Head } {
  let { size, chained, chain_spent } = head;
  let range: Uint8Array[] = head.range.map((hex) => hexToBytes(hex));
  const ts = timeAfter(head, now);
  const entries = drafts.map((draft): Entry => {
    const id = size + 1;
    const open = openFields({ ...draft, id, channel_id: channelId, ts });
    const leaf = entryLeaf(open, textHash(saltOf(secret, open), draft.body.canonical));
    range = appended(range, size, leaf);
    size = id;
    chained = draft.cause === undefined ? 0 : chained + 1;
    if (chained === 0) chain_spent = false;
    return {
      ...open,
      body: draft.body.value,
      hash: `sha256:${bytesToHex(leaf)}`,
      root: bytesToHex(rootOf(range)),
      chained,
    };
  });
  return {
    entries,
    head: { ...head, size, ts, chained, chain_spent, range: range.map((node) => bytesToHex(node)) },
  };
}
