/** Checks of the log itself: ids, times, hashes, Merkle tree, signature and salts. */
import { applications } from "../domain/announcements/operations.ts";
import type { ChannelExport, ExportedEntry, PublishedKey } from "../domain/proof/channel_export.ts";
import { keyIdOf, parsedCheckpoint, type SignedCheckpoint } from "../kernel/checkpoint.ts";
import { bytesToHex, hashText, hexToBytes, utf8ToBytes } from "../kernel/hash.ts";
import { canonicalText, deeperThan } from "../kernel/json.ts";
import { appended, rootOf } from "../kernel/merkle.ts";
import { entryLeaf, saltsUnder, textHash } from "../domain/transcript/transcript.ts";
import { type Check } from "./report.ts";
import { Wrong } from "./model/wrong.ts";

/** Ids count up from 1, all entries belong to this channel, and each cause precedes its effect. */
export function checkIds({ channel_id, entries }: ChannelExport): string {
  for (const [i, { id, channel_id: own, cause }] of entries.entries()) {
    if (id !== i + 1) {
      throw new Wrong(
        `The entry stands at position ${i + 1}: an entry was dropped, added or moved.`,
        id,
      );
    }
    if (own !== channel_id) throw new Wrong(`The entry belongs to another channel, ${own}.`, id);
    if (cause !== undefined && cause >= id) {
      throw new Wrong("The entry does not come after its cause.", id);
    }
  }
  return `${entries.length} entries, numbered without a gap`;
}

/** Times are ISO 8601 in UTC and never go back. */
export function checkTimes({ entries }: ChannelExport): string {
  let last = "";
  for (const { id, ts } of entries) {
    const time = new Date(ts);
    if (Number.isNaN(time.getTime()) || time.toISOString() !== ts) {
      throw new Wrong(
        `The time ${JSON.stringify(ts)} is not ISO 8601 in UTC with milliseconds.`,
        id,
      );
    }
    if (ts < last) throw new Wrong("The entry is earlier than the one before it.", id);
    last = ts;
  }
  return entries[0] ? `from ${entries[0].ts} to ${last}, never back` : "no entries";
}

/** Computes the leaf hash of each entry from its fields and its salted body, and compares it with
 *  the recorded hash. Returns the leaf hashes. */
export function leavesOf({ entries }: ChannelExport): Uint8Array[] {
  return entries.map((entry) => {
    const { id, hash } = entry;
    const leaf = leafOf(entry);
    if (`sha256:${bytesToHex(leaf)}` !== hash) {
      throw new Wrong("The entry does not match its hash: it was changed.", id);
    }
    return leaf;
  });
}

/** Deeper than a server lets any body nest, including the fields that it adds around a value. */
const MAX_DEPTH = 64;
/** The most characters of a body's canonical form, several times what a server's database stores.
 *  The limit bounds the input of replayed hooks. */
const MAX_BODY_CHARS = 256 * 1024;

function leafOf(entry: ExportedEntry): Uint8Array {
  if (deeperThan(entry.body, MAX_DEPTH)) {
    throw new Wrong("The body nests deeper than any server accepts.", entry.id);
  }
  const { body, salt, body_hash } = entry;
  try {
    if (!body) return entryLeaf(entry, body_hash!);
    const text = canonicalText(body);
    if (text.length <= MAX_BODY_CHARS) return entryLeaf(entry, textHash(hexToBytes(salt!), text));
  } catch {
    throw new Wrong(
      "The entry has no canonical JSON form, so it can't have been in a log.",
      entry.id,
    );
  }
  throw new Wrong("The body is larger than any server accepts.", entry.id);
}

/** Parses the checkpoint. Throws `Wrong` when it is malformed or of another channel. */
export function checkpointIn({ channel_id, checkpoint }: ChannelExport): SignedCheckpoint {
  const signed = parsedCheckpoint(checkpoint);
  if (!signed) throw new Wrong("The checkpoint is not a signed note.");
  if (!signed.origin.endsWith(`/${channel_id}`)) {
    throw new Wrong(`The checkpoint belongs to another log, ${signed.origin}.`);
  }
  return signed;
}

