/** Invites and rejoin tokens: 128 random bits behind a prefix. Only their SHA-256 is ever stored, and looking a
 *  hash up tells a guesser nothing about how close a guess was. */
import { bytesToHex, sha256, utf8ToBytes } from "../domain/hash.ts";

export type RandomBytes = (length: number) => Uint8Array;

export function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

export function newToken(prefix: "inv" | "rejoin" | "chn", randomBytes: RandomBytes): string {
  return `${prefix}_${base64Url(randomBytes(16))}`;
}

/** SHA-256 hex. */
export function tokenHash(token: string): string {
  return bytesToHex(sha256(utf8ToBytes(token)));
}
