/** What `deno task verify` is asked for, and what it says of itself. */
import { parseArgs } from "node:util";
import { verifierKey } from "../kernel/checkpoint.ts";
import { keyBytes } from "../verify/log_checks.ts";

/** What may be had of a file or a link, and of somebody's time, unless more is allowed. */
const MAX_MB = 64;
const TIMEOUT_S = 600;
/** A longer text is none to JavaScript. */
const MOST_MB = 500;
const MOST_TIMEOUT_S = 7 * 24 * 3600;

const USAGE = "Usage: deno task verify [file, link or -] [options]";

export const HELP = `${USAGE}

Checks an export of a channel: a file, the link that export_channel returned, or - for standard input. Reaches no
network but that link, and follows no redirect. Without an export, checks a proof against receipts and keys alone.

  --receipt FILE   a receipt that you kept: it must be the beginning of this log; may be given more than once
  --proof FILE     an answer of get_proof, as JSON: it must be about this log; may be given more than once
  --key KEY        trust this key only, 32 bytes in base64 or <name>+<id>+<base64>; may be given more than once
  --chain HASH     demand public randomness of this drand chain, 64 lower-case hex digits; may be given more than once
  --no-replay      run nothing again
  --json           print the report as JSON
  --max-mb N       read up to N megabytes of a file, a link (unpacked) or a receipt (${MAX_MB}; at most ${MOST_MB})
  --timeout-s N    take up to N seconds for everything (${TIMEOUT_S}); what is not checked by then is marked ?
  --help           print this

Prints a line a check: ✔ as it should be, ✘ wrong, ? can't be told. Exits with
  0  when nothing is wrong
  1  when something is
  2  when there was nothing to check, or not time enough to check it to the end, or when a proof without an export
     can't tell`;

export interface Asked {
  /** The export; without one, a proof is checked by itself. */
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

/** What somebody asks for who wants to be told how to ask; `complaint` says what is wrong with how
 *  they did. */
interface Told {
  help: true;
  complaint?: string;
}

/** Reads the arguments of the task. Never throws. */
export function asked(args: string[]): Asked | Told {
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
    if (more.length > 0) return complaint("Name one file or link, not more.");
    const { receipt, proof, key, chain, json } = values;
    if (from === undefined && proof.length !== 1) {
      return complaint("Name a file or a link, or one --proof.");
    }
    if (from === undefined && !key) {
      return complaint("A proof without an export needs --key: the server's, from its keys.json.");
    }
    const keys = key?.map(keyIn);
    if (keys?.includes(undefined)) {
      return complaint("--key takes 32 bytes in base64, or <name>+<id>+<base64>.");
    }
    if (chain?.some((text) => !/^[0-9a-f]{64}$/.test(text))) {
      return complaint("--chain takes 64 lower-case hex digits.");
    }
    const maxMb = numberIn(values["max-mb"], MOST_MB);
    if (!maxMb) return complaint(`--max-mb takes a number up to ${MOST_MB}.`);
    const timeoutS = numberIn(values["timeout-s"], MOST_TIMEOUT_S);
    if (!timeoutS) return complaint(`--timeout-s takes a number up to ${MOST_TIMEOUT_S}.`);
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
    // Its first sentence says which option; the rest, how to name a file that begins with a dash.
    const [why = ""] = String(error instanceof Error ? error.message : error).split(/(?<=\.)\s/);
    return complaint(why);
  }
}

/** A public key in base64, from that or from a verifier key as signed notes have it. */
function keyIn(text: string): string | undefined {
  if (keyBytes(text)) return text;
  const [, name = "", base64 = ""] = /^([^+\s]+)\+[0-9a-f]{8}\+([\w+/]{44})$/.exec(text) ?? [];
  const key = base64 && Uint8Array.fromBase64(base64).subarray(1);
  return key && verifierKey(name, key) === text ? key.toBase64() : undefined;
}

function complaint(why: string): Told {
  return { help: true, complaint: `${USAGE}; --help tells them. ${why}` };
}

/** A number above 0, up to a bound; undefined for what is none. */
function numberIn(text: string, most: number): number | undefined {
  const value = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  return value > 0 && value <= most ? value : undefined;
}
