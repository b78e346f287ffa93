/** Two lists say which addresses are closed: `isPublicAddress` to the server's own requests, and
 *  the networks of `--deny-net` to bots. They are held against each other, and against the
 *  special-purpose ranges that ipaddr.js has from IANA. */
import assert from "node:assert/strict";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { isPublicAddress } from "../../src/outbound/public_address.ts";
import { deniedAddresses } from "../../src/sandbox/walls/private_network.ts";

const RUNS = { seed: 1, numRuns: 5_000 };
/** Unicast in form, but closed by both lists. */
const PLATFORM = "168.63.129.16";
/** Anycast services of the public Internet (RFC 7450, 7534, 7535): IANA has them among the special
 *  networks and calls them globally reachable. Nothing private is behind them, so bots may ask
 *  them, while the server has no reason to. */
const PUBLIC_SERVICES = ["as112", "amt"];

type Network = [first: ipaddr.IPv4, bits: number];
const denied = deniedAddresses(false).map((text): Network =>
  ipaddr.IPv4.parseCIDR(text.includes("/") ? text : `${text}/32`)
);
const { SpecialRanges: special } = ipaddr.IPv4.prototype as unknown as {
  SpecialRanges: Record<string, Network[]>;
};

function textOf(number: number): string {
  return [24, 16, 8, 0].map((bits) => number >>> bits & 0xff).join(".");
}

function numberOf({ octets: [a, b, c, d] }: ipaddr.IPv4): number {
  return (a! << 24 | b! << 16 | c! << 8 | d!) >>> 0;
}

const networks = [...denied, ...Object.values(special).flat()];
/** Both ends of each network, and their neighbours outside. */
const edges = networks.flatMap(([address, bits]) => {
  const first = numberOf(address);
  const last = first + 2 ** (32 - bits) - 1;
  return [first - 1, first, last, last + 1].filter((n) => n >= 0 && n < 2 ** 32).map(textOf);
});
/** Any address, or one of a closed network or close to it. */
const ipv4 = fc.oneof(
  fc.ipV4(),
  fc.constantFrom(...networks).chain(([address, bits]) => {
    const length = 2 ** (32 - bits);
    return fc.integer({ min: -length, max: 2 * length })
      .map((offset) => textOf(numberOf(address) + offset >>> 0));
  }),
);

function checkIpv4(text: string): void {
  const address = ipaddr.IPv4.parse(text);
  const range = address.range();
  const isClosedToBots = denied.some((network) => address.match(network));
  const isSpecial = range !== "unicast" || text === PLATFORM;
  assert.equal(isPublicAddress(text), !isSpecial, `the server asks ${text} (${range})`);
  assert.equal(
    isClosedToBots,
    isSpecial && !PUBLIC_SERVICES.includes(range),
    `bots are kept from ${text} (${range})`,
  );
}

Deno.test("both lists close the same IPv4 addresses, which IANA names", () => {
  edges.forEach(checkIpv4);
  fc.assert(fc.property(ipv4, checkIpv4), RUNS);
});

/** Networks in which an address of the other family stands for an IPv4 address, and how many bytes
 *  stand before that. */
const EMBEDDED: [prefix: string, at: number][] = [
  ["::", 12],
  ["::ffff:0:0", 12],
  ["::ffff:0:0:0", 12],
  ["64:ff9b::", 12],
  ["64:ff9b:1::", 12],
  ["2002::", 2],
  ["2001::", 12],
];

Deno.test("no IPv6 spelling of an IPv4 address is public", () => {
  const spelled = fc.record({ ipv4, form: fc.constantFrom(...EMBEDDED) });
  const property = fc.property(spelled, ({ ipv4, form: [prefix, at] }) => {
    const bytes = ipaddr.IPv6.parse(prefix).toByteArray();
    bytes.splice(at, 4, ...ipaddr.IPv4.parse(ipv4).toByteArray());
    const text = ipaddr.fromByteArray(bytes).toString();
    assert.equal(isPublicAddress(text), false, text);
  });
  fc.assert(property, RUNS);
});

Deno.test("a public IPv6 address is one that IANA has given out, and no special one", () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const begun = fc.constantFrom(0x2000, 0x2001, 0x2620, 0x3fff, 0x5f00, 0xfc00, 0xfe80, 0xff02);
  const groups = fc.tuple(fc.oneof(begun, group), fc.array(group, { minLength: 7, maxLength: 7 }));
  const property = fc.property(groups, ([first, rest]) => {
    const text = [first, ...rest].map((each) => each.toString(16)).join(":");
    const isGivenOut = first >= 0x2000 && first <= 0x3fff;
    const range = ipaddr.IPv6.parse(text).range();
    assert.equal(isPublicAddress(text), isGivenOut && range === "unicast", `${text} (${range})`);
  });
  fc.assert(property, RUNS);
});

Deno.test("bots ask over IPv4 alone, so that their list needs no other networks", () => {
  for (const text of deniedAddresses(false)) assert.match(text, /^[\d./]+$/);
});
