/** `deno task verify <file, link or ->`: checks an export, or a proof where there is none. Offline
 *  unless it is given a link. Exits with 0 when nothing is wrong, 1 when something is, 2 when there
 *  was nothing to check, or not time enough: see verify_args.ts. */
import { replayerOn } from "../channels/proof/replayer.ts";
import { openSandbox } from "../sandbox/open_sandbox.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { plainJson, plainLine } from "../verify/plain_text.ts";
import { cut, type Report, reportText } from "../verify/report.ts";
import { proofIn } from "../verify/proof_check.ts";
import { type ProofReport, proofText, verifyProof } from "../verify/verify_proof.ts";
import type { LogProof } from "../domain/proof/log_proof.ts";
import { verifyExport, type VerifyOptions } from "../verify/verify_export.ts";
import { type Asked, asked, HELP } from "./verify_args.ts";
import { type ReadBounds, textAt } from "./bounded_text.ts";

/** How long a link, or a pipe, may be silent. */
const IDLE_MS = 30_000;

/** What was found, and how a person reads it. */
interface Found {
  report: Report | ProofReport;
  text: string;
}

async function verified({ from, receipts, proofs, replays, ...rest }: Asked): Promise<Found> {
  const { maxBytes, timeoutMs, trustedKeys, trustedChains } = rest;
  const signal = AbortSignal.timeout(timeoutMs);
  const bounds: ReadBounds = { maxBytes, idleMs: IDLE_MS, signal };
  // A path counts from where the person is: a task runs in the folder of its deno.json.
  const folder = Deno.env.get("INIT_CWD") ?? "";
  const json = from === undefined ? undefined : JSON.parse(await textAt(from, folder, bounds));
  const named = async (what: string, path: string) =>
    await textAt(path, folder, bounds).catch((error) => {
      throw new Error(`the ${what} ${path}: ${messageOf(error)}`);
    });
  const kept: string[] = [];
  for (const path of receipts) kept.push(await named("receipt", path));
  const answers: LogProof[] = [];
  for (const path of proofs) {
    const proof = proofIn(await named("proof", path));
    if (!proof) {
      throw new Error(`the proof ${path}: it is not an answer of get_proof, or it proves nothing`);
    }
    answers.push(proof);
  }
  if (from === undefined) {
    const report = await verifyProof(answers[0]!, { receipts: kept, trustedKeys: trustedKeys! });
    return { report, text: proofText(report) };
  }
  const options: VerifyOptions = {
    receipts: kept,
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

/** Everything that is printed goes through here, for a file, its name and a server may hold
 *  anything. */
function end(code: number, lines: { out?: string; error?: string }): never {
  if (lines.out !== undefined) console.log(lines.out);
  if (lines.error !== undefined) console.error(plainLine(cut(lines.error)));
  Deno.exit(code);
}

const wanted = asked(Deno.args);
if ("help" in wanted) {
  end(wanted.complaint ? 2 : 0, wanted.complaint ? { error: wanted.complaint } : { out: HELP });
}
try {
  const { report, text } = await verified(wanted);
  const isWrong = report.checks.some(({ verdict }) => verdict === "failed");
  const out = wanted.json ? plainJson(report) : text;
  end(report.ok ? 0 : isWrong ? 1 : 2, { out });
} catch (error) {
  end(2, { error: `Cannot verify ${wanted.from ?? "the proof"}: ${messageOf(error)}` });
}
