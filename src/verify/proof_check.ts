/** Checks an answer of `get_proof` against a log: its Merkle paths lead to its own tree head, a
 *  known key has signed that head, and the log agrees with it. */
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

/** Reads a proof from a text: the answer of `get_proof` as JSON, or the result of its MCP tool.
 *  Undefined for any other text, and for an answer that proves nothing. */
export function proofIn(text: string): LogProof | undefined {
  try {
    const json = JSON.parse(text);
    const proof = LogProof.safeParse(json?.structuredContent ?? json).data;
    return proof && (proof.inclusion || proof.consistency) ? proof : undefined;
  } catch {
    return undefined;
  }
}

/** A proof's signed tree head. Throws `Wrong` when it is malformed or not of the proof's size. */
export function headOf({ size, checkpoint }: LogProof): SignedCheckpoint {
  const head = parsedCheckpoint(checkpoint);
  if (!head) throw new Wrong("The proof's checkpoint is not a signed note.");
  if (head.size !== size) {
    throw new Wrong(
      `The proof says that it covers ${size} entries, but its tree head counts ${head.size}.`,
    );
  }
  return head;
}

/** Verifies the Merkle paths of a proof and returns, for a person, what they show of the log.
 *  Throws `Wrong` for a path that does not lead to the tree head. */
export function shownBy({ inclusion, consistency }: LogProof, head: SignedCheckpoint): string {
  const shown: string[] = [];
  if (inclusion) {
    const { entry: { id }, hash, proof } = inclusion;
    const leaf = leafOf(inclusion, head);
    const root = rootFromInclusion(leaf, id - 1, head.size, proof.map(nodeIn));
    if (`sha256:${bytesToHex(leaf)}` !== hash) {
      throw new Wrong("The proof's entry does not match its hash: it was changed.", id);
    }
    if (!root || bytesToHex(root) !== bytesToHex(head.root)) {
      throw new Wrong("The proof does not lead from this entry to the signed tree head.", id);
    }
    shown.push(`entry ${id} is one of the ${head.size} signed entries`);
  }
  if (consistency) {
    const { size, root, proof } = consistency;
    const before = { size, root: nodeIn(root.slice("sha256:".length)) };
    if (!isConsistent(before, head, proof.map(nodeIn))) {
      throw new Wrong(
        `The proof does not show that the log of ${size} entries is the beginning of the signed one.`,
      );
    }
    shown.push(`the log of ${size} entries with root ${root} is the beginning of the signed one`);
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
    throw new Wrong(
      "The proof's entry has no canonical JSON form, so it can't have been in a log.",
    );
  }
}

function nodeIn(hex: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new Wrong("The proof holds a hash that is not 64 hex digits.");
  }
  return hexToBytes(hex);
}

/** The log of an export whose own checks have passed. */
interface CheckedLog {
  entries: readonly ExportedEntry[];
  /** The leaf hashes of the entries. */
  leaves: readonly Uint8Array[];
  current: SignedCheckpoint;
  /** The accepted public keys, base64. */
  keys: readonly string[];
  /** Whether the caller named these keys, rather than the file. */
  trusted: boolean;
}

/** Checks the paths and the signature of a proof, and that it is a proof about this very log. */
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
      throw new Wrong("The history was forked: the proof shows another entry at this place.", id);
    }
    const own = entries[id - 1]!.salt;
    if (salt !== undefined && own !== undefined && salt !== own) {
      throw new Wrong(
        "The proof's salt is not the salt of this entry.",
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
      `The proof is about entries after the file's last, ${leaves.length}: the history was truncated, or the file is older than the proof.`,
      leaves.length + 1,
    );
  }
  if (trusted || vouched) return shown;
  return { check: "proof", verdict: "unknown", text: `${shown}, ${ANOTHER_KEY}` };
}

/** Whether a proof concerns the first `size` entries alone. */
function isAbout({ inclusion, consistency }: LogProof, size: number): boolean {
  return (inclusion?.entry.id ?? 0) <= size && (consistency?.size ?? 0) <= size;
}

function refuseFork(size: number, root: string, leaves: readonly Uint8Array[]): void {
  if (bytesToHex(rootOfLeaves(leaves.slice(0, size))) === root) return;
  throw new Wrong(
    `The history was forked: the server proved another log of ${size} entries. The proof and the file together are evidence of it.`,
  );
}
