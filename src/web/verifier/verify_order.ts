/** Verifies the file that a page was given, and says what it finds in the page's terms. */
import type { ChannelExport } from "../../domain/proof/channel_export.ts";
import { checkpointIn, checkSignature } from "../../verify/log_checks.ts";
import type { Move, Report } from "../../verify/report.ts";
import { verifyExport } from "../../verify/verify_export.ts";
import type { Finding, News, Order, Shown } from "../islands/verify/messages.ts";
import { browserReplayer } from "./replayer.ts";
import { VERIFIER_LIMITS } from "../../domain/limits/verifier.ts";

/** How many moves pass between two messages about them. */
const MOVES_A_MESSAGE = 8;
const { inputBytes, timeoutMs, shownEntries, shownChars } = VERIFIER_LIMITS;

/** Ends with a message of the kind `verified` or `unusable`. Never rejects. */
export async function verifyOrder(
  order: Order,
  say: (news: News) => void,
): Promise<void> {
  try {
    await refuseOldBrowser();
    const json = parsed(await textOf(order.file));
    say({ kind: "verified", finding: await verified(json, order, say) });
  } catch (error) {
    say({
      kind: "unusable",
      why: error instanceof Error ? error.message : String(error),
    });
  }
}

async function verified(
  json: unknown,
  { guest, receipt, server }: Order,
  say: (news: News) => void,
): Promise<Finding> {
  let file: ChannelExport | undefined;
  const moves: Move[] = [];
  const report = await verifyExport(json, {
    receipts: receipt ? [receipt] : [],
    // Nobody but this server signs its channels.
    trustedKeys: server && hostIn(json) === server.host ? server.keys : undefined,
    replayer: browserReplayer(addressOf(guest)),
    signal: AbortSignal.timeout(timeoutMs),
    progress: {
      read: (parsed) => void (file = parsed),
      began: (check) => say({ kind: "at", check }),
      moved(move) {
        moves.push(move);
        if (moves.length % MOVES_A_MESSAGE !== 0) return;
        say({ kind: "at", check: "replay", moves: moves.length });
      },
    },
  });
  const name = file?.entries[0]?.body?.name;
  return {
    report,
    name: typeof name === "string" ? name : "",
    moves,
    entries: file ? shownOf(file, report) : [],
    own: file && server && await isSignedBy(file, server.keys),
  };
}

/** A Blob gets its address here, since a page from disk shares none with its Workers. */
function addressOf(guest: string | Blob): URL {
  return new URL(
    typeof guest === "string" ? guest : URL.createObjectURL(guest),
  );
}

/** The host that the checkpoint of a file names; undefined if there is none. */
function hostIn(json: unknown): string | undefined {
  const { checkpoint } = (json ?? {}) as { checkpoint?: unknown };
  return typeof checkpoint === "string" ? checkpoint.split("/", 1)[0] : undefined;
}

async function isSignedBy(
  file: ChannelExport,
  keys: readonly string[],
): Promise<boolean> {
  try {
    await checkSignature(checkpointIn(file), file.keys, keys);
    return true;
  } catch {
    return false;
  }
}

function shownOf({ entries }: ChannelExport, { checks }: Report): Shown[] {
  const wrong = new Set(checks.map(({ id }) => id));
  return entries.filter(({ id }, i) => i < shownEntries || wrong.has(id)).map(
    ({ id, sender, ts, body }) => {
      const text = body && JSON.stringify(body);
      const isLong = text !== undefined && text.length > shownChars;
      return {
        id,
        sender,
        ts,
        text: isLong ? `${text.slice(0, shownChars)}…` : text,
      };
    },
  );
}

async function textOf(file: Blob): Promise<string> {
  if (file.size > inputBytes) {
    throw new Error(
      `The file is larger than ${inputBytes / 1_000_000} MB, the most that is checked here: ` +
        "use deno task verify with --max-mb.",
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      await file.arrayBuffer(),
    );
  } catch {
    throw new Error(
      "The file is not UTF-8 text: use it exactly as you downloaded it.",
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      "The file is not JSON, so it is not an export: use it as you downloaded it.",
    );
  }
}

/** Throws where the verifier can't run, which is not the file's fault. */
async function refuseOldBrowser(): Promise<void> {
  if (!globalThis.crypto?.subtle) {
    throw new Error(
      "This page did not come over https, so the browser checks no signatures here: open verify.html from your disk.",
    );
  }
  const isNew = "fromBase64" in Uint8Array && "groupBy" in Map &&
    "withResolvers" in Promise &&
    await crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, [
      "verify",
    ])
      .then(() => true, () => false);
  if (!isNew) {
    throw new Error(
      "This browser is too old for the verifier: use a current one.",
    );
  }
}
