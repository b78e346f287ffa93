/** Secrets and ids for sign-in, and their comparison. All are base64url, which form encoding does
 *  not change. */
import { timingSafeEqual } from "node:crypto";
import { base64url } from "../kernel/base64url.ts";
import { keyed, sha256, utf8ToBytes } from "../kernel/hash.ts";
import { randomBytes } from "../kernel/random_bytes.ts";
import type { Secret } from "../store/people/sign_in_records.ts";

/** 256 random bits: 43 characters. */
export function newSecret(): string {
  return base64url(randomBytes(32));
}

export function isSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** 128 random bits: 22 characters. Not a secret, but nobody can choose or guess one. */
export function newId(): string {
  return base64url(randomBytes(16));
}

export function secretFor(lifetimeMs: number, now: Date): Secret {
  return { secret: newSecret(), expiresAt: new Date(now.getTime() + lifetimeMs) };
}

/** A secret derived from another one: 43 characters that reveal nothing about it. */
export function derivedSecret(secret: string, label: string): string {
  return base64url(keyed(utf8ToBytes(secret), label));
}

/** The CSRF token of a form, derived from the cookie: it proves that the form comes from a page
 *  that the server showed to the holder of the cookie. */
export function formProof(cookie: string): string {
  return derivedSecret(cookie, "form");
}

export function isFormProof(proof: string | undefined, cookie: string): boolean {
  return proof !== undefined && sameText(proof, formProof(cookie));
}

/** RFC 7636 4.6, method S256. */
export function provesChallenge(verifier: string, challenge: string): boolean {
  return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) &&
    sameText(base64url(sha256(utf8ToBytes(verifier))), challenge);
}

/** Constant-time equality for texts of one length. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [utf8ToBytes(a), utf8ToBytes(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
