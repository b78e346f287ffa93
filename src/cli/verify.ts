/** `deno task verify [export] [options]`: checks an export, or a proof without an export. It uses
 *  the network only to download a link. `HELP` in verify_args.ts documents the options and the exit
 *  codes. */
import { replayerOn } from "../channels/proof/replayer.ts";
import { openSandbox } from "../sandbox/open_sandbox.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { plainJson, plainLine } from "../verify/plain_text.ts";
import { cut, type Report, reportText } from "../verify/report.ts";
import { proofIn } from "../verify/proof_check.ts";
import { type ProofReport, proofText, verifyProof } from "../verify/verify_proof.ts";
import type { LogProof } from "../domain/proof/log_proof.ts";
import { verifyExport, type VerifyOptions } from "../verify/verify_export.ts";
import { HELP, parsedArgs, type VerifyRequest } from "./verify_args.ts";
import { type ReadBounds, textAt } from "./bounded_text.ts";

/** The longest pause in the data of a link or a pipe. */
const IDLE_MS = 30_000;

/** A report, and its text for a person. */
interface Outcome {
  report: Report | ProofReport;
  text: string;
}

async function verified(
  { from, receipts, proofs, replays, ...rest }: VerifyRequest,
): Promise<Outcome> {
  const { maxBytes, timeoutMs, trustedKeys, trustedChains } = rest;
  const signal = AbortSignal.timeout(timeoutMs);
  const bounds: ReadBounds = { maxBytes, idleMs: IDLE_MS, signal };
  // Deno runs a task in the folder of its deno.json. `INIT_CWD` is the folder of the caller, from
  // which paths are relative.
  const folder = Deno.env.get("INIT_CWD") ?? "";
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Prints the only output of the program and exits. Error messages may quote a file, its name or a
 *  server, so they are made safe for a terminal here. */
function end(code: number, lines: { out?: string; error?: string }): never {
  if (lines.out !== undefined) console.log(lines.out);
  if (lines.error !== undefined) console.error(plainLine(cut(lines.error)));
  Deno.exit(code);
}

const request = parsedArgs(Deno.args);
if ("help" in request) {
  end(request.error ? 2 : 0, request.error ? { error: request.error } : { out: HELP });
}
try {
  const { report, text } = await verified(request);
  const isWrong = report.checks.some(({ verdict }) => verdict === "failed");
  const out = request.json ? plainJson(report) : text;
  end(report.ok ? 0 : isWrong ? 1 : 2, { out });
} catch (error) {
  end(2, { error: `Cannot verify ${request.from ?? "the proof"}: ${messageOf(error)}` });
}
