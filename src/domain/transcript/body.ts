/** The body of something that is said, made once where it comes in: it is hashed, counted and
 *  compared by its canonical text, and that costs more than anything else about a short post. */
import { canonicalText, type JsonObject } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import { boundedJson, utf8Length } from "../limits/bounded_json.ts";

export interface Body {
  readonly value: JsonObject;
  /** RFC 8785 text. */
  readonly canonical: string;
  /** How many bytes of UTF-8 that is. */
  readonly bytes: number;
}

/** The body of what the server or one of its bots says. Throws on what has no canonical form. */
export function bodyOf(value: JsonObject): Body {
  const canonical = canonicalText(value);
  return { value, canonical, bytes: utf8Length(canonical) };
}

/** The body of what a member says. Refuses what is too large, too deep or has no canonical form. */
export function memberBody(value: JsonObject): Body {
  return { value, ...boundedJson(value, BOT_LIMITS.bodyBytes, "The body") };
}
