/** Tells public IP addresses from all others. Pure. */
import ipaddr from "ipaddr.js";
import { isIP } from "node:net";

/** The only IPv6 range that IANA assigns for public use. The other unicast ranges hold IPv4
 *  addresses in older notations. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");
/** A public address by its range, but on Azure it is the platform's internal endpoint. */
const PLATFORMS = ["168.63.129.16"];

/** Whether an address from a DNS lookup is public: not in a special-purpose network of IANA
 *  (RFC 6890), and not an IPv6 form of an IPv4 address, which could hide such a network. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || PLATFORMS.includes(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6);
}
