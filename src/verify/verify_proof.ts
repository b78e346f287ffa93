/** Checks an answer of `get_proof` where there is no export: what it shows, under which key, and
 *  whether receipts that somebody kept are of the same history. Runs anywhere, as the check of an
 *  export does. */
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
  /** The only keys that count, base64: a proof brings none. */
  trustedKeys: readonly string[];
  /** Receipts that somebody kept, as text. */
  receipts?: readonly string[];
}

/** Verifies a proof. It is `ok` when every check has passed: one that can't be told leaves nothing
 *  that the rest of a log could make up for. */
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
      await check("receipt", () => checkKept(receipt, signed, proof, trustedKeys));
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
  throw new Wrong("No key that you trust has signed the proof's tree head.");
}

/** Whether a receipt's tree head and the proof's are of one history. */
async function checkKept(
  receipt: string,
  head: SignedCheckpoint,
  { consistency }: LogProof,
  trustedKeys: readonly string[],
): Promise<string | Check> {
  const unknown = (text: string): Check => ({ check: "receipt", verdict: "unknown", text });
  const kept = parsedCheckpoint(noteIn(receipt) ?? "");
  if (!kept) return unknown("it holds no signed note: keep the checkpoint as it is");
  await checkSigner("receipt", kept, head, trustedKeys);
  const { size } = kept;
  if (size > head.size) {
    return unknown(`it counts ${size} entries, more than the proof does: ask for a newer proof`);
  }
  if (size < head.size && consistency?.size !== size) {
    return unknown(`the proof does not lead from its ${size} entries: ask for one since ${size}`);
  }
  const root = size === head.size
    ? bytesToHex(head.root)
    : consistency!.root.slice("sha256:".length);
  if (bytesToHex(kept.root) !== root) {
    throw new Wrong(
      `History was forked: the server signed another log of ${size} entries. Receipt and proof together show it.`,
    );
  }
  return size === head.size
    ? "its tree head is the proof's"
    : `its ${size} entries are the beginning of the proof's`;
}

/** For a person: a line a check, then the verdict. */
export function proofText({ ok, channel_id, entries, checks }: ProofReport): string {
  const isWrong = checks.some(({ verdict }) => verdict === "failed");
  const verdict = ok
    ? `VERIFIED: a proof about ${channel_id}, of ${entries} entries.`
    : isWrong
    ? `NOT VERIFIED: ${channel_id}. A line marked ✘ can't come from an honest server.`
    : `NOT VERIFIED: ${channel_id}. This proof can't decide the lines marked ?.`;
  return linesOf(checks, verdict);
}
