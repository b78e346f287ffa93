/** `deno task verify <file or URL> [--receipt FILE] [--key BASE64] [--chain HASH] [--no-replay] [--json]`: checks an export. Offline
 *  unless it is given a URL. Exits with 0 when nothing is wrong, 1 when something is, 2 when there was nothing to check. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { replayerOn } from "../channels/replayer.ts";
import { openSandbox } from "../sandbox/open_sandbox.ts";
import { keyBytes } from "../verify/log_checks.ts";
import { type Report, reportText } from "../verify/report.ts";
import { verifyExport, type VerifyOptions } from "../verify/verify_export.ts";

const USAGE =
  "Usage: deno task verify <file or URL> [--receipt FILE]... [--key KEY]... [--chain HASH]... [--no-replay] [--json]\n" +
  "KEY is 32 bytes in base64, HASH 64 lower-case hex digits.";
const HOOK_MS = 5_000;

interface Asked {
  from: string;
  receipts: string[];
  trustedKeys: string[] | undefined;
  trustedChains: string[] | undefined;
  replays: boolean;
  json: boolean;
}

function asked(args: string[]): Asked | undefined {
  try {
    const { values, positionals: [from, ...more] } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        receipt: { type: "string", multiple: true, default: [] },
        key: { type: "string", multiple: true },
        chain: { type: "string", multiple: true },
        "no-replay": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    if (from === undefined || more.length > 0) return undefined;
    const { receipt, key, chain, json } = values;
    const misspelt = key?.some((text) => !keyBytes(text)) ||
      chain?.some((text) => !/^[0-9a-f]{64}$/.test(text));
    if (misspelt) return undefined;
    const trusted = { trustedKeys: key, trustedChains: chain };
    return { from, receipts: receipt, ...trusted, replays: !values["no-replay"], json };
  } catch {
    return undefined;
  }
}

/** A path counts from where the person is: a task runs in the folder of its deno.json. */
const readFile = (path: string) => Deno.readTextFile(resolve(Deno.env.get("INIT_CWD") ?? "", path));

async function textAt(from: string): Promise<string> {
  if (!/^https?:\/\//.test(from)) return await readFile(from);
  const response = await fetch(from);
  if (!response.ok) throw new Error(`${new URL(from).origin} answered ${response.status}`);
  return await response.text();
}

async function verified({ from, receipts, replays, ...trusted }: Asked): Promise<Report> {
  const json = JSON.parse(await textAt(from));
  const kept = await Promise.all(receipts.map(readFile));
  const options: VerifyOptions = { receipts: kept, ...trusted };
  if (!replays) return await verifyExport(json, options);
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: HOOK_MS });
  try {
    return await verifyExport(json, { ...options, replayer: replayerOn(sandbox) });
  } finally {
    await sandbox.close();
  }
}

const wanted = asked(Deno.args);
if (!wanted) {
  console.error(USAGE);
  Deno.exit(2);
}
try {
  const report = await verified(wanted);
  console.log(wanted.json ? JSON.stringify(report, null, 2) : reportText(report));
  Deno.exit(report.ok ? 0 : 1);
} catch (error) {
  console.error(`Cannot verify ${wanted.from}: ${error instanceof Error ? error.message : error}`);
  Deno.exit(2);
}
