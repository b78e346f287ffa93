/** Values of arguments, as people type them. */
import { InvalidArgumentError } from "commander";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { EXIT, Failure } from "./exit_codes.ts";

/** A number, a JSON object, or else the text itself. */
export function moveValue(text: string): number | string | JsonObject {
  if (/^-?\d+(\.\d+)?$/.test(text) && String(Number(text)) === text) return Number(text);
  return text.trimStart().startsWith("{") ? jsonObject(text, "The value of the move") : text;
}

export function jsonObject(text: string, what: string): JsonObject {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Refused below.
  }
  throw new Failure(EXIT.usage, `${what} must be a JSON object, such as '{"size": 3}'.`);
}

/** Seconds as milliseconds, at most the longest wait of one call. */
export function waitMs(seconds: string | true): number {
  const number = seconds === true ? MOST_SECONDS : Number(seconds);
  if (number >= 0 && number <= MOST_SECONDS) return Math.round(number * 1000);
  throw new Failure(EXIT.usage, `Wait 0 to ${MOST_SECONDS} seconds, not ${seconds}.`);
}

const MOST_SECONDS = 45;

/** For an option that takes a whole number. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** For an option that takes any JSON. */
export function jsonValue(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError("It must be JSON.");
  }
}
