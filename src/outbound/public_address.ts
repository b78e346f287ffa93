/** Which IP addresses are public ones of the Internet. Pure. */
import ipaddr from "ipaddr.js";
import { isIP } from "node:net";

/** All that IANA has given out for public use. Beyond it there are only old notations of IPv4
 *  addresses. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");
/** Public in form, but each machine of Azure reaches its own platform there. */
const PLATFORMS = ["168.63.129.16"];

/** Whether an address, as a look-up gives it, is public: in none of IANA's special-purpose networks
 *  (RFC 6890), and no IPv6 spelling of an IPv4 address, behind which such a network could hide. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || PLATFORMS.includes(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6);
}
