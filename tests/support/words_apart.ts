/** Compares what somebody is given in two games that differ only in words that it may not read. The
 *  answers must be equal to the byte, headers included, but for commitments to the withheld words:
 *  salted hashes and what is computed from them. Those have a fixed length. */
import assert from "node:assert/strict";

/** What an answer was, as text, under the name of the request. */
export type Given = [request: string, answer: string][];

const HASH = "sha256:[0-9a-f]{64}";
/** How a quotation mark of a JSON text looks, also in a text within it. */
const Q = '\\\\*"';
/** Commitments to withheld words, and the place of each in an answer. */
const COMMITMENTS = [
  // The hashes of a withheld entry: in messages, in exports and in proofs.
  `${Q}withheld${Q}:true,${Q}hash${Q}:${Q}${HASH}`,
  `${Q}body_hash${Q}:${Q}${HASH}${Q},${Q}hash${Q}:${Q}${HASH}`,
  `${Q}hash${Q}:${Q}${HASH}${Q},${Q}body_hash${Q}:${Q}${HASH}${Q}(?!,${Q}salt)`,
  // What a bot commits to that has heard them.
  `${Q}state_hash${Q}:${Q}${HASH}`,
  // Tree heads, their signatures, and paths in the tree.
  `${Q}root${Q}:${Q}${HASH}`,
  `(?<=\\\\n)[\\w+/]{43}=(?=\\\\+n)`,
  `(?<= )[\\w+/]{91}=(?=\\\\+n)`,
  `(?<=[[,]${Q})[0-9a-f]{64}(?=${Q}[\\],])`,
];
const COMMITMENT = new RegExp(COMMITMENTS.join("|"), "g");

/** An answer in which every commitment is one of zeros. */
export function withoutCommitments(answer: string): string {
  return answer.replace(COMMITMENT, (found) => found.replace(/[0-9a-f]{64}|[\w+/]{43,}=/g, zeros));
}

function zeros(hash: string): string {
  return "0".repeat(hash.length);
}

/** Asserts that both were given the same. Shows where they first differ. */
export function assertSameBytes(some: Given, others: Given): void {
  assert.deepEqual(some.map(([request]) => request), others.map(([request]) => request));
  const differences = some.flatMap(([request, answer], i) => {
    const [one, other] = [answer, others[i]![1]].map(withoutCommitments) as [string, string];
    if (one === other) return [];
    let at = 0;
    while (at < one.length && one[at] === other[at]) at++;
    return [
      `${request}:\n  ${one.slice(at - 150, at + 150)}\n  ${other.slice(at - 150, at + 150)}`,
    ];
  });
  assert.equal(differences.length, 0, differences.slice(0, 8).join("\n\n"));
}
