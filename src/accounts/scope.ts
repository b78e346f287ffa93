/** The scopes of access tokens: `play` permits everything, `watch` only operations that change
 *  nothing. Pure. */
import { Scope } from "../store/people/sign_in_records.ts";
import { OAuthError, OAuthErrorCode } from "./errors.ts";

export { Scope };

/** The scopes that the metadata lists. A client may ask for `offline_access`, but it changes
 *  nothing: every client that registered for refresh tokens gets them. */
export const SCOPES = [...Scope.options, "offline_access"];

/** The scope that a `scope` parameter asks for (RFC 6749 3.3). Only `watch` alone yields less than
 *  `play`: old and new clients send no scope, `mcp` or the scopes of another server, and all of
 *  them want to play. */
export function scopeAsked(text = ""): Scope {
  const words = wordsOf(text);
  return words.length > 0 && words.every((word) => word === "watch") ? "watch" : "play";
}

/** The scope of the next access token of a grant (RFC 6749 6). A client may ask for less than was
 *  granted. Throws if it asks for more. */
export function scopeRefreshed(granted: Scope, text = ""): Scope {
  const asked = wordsOf(text).length === 0 ? granted : scopeAsked(text);
  if (covers(granted, asked)) return asked;
  throw new OAuthError(
    OAuthErrorCode.InvalidScope,
    `The grant covers only ${granted}; authorize again to get ${asked}.`,
  );
}

/** Whether a scope includes the needed one. */
export function covers(scope: Scope, needed: Scope): boolean {
  return scope === "play" || scope === needed;
}

function wordsOf(text: string): string[] {
  return text.split(" ").filter((word) => word !== "" && word !== "offline_access");
}
