/** The addresses that no bot may reach: the networks in IANA's special-purpose registry (RFC 6890)
 *  that are not globally reachable. Deno compares them with the address of a name when it connects.
 *  IPv6 networks are not listed, because a host uses IPv4 only. A test compares this list with the
 *  rule for the server's own requests. */
const LOOPBACK = "127.0.0.0/8";
const PRIVATE = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // A public address by its range, but on Azure it is the platform's internal endpoint.
  "168.63.129.16",
];

/** CIDRs for `--deny-net`. */
export function deniedAddresses(exceptLoopback: boolean): string[] {
  return exceptLoopback ? PRIVATE : [LOOPBACK, ...PRIVATE];
}
