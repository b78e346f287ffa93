/** Checks an export, or a proof without an export, for the commands that print the report. Uses the
 *  network only to download a link. */
import { replayerOn } from "../../channels/proof/replayer.ts";
import { openSandbox } from "../../sandbox/open_sandbox.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { type Report, reportText } from "../../verify/report.ts";
import { proofIn } from "../../verify/proof_check.ts";
import { type ProofReport, proofText, verifyProof } from "../../verify/verify_proof.ts";
import type { LogProof } from "../../domain/proof/log_proof.ts";
import { verifyExport, type VerifyOptions } from "../../verify/verify_export.ts";
import type { VerifyRequest } from "./args.ts";
import { callerFolder } from "../session/environment.ts";
import { messageOf } from "../session/exit_codes.ts";
import { type ReadBounds, textAt } from "./bounded_text.ts";

/** The longest pause in the data of a link or a pipe. */
const IDLE_MS = 30_000;

/** A report, and its text for a person. */
export interface Outcome {
  report: Report | ProofReport;
  text: string;
}

/** Throws errors whose messages are for people if the input is unusable. */
export async function verified(
  { from, receipts, proofs, replays, ...rest }: VerifyRequest,
): Promise<Outcome> {
  const { maxBytes, timeoutMs, trustedKeys, trustedChains } = rest;
  const signal = AbortSignal.timeout(timeoutMs);
  const bounds: ReadBounds = { maxBytes, idleMs: IDLE_MS, signal };
  const folder = callerFolder();
  const json = from === undefined ? undefined : JSON.parse(await textAt(from, folder, bounds));
  const named = async (what: string, path: string) =>
    await textAt(path, folder, bounds).catch((error) => {
      throw new Error(`the ${what} ${path}: ${messageOf(error)}`);
    });
  const receiptTexts: string[] = [];
  for (const path of receipts) receiptTexts.push(await named("receipt", path));
  const answers: LogProof[] = [];
  for (const path of proofs) {
    const proof = proofIn(await named("proof", path));
    if (!proof) {
      throw new Error(
        `the proof ${path}: it is not an answer of get_proof with an inclusion or a consistency proof`,
      );
    }
    answers.push(proof);
  }
  if (from === undefined) {
    const report = await verifyProof(answers[0]!, {
      receipts: receiptTexts,
      trustedKeys: trustedKeys!,
    });
    return { report, text: proofText(report) };
  }
  const options: VerifyOptions = {
    receipts: receiptTexts,
    proofs: answers,
    trustedKeys,
    trustedChains,
    signal,
  };
  const report = replays ? await withEngines(json, options) : await verifyExport(json, options);
  return { report, text: reportText(report) };
}

async function withEngines(json: unknown, options: VerifyOptions): Promise<Report> {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: CHANNEL_LIMITS.hookMs });
  try {
    return await verifyExport(json, { ...options, replayer: replayerOn(sandbox) });
  } finally {
    await sandbox.close();
  }
}

/** Whether a check says that something is wrong, and not only that it is undecided. */
export function isWrong({ report }: Outcome): boolean {
  return report.checks.some(({ verdict }) => verdict === "failed");
}