/** Compares the checkpoint's size and root with those of the leaves. */
export function checkTree(file: ChannelExport, leaves: readonly Uint8Array[]): string {
  const signed = checkpointIn(file);
  const { entries } = file;
  if (signed.size !== entries.length) {
    throw new Wrong(
      `The checkpoint counts ${signed.size} entries, the file holds ${entries.length}: entries were removed or added.`,
      Math.min(signed.size, entries.length) + 1,
    );
  }
  if (bytesToHex(rootOfLeaves(leaves)) !== bytesToHex(signed.root)) {
    throw new Wrong("The Merkle root of these entries is not the signed one.");
  }
  return `the signed tree head covers exactly these ${signed.size} entries`;
}

/** The Merkle root of some leaves. */
export function rootOfLeaves(leaves: readonly Uint8Array[]): Uint8Array {
  let range: Uint8Array[] = [];
  leaves.forEach((leaf, size) => range = appended(range, size, leaf));
  return rootOf(range);
}

/** Returns the key that signed a checkpoint. With `trusted`, accepts those keys alone. */
export async function checkSignature(
  checkpoint: SignedCheckpoint,
  keys: readonly PublishedKey[],
  trusted?: readonly string[],
): Promise<PublishedKey> {
  for (const key of keys) {
    const raw = keyBytes(key.public_key);
    if (!raw || trusted && !trusted.includes(key.public_key)) continue;
    if (await isSignedBy(checkpoint, raw)) return key;
  }
  throw new Wrong(
    trusted
      ? "None of the keys that you trust signed the checkpoint."
      : "None of the keys in the file signed the checkpoint.",
  );
}

export async function isSignedBy(
  { origin, text, signatures }: SignedCheckpoint,
  publicKey: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const keyId = keyIdOf(origin, publicKey);
  const own = signatures.find((line) => line.name === origin && line.keyId === keyId);
  if (!own) return false;
  const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  const signature = Uint8Array.from(own.signature);
  return await crypto.subtle.verify("Ed25519", key, signature, Uint8Array.from(utf8ToBytes(text)));
}

/** The 32 bytes of a public key in base64; undefined for any other text. */
export function keyBytes(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    // Each key has exactly one spelling: no white space, no other padding.
    const bytes = Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
    return bytes.length === 32 && bytes.toBase64() === base64 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Checks that the salts derive from the key to which entry 1 commits. The server reveals that key
 *  when the channel closes. */
export function checkSalts({ entries }: ChannelExport): string | Check {
  const commit = entries[0]?.body?.salts_commit;
  const revealed = entries.map(saltsRevealedIn).find((key) => key !== undefined);
  if (revealed === undefined) {
    return {
      check: "salts",
      verdict: "unknown",
      text:
        "the server reveals their key when the channel closes; until then it could have chosen the salts",
    };
  }
  const key = /^[0-9a-f]{64}$/.test(revealed) ? hexToBytes(revealed) : new Uint8Array();
  if (hashText(key) !== commit) {
    throw new Wrong("The revealed salt key does not match the commitment in entry 1.", 1);
  }
  const derived = saltsUnder(key);
  for (const { id, to, salt } of entries) {
    if (salt === undefined || to) continue;
    if (bytesToHex(derived(id)) !== salt) {
      throw new Wrong("The salt does not derive from the revealed key: the server chose it.", id);
    }
  }
  return "derived from the key to which entry 1 commits";
}

function saltsRevealedIn(entry: ExportedEntry): string | undefined {
  const { salts } = (applications.close.in(entry)?.op ?? {}) as { salts?: unknown };
  return typeof salts === "string" ? salts : undefined;
}
