/** SHA-256 and what is built on it here. Synchronous, so that a transcript stays a pure function of its input. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import * as z from "zod";

export { bytesToHex, concatBytes, hexToBytes, sha256, utf8ToBytes };

/** `sha256:` and 64 hex digits, as every hash reads on the wire. */
export const HashText = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export type HashText = z.infer<typeof HashText>;

export function hashText(bytes: Uint8Array): HashText {
  return `sha256:${bytesToHex(sha256(bytes))}`;
}

/** SHA-256 hex of a secret's text: the only form in which a token, an invite or a code is stored. Looking one up by
 *  it tells a guesser nothing about how close a guess was. */
export function secretHash(secret: string): string {
  return bytesToHex(sha256(utf8ToBytes(secret)));
}

/** HMAC-SHA-256 of a label under a key: 32 bytes. */
export function keyed(key: Uint8Array, label: string): Uint8Array {
  return hmac(sha256, key, utf8ToBytes(label));
}

/** RFC 5869 HKDF-SHA-256: 32 bytes from a secret, a salt that binds and a label that separates uses. */
export function derive(secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  return hkdf(sha256, secret, salt, utf8ToBytes(info), 32);
}
