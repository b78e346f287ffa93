import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "../../src/kernel/hash.ts";
import { appended, leafHash, nodeHash, rootOf } from "../../src/kernel/merkle.ts";

/** The test vectors of Certificate Transparency implementations. */
const LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

Deno.test("appended() and rootOf() give the tree heads of RFC 6962", () => {
  let range: Uint8Array[] = [];
  assert.equal(bytesToHex(rootOf(range)), ROOTS[0]);
  LEAVES.forEach((leaf, size) => {
    range = appended(range, size, leafHash(hexToBytes(leaf)));
    assert.equal(bytesToHex(rootOf(range)), ROOTS[size + 1]);
  });
});

/** The definition of RFC 6962 2.1: slow, but the compact range must agree with it. */
function recursiveRoot(leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0]!;
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeHash(recursiveRoot(leaves.slice(0, split)), recursiveRoot(leaves.slice(split)));
}

Deno.test("appended() agrees with the recursive definition up to 200 leaves", () => {
  const leaves = Array.from({ length: 200 }, (_, i) => leafHash(Uint8Array.of(i)));
  let range: Uint8Array[] = [];
  leaves.forEach((leaf, size) => {
    range = appended(range, size, leaf);
    const expected = recursiveRoot(leaves.slice(0, size + 1));
    assert.equal(bytesToHex(rootOf(range)), bytesToHex(expected));
    assert.ok(range.length <= Math.floor(Math.log2(size + 1)) + 1);
  });
});
