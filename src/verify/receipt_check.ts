/** Checks a member's receipt against the log of an export: the log that the receipt covers must be
 *  the beginning of the exported one. */
import { keyIdOf, parsedCheckpoint, type SignedCheckpoint } from "../kernel/checkpoint.ts";
import { bytesToHex } from "../kernel/hash.ts";
import { isSignedBy, keyBytes, rootOfLeaves } from "./log_checks.ts";
import { type Check } from "./report.ts";
import { Wrong } from "./model/wrong.ts";

/** The signed note in a receipt: the text itself, or JSON with the note in `checkpoint`, in
 *  `receipt.checkpoint` or in the `_meta` of an MCP result. Undefined when there is none. */
export function noteIn(text: string): string | undefined {
  // A copied note may lack its last line end or have CRLF line ends.
  const lines = `${text.replaceAll("\r\n", "\n").trim()}\n`;
  if (parsedCheckpoint(lines)) return lines;
  try {
    const json = JSON.parse(text);
    if (typeof json === "string") return noteIn(json);
    const receipt = json?._meta?.["mcp-multiplayer/receipt"] ?? json?.receipt ?? json;
    const note = receipt?.checkpoint;
    return typeof note === "string" ? note : undefined;
  } catch {
    return undefined;
  }
}

function logOf({ origin }: SignedCheckpoint): string {
  return origin.slice(origin.lastIndexOf("/") + 1);
}

/** Throws `Wrong` unless `other`, the tree head of a receipt or proof, belongs to the same log as
 *  `current` and one of `keys` has signed it. Returns whether the same key has signed both. `what`
 *  names the document in findings. */
export async function checkSigner(
  what: "receipt" | "proof",
  other: SignedCheckpoint,
  current: SignedCheckpoint,
  keys: readonly string[],
): Promise<boolean> {
  // A server may change its name, so compare only the channel id; its keys are checked below.
  if (logOf(other) !== logOf(current)) {
    throw new Wrong(`The ${what} belongs to another log, ${other.origin}.`);
  }
  const known = keys.map(keyBytes).filter((key) => key !== undefined);
  const signers = await Promise.all(known.map((key) => isSignedBy(other, key)));
  if (signers.includes(true)) {
    const both = await Promise.all(known.map((key) => isSignedBy(current, key)));
    return signers.some((signed, i) => signed && both[i]);
  }
  const [line] = other.signatures;
  const ids = known.map((key) => keyIdOf(other.origin, key));
  if (line && ids.includes(line.keyId)) {
    throw new Wrong(
      `The ${what} names the server's key, but that key did not sign it: it was changed.`,
    );
  }
  throw new Wrong(
    `The ${what} is signed by key ${line?.keyId}, which is not one of the server's (${
      ids.join(", ")
    }).`,
  );
}

/** Added to a finding when one key in the file signed the receipt or proof, and another key signed
 *  the file. */
export const ANOTHER_KEY =
  "but different keys signed it and the file: name both keys with --key if the server's keys.json lists them";

/** Checks that one of `keys` has signed a receipt and that the receipt covers the first entries of
 *  this log. `trusted`: whether the caller named the keys, rather than the file. */
export async function checkReceipt(
  receipt: string,
  current: SignedCheckpoint,
  keys: readonly string[],
  leaves: readonly Uint8Array[],
  trusted: boolean,
): Promise<string | Check> {
  const head = parsedCheckpoint(noteIn(receipt) ?? "");
  if (!head) {
    const text =
      "it holds no signed note, so it proves nothing: save the receipt's checkpoint unchanged";
    return { check: "receipt", verdict: "unknown", text };
  }
  const vouched = await checkSigner("receipt", head, current, keys);
  if (head.size > leaves.length) {
    throw new Wrong(
      `The receipt counts ${head.size} entries, the file holds ${leaves.length}: the history was truncated, or the file is older than the receipt.`,
      leaves.length + 1,
    );
  }
  if (bytesToHex(rootOfLeaves(leaves.slice(0, head.size))) !== bytesToHex(head.root)) {
    throw new Wrong(
      `The history was forked: the server signed another log of ${head.size} entries. The receipt and the file together prove it.`,
    );
  }
  const text = `its ${head.size} entries are the beginning of this log`;
  if (trusted || vouched) return text;
  return { check: "receipt", verdict: "unknown", text: `${text}, ${ANOTHER_KEY}` };
}
