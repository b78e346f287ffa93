/** Invites, rejoin tokens and channel ids: 128 random bits behind a prefix. */
import { keyed } from "../../kernel/hash.ts";

export type RandomBytes = (length: number) => Uint8Array;

export function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

export function newToken(prefix: "inv" | "rejoin" | "chn", randomBytes: RandomBytes): string {
  return `${prefix}_${base64Url(randomBytes(16))}`;
}

/** Makes the token that follows from texts: whoever repeats a call is given the same one again, and
 *  it is stored nowhere. `secret` is 32 bytes, the same on every instance, so that nobody else can
 *  tell it from the texts. */
export function derivedTokens(
  secret: Uint8Array,
): (prefix: "inv" | "rejoin" | "chn", ...texts: string[]) => string {
  return (prefix, ...texts) =>
    `${prefix}_${base64Url(keyed(secret, JSON.stringify([prefix, ...texts])).slice(0, 16))}`;
}
export type DerivedTokens = ReturnType<typeof derivedTokens>;
