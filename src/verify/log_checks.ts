/** The log itself: its numbering, its hashes, its tree, and who signed that. */
import { applications } from "../domain/announcements/operations.ts";
import type { ChannelExport, ExportedEntry, PublishedKey } from "../domain/proof/channel_export.ts";
import { keyIdOf, parsedCheckpoint, type SignedCheckpoint } from "../kernel/checkpoint.ts";
import { bytesToHex, hashText, hexToBytes, utf8ToBytes } from "../kernel/hash.ts";
import { canonicalText, deeperThan } from "../kernel/json.ts";
import { appended, rootOf } from "../kernel/merkle.ts";
import { entryLeaf, saltsUnder, textHash } from "../domain/transcript/transcript.ts";
import { type Check } from "./report.ts";
import { Wrong } from "./model/wrong.ts";

/** Ids count 1, 2, 3; every entry is this channel's; what a hook caused comes after its cause. */
export function checkIds({ channel_id, entries }: ChannelExport): string {
  for (const [i, { id, channel_id: own, cause }] of entries.entries()) {
    if (id !== i + 1) {
      throw new Wrong(`Its place is ${i + 1}: an entry was dropped, added or moved.`, id);
    }
    if (own !== channel_id) throw new Wrong(`It belongs to another channel, ${own}.`, id);
    if (cause !== undefined && cause >= id) throw new Wrong("It comes before what caused it.", id);
  }
  return `${entries.length} entries, numbered without a gap`;
}

/** Times are ISO 8601 in UTC and never go back. */
export function checkTimes({ entries }: ChannelExport): string {
  let last = "";
  for (const { id, ts } of entries) {
    const time = new Date(ts);
    if (Number.isNaN(time.getTime()) || time.toISOString() !== ts) {
      throw new Wrong(`Its time ${JSON.stringify(ts)} is no UTC time with milliseconds.`, id);
    }
    if (ts < last) throw new Wrong("Its time is earlier than that of the entry before.", id);
    last = ts;
  }
  return `from ${entries[0]?.ts ?? "nowhere"} to ${last || "nowhere"}, never back`;
}

/** Each entry's leaf hash is that of its fields and its body under its salt. Returns the leaf
 *  hashes. */
export function leavesOf({ entries }: ChannelExport): Uint8Array[] {
  return entries.map((entry) => {
    const { id, hash } = entry;
    const leaf = leafOf(entry);
    if (`sha256:${bytesToHex(leaf)}` !== hash) {
      throw new Wrong("It does not hash to what the log holds: it was changed.", id);
    }
    return leaf;
  });
}

/** More than the server lets anything nest, its own words around it included. */
const MAX_DEPTH = 64;
/** Characters of a body's canonical form, several times what a server's database takes: hooks are
 *  called with it. */
const MAX_BODY_CHARS = 256 * 1024;

function leafOf(entry: ExportedEntry): Uint8Array {
  if (deeperThan(entry.body, MAX_DEPTH)) {
    throw new Wrong("It nests deeper than anything that a server takes.", entry.id);
  }
  const { body, salt, body_hash } = entry;
  try {
    if (!body) return entryLeaf(entry, body_hash!);
    const text = canonicalText(body);
    if (text.length <= MAX_BODY_CHARS) return entryLeaf(entry, textHash(hexToBytes(salt!), text));
  } catch {
    throw new Wrong("It has no canonical form: it can't have been in a log.", entry.id);
  }
  throw new Wrong("It is larger than anything that a server takes.", entry.id);
}

/** The checkpoint, which must be one of this channel. */
export function checkpointIn({ channel_id, checkpoint }: ChannelExport): SignedCheckpoint {
  const signed = parsedCheckpoint(checkpoint);
  if (!signed) throw new Wrong("The checkpoint is no signed note.");
  if (!signed.origin.endsWith(`/${channel_id}`)) {
    throw new Wrong(`The checkpoint is one of another log, ${signed.origin}.`);
  }
  return signed;
}

/** The checkpoint counts these leaves, in this order. */
export function checkTree(file: ChannelExport, leaves: readonly Uint8Array[]): string {
  const signed = checkpointIn(file);
  const { entries } = file;
  if (signed.size !== entries.length) {
    throw new Wrong(
      `The checkpoint counts ${signed.size} entries, here are ${entries.length}: some are missing or were added.`,
      Math.min(signed.size, entries.length) + 1,
    );
  }
  if (bytesToHex(rootOfLeaves(leaves)) !== bytesToHex(signed.root)) {
    throw new Wrong("The tree of these entries is not the one that was signed.");
  }
  return `the signed tree head counts these ${signed.size} entries`;
}

/** The head of the tree of some leaves. */
export function rootOfLeaves(leaves: readonly Uint8Array[]): Uint8Array {
  let range: Uint8Array[] = [];
  leaves.forEach((leaf, size) => range = appended(range, size, leaf));
  return rootOf(range);
}

/** Who signed a checkpoint: the key. `trusted`, when given, are the only keys that count. */
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
      ? "No key that you trust has signed the checkpoint."
      : "None of the keys in the file has signed the checkpoint.",
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

/** The 32 bytes of a public key; undefined for what is none. */
export function keyBytes(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    // One key has one name: no white space, no other padding.
    const bytes = Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
    return bytes.length === 32 && bytes.toBase64() === base64 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Salts derive from the key that entry 1 commits to. It is revealed when the channel closes. */
export function checkSalts({ entries }: ChannelExport): string | Check {
  const commit = entries[0]?.body?.salts_commit;
  const revealed = entries.map(saltsRevealedIn).find((key) => key !== undefined);
  if (revealed === undefined) {
    return {
      check: "salts",
      verdict: "unknown",
      text:
        "their key is revealed when the channel closes; until then the server could have chosen them",
    };
  }
  const key = /^[0-9a-f]{64}$/.test(revealed) ? hexToBytes(revealed) : new Uint8Array();
  if (hashText(key) !== commit) {
    throw new Wrong("The key of the salts is not the one that entry 1 commits to.", 1);
  }
  const derived = saltsUnder(key);
  for (const { id, to, salt } of entries) {
    if (salt === undefined || to) continue;
    if (bytesToHex(derived(id)) !== salt) {
      throw new Wrong("Its salt was chosen, not derived.", id);
    }
  }
  return "derived from the key that entry 1 commits to";
}

function saltsRevealedIn(entry: ExportedEntry): string | undefined {
  const { salts } = (applications.close.in(entry)?.op ?? {}) as { salts?: unknown };
  return typeof salts === "string" ? salts : undefined;
}
