/** Which address a request comes from, as far as limits go by addresses. */

/** `peer` is the other end of the connection. Behind proxies it is the last of them: each writes
 *  whom it speaks for at the end of `X-Forwarded-For`, so the entry that the first of the trusted
 *  ones wrote can be relied on; what stands before it, a client may have made up. An IPv6 network
 *  of 64 bits counts as one address, for that is what one customer gets at least. */
export function peerAddress(peer: string, forwardedFor: string | null, proxies: number): string {
  const told = proxies > 0 ? (forwardedFor?.split(",") ?? []).at(-proxies) : undefined;
  return plainAddress(told?.trim() ?? "") ?? plainAddress(peer) ?? peer;
}

/** The address without port and brackets, IPv6 as its network; null when it is none. */
function plainAddress(text: string): string | null {
  const [, v4] = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/i.exec(text) ?? [];
  if (v4 !== undefined) return v4;
  const [, inBrackets, bare] =
    /^(?:\[([\da-f:.]+)\](?::\d+)?|([\da-f:.]+))(?:%\w+)?$/i.exec(text) ?? [];
  const v6 = inBrackets ?? bare ?? "";
  if (!v6.includes(":") || !URL.canParse(`http://[${v6}]`)) return null;
  const [before, after] = new URL(`http://[${v6}]`).hostname.slice(1, -1).split("::");
  const groups = before === "" ? [] : before!.split(":");
  const behind = after === undefined || after === "" ? [] : after.split(":");
  if (after !== undefined) {
    while (groups.length + behind.length < 8) groups.push("0");
  }
  return `${[...groups, ...behind].slice(0, 4).join(":")}::/64`;
}
