/** The script of a game: steps, and what has to come of them. docs/cli.md has the form. Pure. */
import type { Json, JsonObject } from "../../kernel/json.ts";
import { type Step, stepIn } from "./steps.ts";

/** What has to be true of the entries since the step before. */
export interface Expectation {
  /** The player who has to see it; undefined: it is enough that it is there. */
  seat?: number;
  /** False: no such entry may be there. */
  isThere: boolean;
  /** Contained in the body of an entry. */
  body: JsonObject;
}

/** `line` counts from 1. */
export type ScriptLine =
  & { line: number; text: string }
  & ({ step: Step } | { expects: Expectation });

const MOST_LINES = 10_000;

/** Throws an error for people, which names the line. */
export function scriptIn(text: string, seats: number): ScriptLine[] {
  const lines = text.split(/\r?\n/);
  if (lines.length > MOST_LINES) throw new Error(`it has more than ${MOST_LINES} lines`);
  return lines.flatMap((whole, i) => {
    const line = i + 1;
    const text = whole.trim();
    if (text === "" || text.startsWith("#")) return [];
    const expects = expectationIn(text, line);
    const step = expects ? undefined : stepIn(text);
    const { seat } = { seat: undefined, ...expects, ...step };
    if (seat !== undefined && (seat < 1 || seat > seats)) {
      throw new Error(
        `line ${line} has a player ${seat}, but there are ${seats} seats: --seats opens more`,
      );
    }
    if (expects) return { line, text, expects };
    if (step) return { line, text, step };
    throw new Error(
      `line ${line} says nothing here: ${
        text.slice(0, 60)
      }. Lines are such as 1 take 2, 2 say hello, ` +
        '1 leave, time 60, timer, expect {"type":"violation"}, and 2 sees no {"type":"hand"}',
    );
  });
}

function expectationIn(text: string, line: number): Expectation | undefined {
  const [, seat, no, json] = /^(?:expect|p?(\d{1,3})\s+sees)\s+(no\s+)?(\{.*)$/.exec(text) ?? [];
  if (json === undefined) return undefined;
  try {
    const isThere = no === undefined;
    return { ...(seat !== undefined && { seat: Number(seat) }), isThere, body: JSON.parse(json) };
  } catch {
    throw new Error(`line ${line} has no JSON object that can be read: ${json.slice(0, 60)}`);
  }
}

/** Whether a value has all that is wanted: of an object some members, of a list each item. */
export function contains(value: Json | undefined, wanted: Json): boolean {
  if (typeof wanted !== "object" || wanted === null) return value === wanted;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(wanted) || Array.isArray(value)) {
    return Array.isArray(wanted) && Array.isArray(value) && value.length === wanted.length &&
      wanted.every((item, i) => contains(value[i], item));
  }
  return Object.entries(wanted).every(([name, item]) =>
    Object.hasOwn(value, name) && contains(value[name], item)
  );
}
