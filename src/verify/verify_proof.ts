/** Checks an answer of `get_proof` without an export: its Merkle paths, its signature, and whether
 *  receipts belong to the same history. Also runs in a browser. */
import type { LogProof } from "../domain/proof/log_proof.ts";
import { parsedCheckpoint, type SignedCheckpoint, verifierKey } from "../kernel/checkpoint.ts";
import { bytesToHex } from "../kernel/hash.ts";
import { isSignedBy, keyBytes } from "./log_checks.ts";
import { Wrong } from "./model/wrong.ts";
import { headOf, shownBy } from "./proof_check.ts";
import { checkSigner, noteIn } from "./receipt_check.ts";
import { type Check, checked, linesOf, type Report } from "./report.ts";

export type ProofReport = Pick<Report, "ok" | "channel_id" | "entries" | "checks">;

interface ProofOptions {
  /** The only accepted public keys, base64. Required, because a proof contains no key. */
  trustedKeys: readonly string[];
  /** Receipts of members, as text. */
  receipts?: readonly string[];
}

/** Verifies a proof. `ok` requires that every check has passed: unlike in an export, no other
 *  entries could make up for an undecided check. */
export async function verifyProof(
  proof: LogProof,
  { trustedKeys, receipts = [] }: ProofOptions,
): Promise<ProofReport> {
  const checks: Check[] = [];
  const check = async (...[name, find]: Parameters<typeof checked>) => {
    const done = await checked(name, find);
    checks.push(done);
    return done.verdict === "passed";
  };
  let head: SignedCheckpoint | undefined;
  const isReadable = await check("format", () => {
    head = headOf(proof);
    return `an answer of get_proof about ${head.origin}`;
  });
  if (head && isReadable) {
    const signed = head;
    await check("signature", () => signerOf(signed, trustedKeys));
    await check("proof", () => shownBy(proof, signed));
    for (const receipt of receipts) {
      await check("receipt", () => checkAgainst(receipt, signed, proof, trustedKeys));
    }
  }
  return {
    ok: checks.every(({ verdict }) => verdict === "passed"),
    channel_id: head?.origin.split("/").at(-1) ?? "",
    entries: head?.size ?? 0,
    checks,
  };
}

async function signerOf(head: SignedCheckpoint, trustedKeys: readonly string[]): Promise<string> {
  for (const key of trustedKeys.map(keyBytes)) {
    if (key && await isSignedBy(head, key)) return `by ${verifierKey(head.origin, key)}`;
  }
  throw new Wrong("None of the keys that you trust signed the proof's tree head.");
}

/** Checks that the tree heads of a receipt and the proof belong to one history. */
async function checkAgainst(
  receipt: string,
  head: SignedCheckpoint,
  { consistency }: LogProof,
  trustedKeys: readonly string[],
): Promise<string | Check> {
  const unknown = (text: string): Check => ({ check: "receipt", verdict: "unknown", text });
  const receiptHead = parsedCheckpoint(noteIn(receipt) ?? "");
  if (!receiptHead) {
    return unknown("it holds no signed note: save the receipt's checkpoint unchanged");
  }
  await checkSigner("receipt", receiptHead, head, trustedKeys);
  const { size } = receiptHead;
  if (size > head.size) {
    return unknown(`it counts ${size} entries, more than the proof does: call get_proof again`);
  }
  if (size < head.size && consistency?.size !== size) {
    return unknown(
      `the proof does not start from its ${size} entries: call get_proof with since ${size}`,
    );
  }
  const root = size === head.size
    ? bytesToHex(head.root)
    : consistency!.root.slice("sha256:".length);
  if (bytesToHex(receiptHead.root) !== root) {
    throw new Wrong(
      `The history was forked: the server signed another log of ${size} entries. The receipt and the proof together are evidence of it.`,
    );
  }
  return size === head.size
    ? "its tree head equals the proof's"
    : `its ${size} entries are the beginning of the proof's log`;
}

/** The report for a person: one line per check, then the verdict. */
export function proofText({ ok, channel_id, entries, checks }: ProofReport): string {
  const isWrong = checks.some(({ verdict }) => verdict === "failed");
  const verdict = ok
    ? `VERIFIED: a proof about ${channel_id} with ${entries} entries.`
    : isWrong
    ? `NOT VERIFIED: ${channel_id}. A line marked ✘ means a changed proof, a wrong receipt or key, or a dishonest server.`
    : `NOT VERIFIED: ${channel_id}. This proof can't decide the lines marked ?.`;
  return linesOf(checks, verdict);
}
