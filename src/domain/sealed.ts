/** Sealed values must not come out of a hook. Whoever writes a bot could still encode one so that nobody recognises
 *  it: that is why its source is public. */
import type { Json } from "./json.ts";

/** Whether a text or number in a JSON value, a key included, contains one of the values. */
export function contains(json: Json, values: readonly string[]): boolean {
  if (values.length === 0) return false;
  const holds = (text: string) => values.some((value) => text.includes(value));
  if (typeof json === "string") return holds(json);
  if (typeof json === "number") return holds(String(json));
  if (typeof json !== "object" || json === null) return false;
  if (Array.isArray(json)) return json.some((item) => contains(item, values));
  return Object.entries(json).some(([key, item]) => holds(key) || contains(item, values));
}

/** A text with every sealed value taken out. */
export function redacted(text: string, values: readonly string[]): string {
  return values.reduce((left, value) => left.replaceAll(value, "[sealed]"), text);
}
