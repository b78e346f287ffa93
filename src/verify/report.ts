/** What a verification found: one line a check, and whether anything is wrong. */
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
  /** `unknown`: it can't be told from what this viewer may see, or not yet. Neither good nor
   *  bad. */
  verdict: "passed" | "failed" | "unknown";
  /** The first entry that is wrong. */
  id?: number;
  /** What was found, and what it means. */
  text: string;
  /** It was not done to the end: the time that was given was over. */
  stopped?: true;
}

export interface Report {
  /** Whether no check failed, and the time was enough for all of them. */
  ok: boolean;
  /** The time that was given was over before the last check was done: those left are `unknown`. */
  stopped?: true;
  channel_id: string;
  entries: number;
  /** How many hooks were run again with equal results, and how many could not be. */
  hooks: { replayed: number; unknown: number };
  checks: Check[];
}

/** Thrown where the time that was given is over. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Of what a check says: it may quote what a file holds. */
const MAX_TEXT_CHARS = 2_000;

/** A text that ends where people have stopped reading. */
export function cut(text: string): string {
  if (text.length <= MAX_TEXT_CHARS) return text;
  return `${text.slice(0, MAX_TEXT_CHARS).toWellFormed()}…`;
}

/** A check that the time was not enough for, and what was found by then. */
export function outOfTime(check: CheckName, found = ""): Check {
  const text = `${
    found && `${cut(found)}; `
  }not checked to the end: the time that was given was over`;
  return { check, verdict: "unknown", text, stopped: true };
}

/** The outcome of a check that returns what it found and throws `Wrong`. */
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
    // What is thrown for the form of a value, or its depth, is thrown for what no server writes.
    if (error instanceof TypeError || error instanceof RangeError) {
      return { check, verdict: "failed", text: "It holds what no server writes." };
    }
    if (error instanceof Stopped) return outOfTime(check);
    if (!(error instanceof Wrong)) throw error;
    const { text, id } = error;
    return { check, verdict: "failed", ...(id !== undefined && { id }), text: cut(text) };
  }
}

const MARKS = { passed: "✔", failed: "✘", unknown: "?" } as const;

/** For a person: a line a check, then the verdict. */
export function reportText({ ok, stopped, channel_id, entries, hooks, checks }: Report): string {
  const replayed = `${hooks.replayed} hooks run again${
    hooks.unknown > 0 ? `, ${hooks.unknown} could not be` : ""
  }`;
  const verdict = ok
    ? `VERIFIED: ${channel_id}, ${entries} entries, ${replayed}.`
    : checks[0]?.verdict === "failed"
    ? "NOT VERIFIED: this is no export of a channel, or it was damaged."
    : checks.some(({ verdict }) => verdict === "failed") || !stopped
    ? `NOT VERIFIED: ${channel_id}. What is marked ✘ can't come from an honest server.`
    : `NOT VERIFIED TO THE END: ${channel_id}, ${entries} entries, ${replayed}. Nothing was found wrong in the time that was given.`;
  return linesOf(checks, verdict);
}

/** A line a check, then the verdict, as text alone. */
export function linesOf(checks: readonly Check[], verdict: string): string {
  const lines = checks.map(({ check, verdict, id, text }) =>
    `${MARKS[verdict]} ${check.padEnd(11)} ${id === undefined ? "" : `entry ${id}: `}${text}`
  );
  return [...lines, verdict].map(plainLine).join("\n");
}
