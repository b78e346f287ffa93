/** The address of a caller, for limits per address. */
import ipaddr from "ipaddr.js";

/** A customer of an IPv6 provider gets at least a network of 64 bits. */
const IPV6_GROUPS = 4;

/** Addresses as proxies write them: some append a port to an IPv4 address, mapped or not, without
 *  brackets. */
const WITH_PORT = /^(?:\[([^\]]+)\]|(?:::ffff:)?([\d.]+))(?::\d+)?$/i;

/** No address is longer, with brackets and a port. */
const ADDRESS_CHARS = 100;
/** Connections carry many requests, and to read an address takes as long as a tenth of a call. */
const MAX_CACHED = 4_096;
const cache = new Map<string, string | null>();

/** `peer` is the other end of the connection; behind proxies, that is the last proxy. Each proxy
 *  appends its own peer to `X-Forwarded-For`, so the entry from the first trusted proxy is
 *  reliable, and a client may have forged the entries before it. An IPv6 network of 64 bits counts
 *  as one address. */
export function peerAddress(peer: string, forwardedFor: string | null, proxies: number): string {
  const forwarded = proxies > 0 ? (forwardedFor?.split(",") ?? []).at(-proxies) : undefined;
  return plainAddress(forwarded?.trim().slice(0, ADDRESS_CHARS) ?? "") ?? plainAddress(peer) ??
    peer;
}

/** The address without port and brackets, IPv6 as its network; null for any other text. */
function plainAddress(text: string): string | null {
  let address = cache.get(text);
  if (address === undefined) {
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(text, address = readAddress(text));
  }
  return address;
}

function readAddress(text: string): string | null {
  const [, bracketed, v4] = WITH_PORT.exec(text) ?? [];
  const address = bracketed ?? v4 ?? text;
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return address;
  if (!ipaddr.IPv6.isValid(address)) return null;
  const v6 = ipaddr.IPv6.parse(address);
  if (v6.isIPv4MappedAddress()) return v6.toIPv4Address().toString();
  const network = v6.parts.slice(0, IPV6_GROUPS).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}
