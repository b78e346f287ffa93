/** The arguments and the help text of `deno task verify`. */
import { parseArgs } from "node:util";
import { verifierKey } from "../../kernel/checkpoint.ts";
import { VERIFIER_LIMITS } from "../../domain/limits/verifier.ts";
import { keyBytes } from "../../verify/log_checks.ts";

/** The default limits. */
const MAX_MB = VERIFIER_LIMITS.inputBytes / 1_000_000;
const TIMEOUT_S = VERIFIER_LIMITS.timeoutMs / 1_000;
/** JavaScript can't hold a much longer string. */
const MOST_MB = 500;
const MOST_TIMEOUT_S = 7 * 24 * 3600;

export const USAGE = "Usage: deno task verify [export] [options]";

export const HELP = `${USAGE}

Checks the export of a channel. [export] is a file, the link that export_channel returned, or - for standard input.
The verifier uses the network only to download that link, and follows no redirects. Without an export, it checks one
proof (--proof) against the keys (--key) and receipts (--receipt) that you give it.

Options that you can repeat:
  --receipt FILE   a receipt that you saved; the log that it covers must be the beginning of the exported one
  --proof FILE     an answer of get_proof, as JSON; it must be about the exported log
  --key KEY        trust only this public key of the server: 32 bytes in base64, or <name>+<id>+<base64>
  --chain HASH     require public randomness from this drand chain: 64 lower-case hex digits

Other options:
  --no-replay      do not run the bots again
  --json           print the report as JSON
  --max-mb N       read at most N megabytes of each input, after decompression (default ${MAX_MB}, at most ${MOST_MB})
  --timeout-s N    stop after N seconds (default ${TIMEOUT_S}); checks that are not complete by then are marked ?
  --help, -h       print this help

Prints one line per check: ✔ passed, ✘ failed, ? undecided. Exits with
  0  if no check failed; some may be undecided
  1  if a check failed
  2  if the arguments or the input are unusable, the time limit ended the checks, or a check of a proof without an
     export is undecided`;

export interface VerifyRequest {
  /** The export: `-`, a link or a path. Undefined to check a proof without an export. */
  from: string | undefined;
  receipts: string[];
  proofs: string[];
  trustedKeys: string[] | undefined;
  trustedChains: string[] | undefined;
  replays: boolean;
  json: boolean;
  maxBytes: number;
  timeoutMs: number;
}

/** A request for help, or invalid arguments: then `error` says why. */
interface Help {
  help: true;
  error?: string;
}

/** Parses the arguments of the task. Never throws. */
export function parsedArgs(args: string[]): VerifyRequest | Help {
  try {
    const { values, positionals: [from, ...more] } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        receipt: { type: "string", multiple: true, default: [] },
        proof: { type: "string", multiple: true, default: [] },
        key: { type: "string", multiple: true },
        chain: { type: "string", multiple: true },
        "no-replay": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        "max-mb": { type: "string", default: `${MAX_MB}` },
        "timeout-s": { type: "string", default: `${TIMEOUT_S}` },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { help: true };
    if (more.length > 0) return invalid("Give one export only.");
    const { receipt, proof, key, chain, json } = values;
    if (from === undefined && proof.length !== 1) {
      return invalid("Give an export, or exactly one --proof.");
    }
    if (from === undefined && !key) {
      return invalid("A proof without an export needs --key: take it from the server's keys.json.");
    }
    const keys = key?.map(keyIn);
    if (keys?.includes(undefined)) {
      return invalid("--key takes 32 bytes in base64, or <name>+<id>+<base64>.");
    }
    if (chain?.some((text) => !/^[0-9a-f]{64}$/.test(text))) {
      return invalid("--chain takes 64 lower-case hex digits.");
    }
    const maxMb = numberIn(values["max-mb"], MOST_MB);
    if (!maxMb) return invalid(`--max-mb takes a number up to ${MOST_MB}.`);
    const timeoutS = numberIn(values["timeout-s"], MOST_TIMEOUT_S);
    if (!timeoutS) return invalid(`--timeout-s takes a number up to ${MOST_TIMEOUT_S}.`);
    return {
      from,
      receipts: receipt,
      proofs: proof,
      trustedKeys: keys?.filter((text) => text !== undefined),
      trustedChains: chain,
      replays: !values["no-replay"],
      json,
      maxBytes: maxMb * 1_000_000,
      timeoutMs: timeoutS * 1_000,
    };
  } catch (error) {
    // The first sentence names the faulty option. The rest, about file names that begin with a
    // dash, is left out.
    const [why = ""] = String(error instanceof Error ? error.message : error).split(/(?<=\.)\s/);
    return invalid(why);
  }
}

/** A public key in base64, from that form or from the verifier key format of signed notes.
 *  Undefined for any other text. */
function keyIn(text: string): string | undefined {
  if (keyBytes(text)) return text;
  const [, name = "", base64 = ""] = /^([^+\s]+)\+[0-9a-f]{8}\+([\w+/]{44})$/.exec(text) ?? [];
  const key = base64 && Uint8Array.fromBase64(base64).subarray(1);
  return key && verifierKey(name, key) === text ? key.toBase64() : undefined;
}

function invalid(why: string): Help {
  return { help: true, error: why };
}

/** A number above 0 and up to `most`; undefined for any other text. */
function numberIn(text: string, most: number): number | undefined {
  const value = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  return value > 0 && value <= most ? value : undefined;
}
