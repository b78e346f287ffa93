/** An answer of `get_proof` against a log: whether what it shows leads to the tree head that it
 *  comes with, who signed that, and whether the log says the same. */
import type { ExportedEntry } from "../domain/proof/channel_export.ts";
import { LogProof } from "../domain/proof/log_proof.ts";
import { entryLeaf } from "../domain/transcript/transcript.ts";
import { parsedCheckpoint, type SignedCheckpoint } from "../kernel/checkpoint.ts";
import { bytesToHex, hexToBytes } from "../kernel/hash.ts";
import { isConsistent, rootFromInclusion } from "../kernel/merkle_proof.ts";
import { rootOfLeaves } from "./log_checks.ts";
import { Wrong } from "./model/wrong.ts";
import { ANOTHER_KEY, checkSigner } from "./receipt_check.ts";
import type { Check } from "./report.ts";

/** The proof in a text: the answer of `get_proof` as JSON, or the result of its MCP tool.
 *  Undefined when there is none. */
export function proofIn(text: string): LogProof | undefined {
  try {
    const json = JSON.parse(text);
    const proof = LogProof.safeParse(json?.structuredContent ?? json).data;
    return proof && (proof.inclusion || proof.consistency) ? proof : undefined;
  } catch {
    return undefined;
  }
}

/** The tree head that a proof is about. */
export function headOf({ size, checkpoint }: LogProof): SignedCheckpoint {
  const head = parsedCheckpoint(checkpoint);
  if (!head) throw new Wrong("The proof's checkpoint is no signed note.");
  if (head.size !== size) {
    throw new Wrong(
      `The proof says it is about ${size} entries, its tree head counts ${head.size}.`,
    );
  }
  return head;
}

/** What a proof shows of the log that its tree head counts, for a person. Throws `Wrong` where it
 *  shows something else. */
export function shownBy({ inclusion, consistency }: LogProof, head: SignedCheckpoint): string {
  const shown: string[] = [];
  if (inclusion) {
    const { entry: { id }, hash, proof } = inclusion;
    const leaf = leafOf(inclusion, head);
    const root = rootFromInclusion(leaf, id - 1, head.size, proof.map(nodeIn));
    if (`sha256:${bytesToHex(leaf)}` !== hash) {
      throw new Wrong("The proof's entry does not hash to what it says: it was changed.", id);
    }
    if (!root || bytesToHex(root) !== bytesToHex(head.root)) {
      throw new Wrong("The proof does not lead from this entry to the signed tree head.", id);
    }
    shown.push(`entry ${id} is one of the ${head.size} that were signed`);
  }
  if (consistency) {
    const { size, root, proof } = consistency;
    const before = { size, root: nodeIn(root.slice("sha256:".length)) };
    if (!isConsistent(before, head, proof.map(nodeIn))) {
      throw new Wrong(
        `The proof does not show that its log of ${size} entries is the beginning of the signed one.`,
      );
    }
    shown.push(`the log of ${size} entries with tree head ${root} is their beginning`);
  }
  return shown.join("; ");
}

function leafOf(
  { entry, body_hash }: NonNullable<LogProof["inclusion"]>,
  { origin }: SignedCheckpoint,
): Uint8Array {
  if (!origin.endsWith(`/${entry.channel_id}`)) {
    throw new Wrong(`The proof's entry belongs to another channel, ${entry.channel_id}.`, entry.id);
  }
  try {
    return entryLeaf(entry, body_hash);
  } catch {
    throw new Wrong("The proof's entry has no canonical form: it can't have been in a log.");
  }
}

function nodeIn(hex: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new Wrong("The proof holds a hash that is not 64 hex digits.");
  }
  return hexToBytes(hex);
}

/** The log of an export that was found to be in order. */
interface CheckedLog {
  entries: readonly ExportedEntry[];
  /** Their leaf hashes. */
  leaves: readonly Uint8Array[];
  current: SignedCheckpoint;
  /** Public keys that may have signed, base64. */
  keys: readonly string[];
  /** Whether these are keys that the caller trusts, not those that the file names. */
  trusted: boolean;
}

/** Whether a proof shows what it should, under a key of the server's, and of this very log. */
export async function checkProof(
  proof: LogProof,
  { entries, leaves, current, keys, trusted }: CheckedLog,
): Promise<string | Check> {
  const head = headOf(proof);
  const vouched = await checkSigner("proof", head, current, keys);
  const shown = shownBy(proof, head);
  const { inclusion, consistency } = proof;
  if (head.size <= leaves.length) refuseFork(head.size, bytesToHex(head.root), leaves);
  if (inclusion && inclusion.entry.id <= leaves.length) {
    const { entry: { id }, hash, salt } = inclusion;
    if (`sha256:${bytesToHex(leaves[id - 1]!)}` !== hash) {
      throw new Wrong("History was forked: the proof shows another entry at this place.", id);
    }
    const own = entries[id - 1]!.salt;
    if (salt !== undefined && own !== undefined && salt !== own) {
      throw new Wrong(
        "The proof's salt is not the one that this body is hashed with.",
        id,
      );
    }
  }
  if (consistency && consistency.size <= leaves.length) {
    refuseFork(consistency.size, consistency.root.slice("sha256:".length), leaves);
  }
  const isOfThis = head.size <= leaves.length || consistency?.size === leaves.length ||
    isAbout(proof, leaves.length);
  if (!isOfThis) {
    throw new Wrong(
      `The proof is about entries after the last of the file's ${leaves.length}: history was truncated, or the file is older than the proof.`,
      leaves.length + 1,
    );
  }
  if (trusted || vouched) return shown;
  return { check: "proof", verdict: "unknown", text: `${shown}, ${ANOTHER_KEY}` };
}

/** Whether everything that a proof shows is about the first `size` entries. */
function isAbout({ inclusion, consistency }: LogProof, size: number): boolean {
  return (inclusion?.entry.id ?? 0) <= size && (consistency?.size ?? 0) <= size;
}

function refuseFork(size: number, root: string, leaves: readonly Uint8Array[]): void {
  if (bytesToHex(rootOfLeaves(leaves.slice(0, size))) === root) return;
  throw new Wrong(
    `History was forked: the server proved another log of ${size} entries. Proof and file together show it.`,
  );
}
