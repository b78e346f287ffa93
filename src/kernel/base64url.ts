/** RFC 4648 5, without padding: needs no escaping in URLs, headers and forms. */
export function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
