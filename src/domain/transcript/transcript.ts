/** The transcript: an append-only list of entries, 1, 2, 3 with no gap, hashed into a Merkle tree.
 *  Pure: no clock, randomness or I/O, so equal input gives equal bytes. */
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
import { Kept } from "./kept.ts";

/** Members post `user`; the other kinds come from bots and the server. */
export const EntryKind = z.enum(["user", "bot", "system", "control"]);
export type EntryKind = z.infer<typeof EntryKind>;

/** The sender of what the server itself says. */
export const SYSTEM = "system";

/** What someone wants to say, before it has a place. */
export interface Draft {
  /** A player id, `bot:<bot_id>` or `system`. */
  sender: string;
  kind: EntryKind;
  body: Body;
  /** The players who may read the body; everyone when absent. */
  to?: string[];
  /** The entry whose hook said this; absent when no hook did. */
  cause?: number;
}

/** What everyone who may read a channel sees of an entry, whoever its body is for. */
export const OpenFields = z.object({
  id: z.number().int().positive(),
  channel_id: z.string(),
  sender: z.string(),
  kind: EntryKind,
  /** ISO 8601, UTC, milliseconds; never earlier than the entry before. */
  ts: z.string(),
  to: z.array(z.string()).optional(),
  cause: z.number().int().optional(),
});
export type OpenFields = z.infer<typeof OpenFields>;

export const Entry = OpenFields.extend({
  body: JsonObject,
  /** RFC 6962 leaf hash. */
  hash: HashText,
  /** Tree head right after this entry, hex. */
  root: z.string(),
  /** How many entries up to this one bots have caused in a row; 0 for one that no hook said. */
  chained: z.number().int().default(0),
});
export type Entry = z.infer<typeof Entry>;

/** By bot and name: when it comes due, in milliseconds since 1970, and the entry whose hook set
 *  it. */
export const Timers = z.record(
  z.string(),
  z.record(z.string(), z.object({ due_ms: z.number().int(), cause: z.number().int() })),
);
export type Timers = z.infer<typeof Timers>;

/** What a hook says of its bot's timers: due in milliseconds since 1970, or cleared. */
export type TimerChange = { name: string; due_ms: number | null };

/** What must be known to append: written together with the entries it counts. */
export const Head = z.object({
  /** The id of the last entry. */
  size: z.number().int(),
  /** RFC 6962 compact range, hex, largest subtree first. */
  range: z.array(z.string()),
  ts: z.string(),
  /** How far each bot has come, by bot id. */
  cursors: z.record(z.string(), z.number().int()),
  /** How many entries bots have caused since the last that no hook said. */
  chained: z.number().int().default(0),
  /** Whether the channel was told that these are too many to be answered. */
  chain_spent: z.boolean().default(false),
  timers: Timers.default({}),
  /** What is kept of the channel, as far as it was counted: see storage.ts. */
  kept: Kept.optional(),
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
};

/** The two keys that the salts of a channel derive from. Entry 1 commits to both, so nobody can try
 *  salts until a hash suits them. That of entries for everyone is revealed when the channel closes;
 *  that of addressed ones never, for it would let anyone try what their bodies are. */
export function saltKeys(secret: Uint8Array): { open: Uint8Array; addressed: Uint8Array } {
  return {
    open: keyed(secret, "mcp-multiplayer/salts/open"),
    addressed: keyed(secret, "mcp-multiplayer/salts/addressed"),
  };
}

/** The 32 bytes that hide entry `id`'s body in its hash. */
export function saltUnder(key: Uint8Array, id: number): Uint8Array {
  return keyed(key, saltLabel(id));
}

/** The same for many entries. */
export function saltsUnder(key: Uint8Array): (id: number) => Uint8Array {
  const saltOfLabel = keyedBy(key);
  return (id) => saltOfLabel(saltLabel(id));
}

function saltLabel(id: number): string {
  return `mcp-multiplayer/salt/${id}`;
}

/** The salt of an entry of the channel with this secret. */
export function saltOf(secret: Uint8Array, { id, to }: Pick<Entry, "id" | "to">): Uint8Array {
  const { open, addressed } = saltKeys(secret);
  return saltUnder(to ? addressed : open, id);
}

/** SHA-256(salt || canonical body). */
export function bodyHash(salt: Uint8Array, body: JsonObject): HashText {
  return textHash(salt, canonicalText(body));
}

/** The same of a body's canonical text. */
export function textHash(salt: Uint8Array, canonical: string): HashText {
  return `sha256:${bytesToHex(prefixedHash(salt, canonical))}`;
}

/** RFC 6962 leaf hash of an entry: over the canonical JSON of its open fields and its body's
 *  hash. */
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

/** Whether bots answer an entry: not one so far down a chain of bots that answer each other. */
export function isAnswered({ chained }: Pick<Entry, "chained">): boolean {
  return chained <= BOT_LIMITS.chainedEntries;
}

/** The tree head of all entries that a head counts: 32 bytes. */
export function treeRoot({ range }: Pick<Head, "range">): Uint8Array {
  return rootOf(range.map((hex) => hexToBytes(hex)));
}

/** The time of an entry that is put after a head: never earlier than the one before. */
export function timeAfter({ ts }: Head, now: Date): string {
  const time = now.toISOString();
  return time > ts ? time : ts;
}

/** Puts drafts after a head. Returns the entries in order and the head that counts them. */
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
