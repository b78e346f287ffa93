/** Invites, rejoin tokens, host tokens, challenges, and ids of channels and tickets: 128 random
 *  bits behind a prefix. */
import { base64url } from "../../kernel/base64url.ts";
import { keyed } from "../../kernel/hash.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";

type Prefix = "inv" | "rejoin" | "host" | "spectate" | "chn" | "ticket" | "challenge";

export function newToken(prefix: Prefix, randomBytes: RandomBytes): string {
  return `${prefix}_${base64url(randomBytes(16))}`;
}

/** Derives a token from texts, so that a repeated call gets the same token and none is stored.
 *  `secret` is 32 bytes, the same on every instance, and keeps others from deriving the token. */
export function derivedTokens(
  secret: Uint8Array,
): (prefix: Prefix, ...texts: string[]) => string {
  return (prefix, ...texts) =>
    `${prefix}_${base64url(keyed(secret, JSON.stringify([prefix, ...texts])).slice(0, 16))}`;
}
export type DerivedTokens = ReturnType<typeof derivedTokens>;
