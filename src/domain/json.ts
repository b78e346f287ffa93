/** JSON as this project hashes and stores it: RFC 8785 canonical bytes, within a depth and a size. */
import canonicalize from "canonicalize";
import * as z from "zod";
import { LIMITS } from "./limits.ts";
import { Refusal } from "./refusal.ts";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

const encoder = new TextEncoder();

/** RFC 8785 text of a JSON value. Throws on what has none (NaN, Infinity, lone surrogates): see `parseJson`. */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error("Cannot canonicalize: the value is not JSON");
  return text;
}

export function canonicalBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return encoder.encode(canonicalText(value));
}

/** How many levels of arrays and objects a value has, at most `stopAt + 1`; walks without recursion. */
export function deeperThan(value: unknown, stopAt: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const node of level) {
      if (typeof node === "object" && node !== null) {
        for (const v of Object.values(node)) next.push(v);
      }
    }
    if (depth > stopAt) return true;
    level = next;
  }
  return false;
}

/** Checks that a parsed JSON value is within `maxBytes` (canonical UTF-8) and the depth limit, and has a
 *  canonical form. `what` names it in the refusal. Returns the canonical text. */
export function boundedJson(value: unknown, maxBytes: number, what: string): string {
  if (deeperThan(value, LIMITS.jsonDepth)) {
    throw new Refusal(
      "TOO_LARGE",
      `${what} nests deeper than ${LIMITS.jsonDepth} levels; flatten it.`,
    );
  }
  let text: string;
  try {
    text = canonicalText(value);
  } catch {
    throw new Refusal(
      "INVALID_REQUEST",
      `${what} must be plain JSON: no lone surrogates and no numbers beyond the double range.`,
    );
  }
  const bytes = encoder.encode(text).length;
  if (bytes > maxBytes) {
    throw new Refusal(
      "TOO_LARGE",
      `${what} is ${bytes} bytes; at most ${maxBytes} are allowed. Shorten it.`,
    );
  }
  return text;
}

/** Text that has a UTF-8 form: no lone surrogates. */
export const Text = z.string().refine((text) => text.isWellFormed(), "must be well-formed Unicode");

/** Schemas for values that JSON.parse made: JSON by construction, so only their outermost shape is checked, and
 *  they are passed on as they are, down to keys such as `__proto__` that copying would lose. */
export const JsonValue = z.unknown() as unknown as z.ZodType<Json>;
export const JsonObject = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be a JSON object",
).meta({ type: "object" });
