/** Secrets and ids of sign-in, and how they are compared. Base64url throughout, which form encoding
 *  leaves as it is. */
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

/** 128 random bits: 22 characters. Not a secret, but nobody can pick or guess another's. */
export function newId(): string {
  return base64url(randomBytes(16));
}

export function secretFor(lifetimeMs: number, now: Date): Secret {
  return { secret: newSecret(), expiresAt: new Date(now.getTime() + lifetimeMs) };
}

/** Another secret that follows from one: 43 characters that tell nothing about it. */
export function derivedSecret(secret: string, label: string): string {
  return base64url(keyed(utf8ToBytes(secret), label));
}

/** What a form carries to show that it comes from a page that a cookie's holder was shown. */
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

/** Equality whose time tells nothing about where two texts of one length differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [utf8ToBytes(a), utf8ToBytes(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
