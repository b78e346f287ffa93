/** What a token is good for. `play` is everything; `watch` is what changes nothing. Pure. */
import { Scope } from "../store/people/sign_in_records.ts";
import { OAuthError, OAuthErrorCode } from "./errors.ts";

export { Scope };

/** As metadata tells. `offline_access` may be asked for, and changes nothing: whoever registered
 *  for refresh tokens gets them. */
export const SCOPES = [...Scope.options, "offline_access"];

/** The scope that a `scope` parameter asks for (RFC 6749 3.3). Only `watch` alone is less than
 *  `play`: clients of all ages ask for nothing, for `mcp` or for what another server has, and want
 *  to play. */
export function scopeAsked(text = ""): Scope {
  const words = wordsOf(text);
  return words.length > 0 && words.every((word) => word === "watch") ? "watch" : "play";
}

/** The scope of the next access token of a grant: less than was granted when that is asked for (RFC
 *  6749 6). Throws when more is. */
export function scopeRefreshed(granted: Scope, text = ""): Scope {
  const asked = wordsOf(text).length === 0 ? granted : scopeAsked(text);
  if (covers(granted, asked)) return asked;
  throw new OAuthError(
    OAuthErrorCode.InvalidScope,
    `Only ${granted} was granted; authorize again to get ${asked}.`,
  );
}

/** Whether a scope is good for what needs another. */
export function covers(scope: Scope, needed: Scope): boolean {
  return scope === "play" || scope === needed;
}

function wordsOf(text: string): string[] {
  return text.split(" ").filter((word) => word !== "" && word !== "offline_access");
}
