/** The body of an entry with its canonical text, computed once where the body enters. The server
 *  hashes, counts and compares a body by that text, and computing it costs more than anything else
 *  in a short post. */
import { canonicalText, type JsonObject } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import { boundedJson, utf8Length } from "../limits/bounded_json.ts";

export interface Body {
  readonly value: JsonObject;
  /** RFC 8785 text. */
  readonly canonical: string;
  /** The length of the canonical text in UTF-8, in bytes. */
  readonly bytes: number;
}

/** The body of an entry of the server or a bot. Throws when it has no canonical form. */
export function bodyOf(value: JsonObject): Body {
  const canonical = canonicalText(value);
  return { value, canonical, bytes: utf8Length(canonical) };
}

/** The body of a member's post. Refuses a body that is too large, too deep or has no canonical
 *  form. */
export function memberBody(value: JsonObject): Body {
  return { value, ...boundedJson(value, BOT_LIMITS.bodyBytes, "The body") };
}
