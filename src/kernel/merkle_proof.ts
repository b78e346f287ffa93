/** RFC 6962 proofs: that a tree contains an entry (inclusion), and that a tree is a prefix of a
 *  larger one (consistency). Pure: describes a proof as ranges of leaves, and the caller looks
 *  their hashes up. */
import { bytesToHex } from "./hash.ts";
import { nodeHash, rootOf } from "./merkle.ts";

/** The leaves from `from` up to but not including `to`, counted from 0. Always one side of a split
 *  of a tree. */
export interface LeafRange {
  from: number;
  to: number;
}

/** A perfect subtree of `2 ** level` leaves; its first leaf is `index * 2 ** level`. */
export interface Subtree {
  level: number;
  index: number;
}

/** The ranges whose hashes prove that a tree of `size` leaves contains leaf `index`, in the order
 *  of RFC 6962 2.1.1. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  return path(index, { from: 0, to: size });
}

function path(index: number, { from, to }: LeafRange): LeafRange[] {
  if (to - from <= 1) return [];
  const middle = from + leftSize(to - from);
  return index < middle
    ? [...path(index, { from, to: middle }), { from: middle, to }]
    : [...path(index, { from: middle, to }), { from, to: middle }];
}

/** The ranges whose hashes prove that a tree of `before` leaves is a prefix of one of `size`, in
 *  the order of RFC 6962 2.1.2. */
export function consistencyRanges(before: number, size: number): LeafRange[] {
  return before === 0 || before === size ? [] : subproof(before, { from: 0, to: size }, true);
}

/** `whole`: whether the earlier tree begins where this range begins. The verifier then knows its
 *  hash. */
function subproof(before: number, { from, to }: LeafRange, whole: boolean): LeafRange[] {
  if (before === to) return whole ? [] : [{ from, to }];
  const middle = from + leftSize(to - from);
  return before <= middle
    ? [...subproof(before, { from, to: middle }, whole), { from: middle, to }]
    : [...subproof(before, { from: middle, to }, false), { from, to: middle }];
}

/** The perfect subtrees of a range, largest first. `rootOf` their hashes is the hash of the
 *  range. */
export function subtreesOf({ from, to }: LeafRange): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = from; at < to;) {
    let level = Math.floor(Math.log2(to - at));
    while (2 ** level > to - at) level--;
    subtrees.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return subtrees;
}

/** The largest power of two below a number of leaves, which must be at least two. */
function leftSize(leaves: number): number {
  let size = 1;
  while (size * 2 < leaves) size *= 2;
  return size;
}

/** The tree head that an inclusion proof yields for a leaf (RFC 9162 2.1.3.2); undefined if the
 *  proof has the wrong length for leaf `index` of `size`. */
export function rootFromInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  const ranges = index >= 0 && index < size ? inclusionRanges(index, size) : undefined;
  if (ranges?.length !== proof.length) return undefined;
  return ranges.reduce(
    (hash, { from }, i) => from > index ? nodeHash(hash, proof[i]!) : nodeHash(proof[i]!, hash),
    leaf,
  );
}

/** Whether a consistency proof shows that tree `before` is a prefix of tree `after`
 *  (RFC 9162 2.1.4.2). */
export function isConsistent(
  before: { size: number; root: Uint8Array },
  after: { size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (before.size > after.size || before.size < 0) return false;
  const ranges = consistencyRanges(before.size, after.size);
  if (ranges.length !== proof.length) return false;
  if (before.size === 0) return same(before.root, rootOf([]));
  if (before.size === after.size) return same(before.root, after.root);
  // If the first range begins after the earlier tree, that tree is one perfect subtree. The proof
  // then omits its hash, because the verifier knows it.
  const earlierPart = { range: { from: 0, to: before.size }, hash: before.root };
  const proofParts = ranges.map((range, i) => ({ range, hash: proof[i]! }));
  const all = ranges[0]!.from === before.size ? [earlierPart, ...proofParts] : proofParts;
  const parts = all.toSorted((a, b) => a.range.from - b.range.from);
  const earlier = parts.filter(({ range }) => range.to <= before.size);
  return same(rootOf(earlier.map(({ hash }) => hash)), before.root) &&
    same(folded(parts.map(({ range, hash }) => ({ ...range, hash })), 0, after.size), after.root);
}

/** The hash of a range, combined from the hashes of parts that cover it along the tree's splits. */
function folded(
  parts: readonly (LeafRange & { hash: Uint8Array })[],
  from: number,
  to: number,
): Uint8Array {
  const whole = parts.find((part) => part.from === from && part.to === to);
  if (whole) return whole.hash;
  const middle = from + leftSize(to - from);
  return nodeHash(folded(parts, from, middle), folded(parts, middle, to));
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return bytesToHex(a) === bytesToHex(b);
}
