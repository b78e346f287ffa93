/** Arrays and objects that callers send as JSON text. */
import { isObject } from "./argument_type.ts";

type Json = { object: Record<string, unknown>; array: unknown[] };

/** The object or array that a value is or writes as JSON text, also inside of a code block, of a
 *  second pair of quotes, or with the single quotes of Python; undefined for anything else. */
export function jsonIn<K extends keyof Json>(value: unknown, kind: K): Json[K] | undefined {
  const fits = (each: unknown): each is Json[K] =>
    kind === "array" ? Array.isArray(each) : isObject(each);
  if (fits(value)) return value;
  if (typeof value !== "string") return undefined;
  const text = value.trim().replace(/^```\w*\s*([^]*?)\s*```$/, "$1");
  if (!/^["[{]/.test(text)) return undefined;
  const parsed = parsedJson(text) ??
    (text.includes('"') ? null : parsedJson(text.replaceAll("'", '"')));
  const inner = typeof parsed === "string" ? parsedJson(parsed) : parsed;
  return fits(inner) ? inner : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
