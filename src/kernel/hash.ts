/** SHA-256, and HMAC and HKDF with it. Synchronous, so that a transcript is a pure function of its
 *  input. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import * as z from "zod";

export { bytesToHex, concatBytes, hexToBytes, sha256 };

const encoder = new TextEncoder();
/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const BYTES_PER_UNIT = 3;
/** Longer input is copied to new memory before it is hashed. */
const SCRATCH_BYTES = 16_384;
const scratch = new Uint8Array(SCRATCH_BYTES);

export function utf8ToBytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** SHA-256(prefix || UTF-8 of text). Avoids copies, because a server hashes hundreds of thousands
 *  of entries. */
export function prefixedHash(prefix: Uint8Array, text: string): Uint8Array {
  if (prefix.length + text.length * BYTES_PER_UNIT > SCRATCH_BYTES) {
    return sha256(concatBytes(prefix, utf8ToBytes(text)));
  }
  scratch.set(prefix);
  const { written } = encoder.encodeInto(text, scratch.subarray(prefix.length));
  return sha256(scratch.subarray(0, prefix.length + written));
}

/** `sha256:` and 64 hex digits: the form of every hash on the wire. */
export const HashText = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export type HashText = z.infer<typeof HashText>;

export function hashText(bytes: Uint8Array): HashText {
  return `sha256:${bytesToHex(sha256(bytes))}`;
}

/** SHA-256 hex of a secret: the only form in which tokens, invites and codes are stored. A lookup
 *  by hash reveals nothing about how close a guess is. */
export function secretHash(secret: string): string {
  return bytesToHex(sha256(utf8ToBytes(secret)));
}

/** HMAC-SHA-256 of a label with a key: 32 bytes. */
export function keyed(key: Uint8Array, label: string): Uint8Array {
  return hmac(sha256, key, utf8ToBytes(label));
}

/** The same for many labels: computes the part that depends only on the key once. */
export function keyedBy(key: Uint8Array): (label: string) => Uint8Array {
  const started = hmac.create(sha256, key);
  return (label) => started.clone().update(utf8ToBytes(label)).digest();
}

/** RFC 5869 HKDF-SHA-256: 32 bytes derived from a secret. The salt binds them to a context, and
 *  `info` separates different uses. */
export function derive(secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  return hkdf(sha256, secret, salt, utf8ToBytes(info), 32);
}
