/** The transcript: an append-only list of entries, 1, 2, 3 with no gap, hashed into a Merkle tree.
 *  Pure: no clock, randomness or I/O, so equal input gives equal bytes. */
import * as z from "zod";
import { bytesToHex, concatBytes, HashText, hashText, hexToBytes, keyed } from "./hash.ts";
import { canonicalBytes, JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { appended, leafHash, rootOf } from "./merkle.ts";

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
  body: JsonObject;
  /** The players who may read the body; everyone when absent. */
  to?: string[];
  /** The entry whose hook said this; absent when no hook did. */
  cause?: number;
}

export const Entry = z.object({
  id: z.number().int().positive(),
  channel_id: z.string(),
  sender: z.string(),
  kind: EntryKind,
  body: JsonObject,
  /** ISO 8601, UTC, milliseconds; never earlier than the entry before. */
  ts: z.string(),
  to: z.array(z.string()).optional(),
  cause: z.number().int().optional(),
  /** RFC 6962 leaf hash. */
  hash: HashText,
  /** Tree head right after this entry, hex. */
  root: z.string(),
});
export type Entry = z.infer<typeof Entry>;

/** By bot and name: when it comes due, in milliseconds since 1970, and the entry whose hook set it. */
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
  /** Hooks that bots may still cause each other before a member speaks again; -1 once the channel was told. */
  chain: z.number().int(),
  timers: Timers.default({}),
});
export type Head = z.infer<typeof Head>;

export const EMPTY_HEAD: Head = { size: 0, range: [], ts: "", cursors: {}, chain: 0, timers: {} };

/** The 32 bytes that hide entry `id`'s body in its hash. They follow from the channel's secret, which is
 *  committed in entry 1, so nobody can try salts until a hash suits them. */
export function saltOf(secret: Uint8Array, id: number): Uint8Array {
  return keyed(secret, `mcp-multiplayer/salt/${id}`);
}

/** SHA-256(salt || canonical body). */
export function bodyHash(salt: Uint8Array, body: JsonObject): HashText {
  return hashText(concatBytes(salt, canonicalBytes(body)));
}

/** Puts drafts after a head. Returns the entries in order and the head that counts them. */
export function append(
  head: Head,
  drafts: readonly Draft[],
  channelId: string,
  secret: Uint8Array,
  now: Date,
): { entries: Entry[]; head: Head } {
  let { size, ts, chain } = head;
  let range: Uint8Array[] = head.range.map((hex) => hexToBytes(hex));
  const time = now.toISOString();
  if (time > ts) ts = time;
  const entries = drafts.map((draft): Entry => {
    const id = size + 1;
    const open = {
      id,
      channel_id: channelId,
      sender: draft.sender,
      kind: draft.kind,
      ts,
      ...(draft.to && { to: draft.to }),
      ...(draft.cause !== undefined && { cause: draft.cause }),
    };
    const leaf = leafHash(
      canonicalBytes({ ...open, body_hash: bodyHash(saltOf(secret, id), draft.body) }),
    );
    range = appended(range, size, leaf);
    size = id;
    if (draft.cause === undefined) chain = LIMITS.chainedHooks;
    return {
      ...open,
      body: draft.body,
      hash: `sha256:${bytesToHex(leaf)}`,
      root: bytesToHex(rootOf(range)),
    };
  });
  return {
    entries,
    head: { ...head, size, ts, chain, range: range.map((node) => bytesToHex(node)) },
  };
}
