/** Which address a request comes from, as far as limits go by addresses. */
import ipaddr from "ipaddr.js";

/** What one customer of an IPv6 provider gets at least. */
const IPV6_GROUPS = 4;

/** As proxies write it: some put a port behind an IPv4 address, mapped or not, without brackets. */
const WITH_PORT = /^(?:\[([^\]]+)\]|(?:::ffff:)?([\d.]+))(?::\d+)?$/i;

/** `peer` is the other end of the connection. Behind proxies it is the last of them: each writes
 *  whom it speaks for at the end of `X-Forwarded-For`, so the entry that the first of the trusted
 *  ones wrote can be relied on; what stands before it, a client may have made up. An IPv6 network
 *  of 64 bits counts as one address. */
export function peerAddress(peer: string, forwardedFor: string | null, proxies: number): string {
  const told = proxies > 0 ? (forwardedFor?.split(",") ?? []).at(-proxies) : undefined;
  return plainAddress(told?.trim() ?? "") ?? plainAddress(peer) ?? peer;
}

/** The address without port and brackets, IPv6 as its network; null when it is none. */
function plainAddress(text: string): string | null {
  const [, bracketed, v4] = WITH_PORT.exec(text) ?? [];
  const address = bracketed ?? v4 ?? text;
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return address;
  if (!ipaddr.IPv6.isValid(address)) return null;
  const v6 = ipaddr.IPv6.parse(address);
  if (v6.isIPv4MappedAddress()) return v6.toIPv4Address().toString();
  const network = v6.parts.slice(0, IPV6_GROUPS).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}
