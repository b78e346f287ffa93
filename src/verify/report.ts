/** The report of a verification: one line per check, and the verdict. */
import { Wrong } from "./model/wrong.ts";
import { plainLine } from "./plain_text.ts";

export const CHECKS = [
  "format",
  "ids",
  "times",
  "hashes",
  "tree",
  "signature",
  "receipt",
  "proof",
  "speakers",
  "salts",
  "sources",
  "seeds",
  "beacon",
  "evidence",
  "commitments",
  "replay",
] as const;
export type CheckName = (typeof CHECKS)[number];

export interface Check {
  check: CheckName;
  /** `unknown`: what this viewer may see can't decide it, or can't decide it yet. It is neither a
   *  pass nor a failure. */
  verdict: "passed" | "failed" | "unknown";
  /** The first entry at fault. */
  id?: number;
  /** The finding, for a person. */
  text: string;
  /** The time limit ended the check before it was complete. */
  stopped?: true;
}

export interface Report {
  /** Whether every check was completed and none failed. */
  ok: boolean;
  /** The time limit ended the verification: the checks that were not completed are `unknown`. */
  stopped?: true;
  channel_id: string;
  entries: number;
  /** The number of hooks that were replayed with equal results, and that could not be replayed. */
  hooks: { replayed: number; unknown: number };
  checks: Check[];
}

/** A hook that the log calls for, and what became of it in the replay. */
export interface Move {
  bot_id: string;
  /** The entry that called it. */
  cause: number;
  /** The entries that it caused. */
  effects: number[];
  /** Why it could not be replayed; undefined if it was, with equal results. */
  obstacle?: string;
}

/** Thrown when the time limit ends a check. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** The longest text of a check, which may quote the file. */
const MAX_TEXT_CHARS = 2_000;

/** Shortens a text to what a person reads. */
export function cut(text: string): string {
  if (text.length <= MAX_TEXT_CHARS) return text;
  return `${text.slice(0, MAX_TEXT_CHARS).toWellFormed()}…`;
}

/** A check that the time limit ended. `found`: its findings until then. */
export function outOfTime(check: CheckName, found = ""): Check {
  const text = `${found && `${cut(found)}; `}not completed within the time limit`;
  return { check, verdict: "unknown", text, stopped: true };
}

/** Runs a check, which returns its finding or throws `Wrong`. */
export async function checked(
  check: CheckName,
  find: () => string | Check | Promise<string | Check>,
): Promise<Check> {
  try {
    const found = await find();
    return typeof found === "string"
      ? { check, verdict: "passed", text: cut(found) }
      : found.stopped
      ? found
      : { ...found, text: cut(found.text) };
  } catch (error) {
    // A value of a type or depth that no server writes makes JavaScript throw these.
    if (error instanceof TypeError || error instanceof RangeError) {
      return { check, verdict: "failed", text: "The file holds a value that no server writes." };
    }
    if (error instanceof Stopped) return outOfTime(check);
    if (!(error instanceof Wrong)) throw error;
    const { text, id } = error;
    return { check, verdict: "failed", ...(id !== undefined && { id }), text: cut(text) };
  }
}

const MARKS = { passed: "✔", failed: "✘", unknown: "?" } as const;

/** The report for a person: one line per check, then the verdict. */
export function reportText({ ok, stopped, channel_id, entries, hooks, checks }: Report): string {
  const replayed = `${hooks.replayed} hooks replayed${
    hooks.unknown > 0 ? `, ${hooks.unknown} not replayed` : ""
  }`;
  const verdict = ok
    ? `VERIFIED: ${channel_id}, ${entries} entries, ${replayed}.`
    : checks[0]?.verdict === "failed"
    ? "NOT VERIFIED: this is not an export of a channel, or it is damaged."
    : checks.some(({ verdict }) => verdict === "failed") || !stopped
    ? `NOT VERIFIED: ${channel_id}. A line marked ✘ means a changed file, a wrong receipt or key, or a dishonest server.`
    : `NOT FULLY VERIFIED: ${channel_id}, ${entries} entries, ${replayed}. Nothing wrong was found within the time limit.`;
  return linesOf(checks, verdict);
}

/** One line per check, then the verdict, safe for a terminal. */
export function linesOf(checks: readonly Check[], verdict: string): string {
  const lines = checks.map(({ check, verdict, id, text }) =>
    `${MARKS[verdict]} ${check.padEnd(11)} ${id === undefined ? "" : `entry ${id}: `}${text}`
  );
  return [...lines, verdict].map(plainLine).join("\n");
}
