/** Size and depth limits for JSON from callers and bots. */
import { canonicalText, deeperThan } from "../../kernel/json.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { BOT_LIMITS } from "./bot.ts";

/** Checks that a parsed JSON value is within `maxBytes` (canonical form, UTF-8) and the depth
 *  limit, and that it has a canonical form. `what` names the value in the refusal. */
export function boundedJson(
  value: unknown,
  maxBytes: number,
  what: string,
): { canonical: string; bytes: number } {
  if (deeperThan(value, BOT_LIMITS.jsonDepth)) {
    throw new Refusal(
      "TOO_LARGE",
      `${what} nests deeper than ${BOT_LIMITS.jsonDepth} levels; flatten it.`,
    );
  }
  let canonical: string;
  try {
    canonical = canonicalText(value);
  } catch {
    throw new Refusal(
      "INVALID_REQUEST",
      `${what} must be plain JSON: no lone surrogates and no numbers beyond the double range.`,
    );
  }
  const bytes = utf8Length(canonical);
  if (bytes > maxBytes) {
    throw new Refusal(
      "TOO_LARGE",
      `${what} is ${bytes} bytes; at most ${maxBytes} are allowed. Shorten it.`,
    );
  }
  return { canonical, bytes };
}

const encoder = new TextEncoder();

/** The length of a text in UTF-8, in bytes. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
