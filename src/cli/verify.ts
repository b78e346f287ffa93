/** `deno task verify <file, link or ->`: checks an export. Offline unless it is given a link. Exits
 *  with 0 when nothing is wrong, 1 when something is, 2 when there was nothing to check, or not
 *  time enough: see verify_args.ts. */
import { replayerOn } from "../channels/proof/replayer.ts";
import { openSandbox } from "../sandbox/open_sandbox.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { plainJson, plainLine } from "../verify/plain_text.ts";
import { cut, type Report, reportText } from "../verify/report.ts";
import { verifyExport, type VerifyOptions } from "../verify/verify_export.ts";
import { type Asked, asked, HELP } from "./verify_args.ts";
import { type ReadBounds, textAt } from "./bounded_text.ts";

/** How long a link, or a pipe, may be silent. */
const IDLE_MS = 30_000;

async function verified({ from, receipts, replays, ...rest }: Asked): Promise<Report> {
  const { maxBytes, timeoutMs, trustedKeys, trustedChains } = rest;
  const signal = AbortSignal.timeout(timeoutMs);
  const bounds: ReadBounds = { maxBytes, idleMs: IDLE_MS, signal };
  // A path counts from where the person is: a task runs in the folder of its deno.json.
  const folder = Deno.env.get("INIT_CWD") ?? "";
  const json = JSON.parse(await textAt(from, folder, bounds));
  const kept: string[] = [];
  for (const path of receipts) {
    const text = await textAt(path, folder, bounds).catch((error) => {
      throw new Error(`the receipt ${path}: ${messageOf(error)}`);
    });
    kept.push(text);
  }
  const options: VerifyOptions = { receipts: kept, trustedKeys, trustedChains, signal };
  if (!replays) return await verifyExport(json, options);
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
  const report = await verified(wanted);
  const isWrong = report.checks.some(({ verdict }) => verdict === "failed");
  const out = wanted.json ? plainJson(report) : reportText(report);
  end(report.ok ? 0 : isWrong ? 1 : 2, { out });
} catch (error) {
  end(2, { error: `Cannot verify ${wanted.from}: ${messageOf(error)}` });
}
