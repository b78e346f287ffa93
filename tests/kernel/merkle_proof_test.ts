/** Proofs of RFC 6962, compared with a tree that is hashed by the definition. */
import assert from "node:assert/strict";
import { bytesToHex } from "../../src/kernel/hash.ts";
import { appended, leafHash, nodeHash, rootOf } from "../../src/kernel/merkle.ts";
import {
  consistencyRanges,
  inclusionRanges,
  isConsistent,
  type LeafRange,
  rootFromInclusion,
  subtreesOf,
} from "../../src/kernel/merkle_proof.ts";

const SIZE = 70;
const LEAVES = Array.from({ length: SIZE }, (_, i) => leafHash(Uint8Array.of(i)));

/** The definition of RFC 6962 2.1. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return rootOf([]);
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}
const hashOf = ({ from, to }: LeafRange) => treeHash(LEAVES.slice(from, to));
const head = (size: number) => ({ size, root: treeHash(LEAVES.slice(0, size)) });
const flipped = (hash: Uint8Array) => hash.map((byte, i) => i === 3 ? byte ^ 1 : byte);

Deno.test("rootOf() of an appended range is the tree's hash at every size", () => {
  let range: Uint8Array[] = [];
  for (const [i, leaf] of LEAVES.entries()) {
    range = appended(range, i, leaf);
    assert.equal(bytesToHex(rootOf(range)), bytesToHex(head(i + 1).root));
  }
});

Deno.test("inclusionRanges() prove every leaf of every tree, and no other leaf", () => {
  for (let size = 1; size <= SIZE; size++) {
    for (let index = 0; index < size; index++) {
      const proof = inclusionRanges(index, size).map(hashOf);
      const root = bytesToHex(head(size).root);
      assert.equal(bytesToHex(rootFromInclusion(LEAVES[index]!, index, size, proof)!), root);
      const other = rootFromInclusion(flipped(LEAVES[index]!), index, size, proof)!;
      assert.notEqual(bytesToHex(other), root);
      assert.equal(
        rootFromInclusion(LEAVES[index]!, index, size, [...proof, proof[0]!]),
        undefined,
      );
    }
  }
});

Deno.test("consistencyRanges() prove every prefix of every tree, and no changed one", () => {
  for (let size = 1; size <= SIZE; size++) {
    for (let before = 0; before <= size; before++) {
      const proof = consistencyRanges(before, size).map(hashOf);
      assert.ok(isConsistent(head(before), head(size), proof), `${before} of ${size}`);
      for (const i of proof.keys()) {
        const wrong = proof.with(i, flipped(proof[i]!));
        assert.ok(!isConsistent(head(before), head(size), wrong), `${before} of ${size}, ${i}`);
      }
      const forked = { ...head(before), root: flipped(head(before).root) };
      assert.ok(!isConsistent(forked, head(size), proof), `${before} of ${size}, forked`);
    }
  }
});

Deno.test("isConsistent() refuses a log that is shorter than before", () => {
  assert.ok(!isConsistent(head(8), head(7), []));
});

Deno.test("subtreesOf() splits a range into perfect subtrees that combine to its hash", () => {
  for (const range of [{ from: 0, to: 70 }, { from: 64, to: 70 }, { from: 32, to: 64 }]) {
    const parts = subtreesOf(range).map(({ level, index }) =>
      hashOf({ from: index * 2 ** level, to: (index + 1) * 2 ** level })
    );
    assert.equal(bytesToHex(rootOf(parts)), bytesToHex(hashOf(range)));
  }
});
