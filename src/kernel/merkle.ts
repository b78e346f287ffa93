/** RFC 6962 Merkle tree hashing with a compact range: the roots of a log's perfect subtrees,
 *  largest first. Appending a leaf merges at most log2(size) of them; the tree head combines the
 *  rest. */
import { concatBytes, prefixedHash, sha256 } from "./hash.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** RFC 6962 2.1: SHA-256(0x00 || leaf). */
export function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, leaf));
}

/** The leaf hash of a text in UTF-8. */
export function textLeafHash(leaf: string): Uint8Array {
  return prefixedHash(LEAF, leaf);
}

/** RFC 6962 2.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(NODE, left, right));
}

/** The range of a log of `size` leaves after one more leaf. Pure: does not change `range`. */
export function appended(
  range: readonly Uint8Array[],
  size: number,
  leaf: Uint8Array,
): Uint8Array[] {
  const next = [...range];
  let hash = leaf;
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) hash = nodeHash(next.pop()!, hash);
  next.push(hash);
  return next;
}

/** The tree head of a compact range. That of an empty log is SHA-256 of the empty string. */
export function rootOf(range: readonly Uint8Array[]): Uint8Array {
  if (range.length === 0) return sha256(new Uint8Array());
  return range.reduceRight((right, left) => nodeHash(left, right));
}
