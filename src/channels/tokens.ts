/** Invites, rejoin tokens and channel ids: 128 random bits behind a prefix. */

export type RandomBytes = (length: number) => Uint8Array;

export function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

export function newToken(prefix: "inv" | "rejoin" | "chn", randomBytes: RandomBytes): string {
  return `${prefix}_${base64Url(randomBytes(16))}`;
}
