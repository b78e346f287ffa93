import assert from "node:assert/strict";
import { peerAddress } from "../../src/http/peer_address.ts";

Deno.test("peerAddress() trusts the given number of proxies, counted from the right", () => {
  const table: [peer: string, forwarded: string | null, proxies: number, address: string][] = [
    ["203.0.113.7", null, 0, "203.0.113.7"],
    ["203.0.113.7", "198.51.100.1", 0, "203.0.113.7"],
    ["10.0.0.1", "198.51.100.1", 1, "198.51.100.1"],
    ["10.0.0.1", "1.1.1.1, 198.51.100.1", 1, "198.51.100.1"],
    ["10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", 2, "198.51.100.1"],
    ["10.0.0.1", "198.51.100.1:4711", 1, "198.51.100.1"],
    ["10.0.0.1", "::ffff:198.51.100.1", 1, "198.51.100.1"],
    ["10.0.0.1", "::FFFF:198.51.100.1:4711", 1, "198.51.100.1"],
    ["10.0.0.1", "[::ffff:198.51.100.1]:4711", 1, "198.51.100.1"],
    ["10.0.0.1", "198.51.100.256", 1, "10.0.0.1"],
    ["10.0.0.1", "198.51.100", 1, "10.0.0.1"],
    ["10.0.0.1", null, 1, "10.0.0.1"],
    ["10.0.0.1", "198.51.100.1", 2, "10.0.0.1"],
    ["10.0.0.1", "unknown", 1, "10.0.0.1"],
    ["10.0.0.1", "", 1, "10.0.0.1"],
  ];
  for (const [peer, forwarded, proxies, address] of table) {
    assert.equal(
      peerAddress(peer, forwarded, proxies),
      address,
      JSON.stringify([forwarded, proxies]),
    );
  }
});

Deno.test("peerAddress() counts an IPv6 network as one address", () => {
  const table: [peer: string, address: string][] = [
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:3::", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
  ];
  for (const [peer, address] of table) assert.equal(peerAddress(peer, null, 0), address, peer);
  for (const text of ["[2001:db8:1:2::9]:4711", "[2001:db8:1:2::9%eth0]", "2001:db8:1:2::9"]) {
    assert.equal(peerAddress("10.0.0.1", text, 1), "2001:db8:1:2::/64", text);
  }
  assert.equal(peerAddress("10.0.0.1", "2001:db8::1::2", 1), "10.0.0.1");
});
