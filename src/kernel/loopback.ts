import ipaddr from "ipaddr.js";

/** Whether a host, in the spelling of a URL or of a DNS lookup, is this machine: `localhost`,
 *  127.0.0.0/8 or `::1`, with or without brackets. Looks nothing up, so DNS cannot make another
 *  name count as loopback. */
export function isLoopbackHost(name: string): boolean {
  if (name === "localhost") return true;
  const address = name.replace(/^\[(.+)\]$/, "$1");
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  return isAddress && ipaddr.parse(address).range() === "loopback";
}
