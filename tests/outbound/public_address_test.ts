import assert from "node:assert/strict";
import { isPublicAddress } from "../../src/outbound/public_address.ts";

const PUBLIC = ["8.8.8.8", "1.1.1.1", "160.79.104.10", "2606:4700::1111", "2a00:1450:4001::5"];

const NOT_PUBLIC = `
  0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254
  172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1
  224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
  :: ::1 ::7f00:1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::1
  100::1 2001::1 2001:20::1 2001:db8::1 2002:7f00:1:: 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1
  fe80::1%eth0 fec0::1 ff02::1
`.trim().split(/\s+/);

for (const [expected, addresses] of [[true, PUBLIC], [false, NOT_PUBLIC]] as const) {
  Deno.test(`isPublicAddress() is ${expected} for ${addresses.length} addresses`, () => {
    for (const address of addresses) assert.equal(isPublicAddress(address), expected, address);
  });
}

Deno.test("isPublicAddress() is false for what is no address", () => {
  for (
    const text of ["", "localhost", "example.com", "8.8.8.8:443", "[::1]", "8.8.8", "08.8.8.8"]
  ) {
    assert.equal(isPublicAddress(text), false, text);
  }
});
