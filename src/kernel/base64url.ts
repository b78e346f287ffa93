/** RFC 4648 5, without padding: text that URLs, headers and forms leave as it is. */
export function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
