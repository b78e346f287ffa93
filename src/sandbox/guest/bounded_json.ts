/** Checks JSON from a guest against the limits of the API, early enough for the bot's author to get
 *  an error. The server checks again with the domain's rule. That rule needs zod, which would cost
 *  every host ten megabytes; hence this one. */
import type { Json, JsonObject } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";

const encoder = new TextEncoder();

/** Parses a guest's JSON. Throws a RangeError that names the broken limit, or a SyntaxError. */
export function boundedJson(text: string, maxBytes: number, what: string): Json {
  const check = (json: string) => {
    const bytes = encoder.encode(json).length;
    if (bytes <= maxBytes) return;
    throw new RangeError(`${what} is ${bytes} bytes; at most ${maxBytes} are allowed`);
  };
  check(text);
  const value = parsed(text, what);
  // Canonical JSON may be longer than the guest's text: Python's 1e+20 becomes 21 digits.
  if (text.includes("e+")) check(JSON.stringify(value));
  let torn = false;
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > BOT_LIMITS.jsonDepth) {
      throw new RangeError(`${what} nests deeper than ${BOT_LIMITS.jsonDepth} levels`);
    }
    const next: Json[] = [];
    for (const node of level) {
      if (typeof node === "string") torn ||= !node.isWellFormed();
      if (typeof node !== "object" || node === null) continue;
      if (!Array.isArray(node)) next.push(...Object.keys(node));
      next.push(...Object.values(node));
    }
    level = next;
  }
  return torn ? wellFormed(value) : value;
}

/** Half of a surrogate pair, where a text was cut within a character, becomes U+FFFD. */
function wellFormed(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name.toWellFormed(), wellFormed(item)]),
  );
}

/** Throws with a fixed message. The parser's own differs between releases, and a replay compares
 *  messages. */
function parsed(text: string, what: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(`${what} is not JSON`);
  }
}

export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
