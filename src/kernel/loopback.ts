import ipaddr from "ipaddr.js";

/** Whether a host name, as a URL or a look-up spells it, is this machine's own: `localhost`, or an
 *  address of 127.0.0.0/8 or `::1`, with or without brackets. No name service can make another
 *  name one of these. */
export function isLoopbackHost(name: string): boolean {
  if (name === "localhost") return true;
  const address = name.replace(/^\[(.+)\]$/, "$1");
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  return isAddress && ipaddr.parse(address).range() === "loopback";
}
