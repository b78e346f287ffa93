/** JSON as this project hashes and stores it: RFC 8785 canonical bytes. */
import canonicalize from "canonicalize";
import * as z from "zod";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

const encoder = new TextEncoder();

/** RFC 8785 text of a JSON value. Throws if it has none (NaN, Infinity, lone surrogates). */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error("Cannot canonicalize: the value is not JSON");
  return text;
}

export function canonicalBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return encoder.encode(canonicalText(value));
}

/** Whether a value nests deeper than `stopAt` levels of arrays and objects. Does not recurse. */
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

/** Text that UTF-8 can encode: no lone surrogates. */
export const Text = z.string().refine((text) => text.isWellFormed(), "must be well-formed Unicode");

/** Schemas for results of JSON.parse. Those are JSON already, so only their outermost shape is
 *  checked. The schemas return them uncopied: a copy would lose keys such as `__proto__`. */
export const JsonValue = z.unknown() as unknown as z.ZodType<Json>;
export const JsonObject = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be a JSON object",
).meta({ type: "object" });
