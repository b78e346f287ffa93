/** The addresses that no bot may reach: the networks of IANA's special-purpose registry (RFC 6890)
 *  that are not globally reachable. Deno holds them against the address that a name resolves to, at
 *  the moment when it connects. There are no IPv6 networks here: a host asks over IPv4 only. A test
 *  holds the list against that of the server's own requests. */
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
  // Public in form, but each machine of Azure reaches its own platform there.
  "168.63.129.16",
];

/** CIDRs for `--deny-net`. */
export function deniedAddresses(exceptLoopback: boolean): string[] {
  return exceptLoopback ? PRIVATE : [LOOPBACK, ...PRIVATE];
}
