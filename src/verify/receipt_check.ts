/** A receipt that somebody kept against the log of an export: whether the one is the beginning of
 *  the other. */
import { keyIdOf, parsedCheckpoint, type SignedCheckpoint } from "../kernel/checkpoint.ts";
import { bytesToHex } from "../kernel/hash.ts";
import { isSignedBy, keyBytes, rootOfLeaves } from "./log_checks.ts";
import { type Check } from "./report.ts";
import { Wrong } from "./model/wrong.ts";

/** The note in a receipt: a signed note itself, or JSON with one in `checkpoint` or
 *  `receipt.checkpoint`. Undefined when there is none. */
export function noteIn(text: string): string | undefined {
  // As it was copied: perhaps without its last line end, or with those of another system.
  const lines = `${text.replaceAll("\r\n", "\n").trim()}\n`;
  if (parsedCheckpoint(lines)) return lines;
  try {
    const json = JSON.parse(text);
    if (typeof json === "string") return noteIn(json);
    const note = json?.receipt?.checkpoint ?? json?.checkpoint;
    return typeof note === "string" ? note : undefined;
  } catch {
    return undefined;
  }
}

function logOf({ origin }: SignedCheckpoint): string {
  return origin.slice(origin.lastIndexOf("/") + 1);
}

/** Holds a signed tree head that somebody kept to another of the same log: throws `Wrong` unless
 *  one of `keys` has signed it. Returns whether a key vouches for both. `what` names what was kept
 *  in a refusal. */
export async function checkSigner(
  what: "receipt" | "proof",
  kept: SignedCheckpoint,
  current: SignedCheckpoint,
  keys: readonly string[],
): Promise<boolean> {
  // A server may get another name; its channel and its key stay.
  if (logOf(kept) !== logOf(current)) {
    throw new Wrong(`The ${what} is one of another log, ${kept.origin}.`);
  }
  const known = keys.map(keyBytes).filter((key) => key !== undefined);
  const signers = await Promise.all(known.map((key) => isSignedBy(kept, key)));
  if (signers.includes(true)) {
    const both = await Promise.all(known.map((key) => isSignedBy(current, key)));
    return signers.some((signed, i) => signed && both[i]);
  }
  const [line] = kept.signatures;
  const ids = known.map((key) => keyIdOf(kept.origin, key));
  if (line && ids.includes(line.keyId)) {
    throw new Wrong(
      `The ${what} names the server's key, and is not signed by it: it was changed.`,
    );
  }
  throw new Wrong(
    `The ${what} is signed by key ${line?.keyId}, which is none of the server's (${
      ids.join(", ")
    }).`,
  );
}

/** Where a file's own keys vouch for what was kept, and none of them for both. */
export const ANOTHER_KEY =
  "but it is signed by another key than the file: trust one with --key, or ask the server";

/** Whether a receipt was signed under the key that signed the log's own checkpoint, or another of
 *  the server's, and counts the same first entries. */
export async function checkReceipt(
  receipt: string,
  current: SignedCheckpoint,
  keys: readonly string[],
  leaves: readonly Uint8Array[],
  trusted: boolean,
): Promise<string | Check> {
  const kept = parsedCheckpoint(noteIn(receipt) ?? "");
  if (!kept) {
    const text = "it holds no signed note, and proves nothing: keep the checkpoint as it is";
    return { check: "receipt", verdict: "unknown", text };
  }
  const vouched = await checkSigner("receipt", kept, current, keys);
  if (kept.size > leaves.length) {
    throw new Wrong(
      `The receipt counts ${kept.size} entries, the file holds ${leaves.length}: history was truncated, or the file is older than the receipt.`,
      leaves.length + 1,
    );
  }
  if (bytesToHex(rootOfLeaves(leaves.slice(0, kept.size))) !== bytesToHex(kept.root)) {
    throw new Wrong(
      `History was forked: the server signed another log of ${kept.size} entries. Receipt and file together prove it.`,
    );
  }
  const text = `its ${kept.size} entries are the first of these`;
  if (trusted || vouched) return text;
  return { check: "receipt", verdict: "unknown", text: `${text}, ${ANOTHER_KEY}` };
}
