/** What the server notices of a wrong set-up: each row is a request as a proxy would pass it on. */
import assert from "node:assert/strict";
import { SetupNotices } from "../../src/http/setup_notices.ts";

interface Row {
  what: string;
  publicUrl?: string;
  trustedProxies?: number;
  peer?: string;
  headers: Record<string, string>;
  says: string[];
}

const PUBLIC = "https://play.example.org";
const OWN = "play.example.org";
const HTTPS = { "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https" };

const ROWS: Row[] = [
  { what: "a proxy that does all right", headers: { host: OWN, ...HTTPS }, says: [] },
  {
    what: "two proxies that do all right",
    trustedProxies: 2,
    headers: { host: OWN, "x-forwarded-for": "2001:db8::1, 10.0.0.1" },
    says: [],
  },
  {
    what: "a call of the operator on the machine itself",
    headers: { host: "127.0.0.1:8100" },
    says: [],
  },
  {
    what: "a proxy, and nothing set",
    publicUrl: "http://127.0.0.1:8100",
    trustedProxies: 0,
    headers: { host: "localhost", ...HTTPS },
    says: ["proxies_not_trusted"],
  },
  {
    what: "the same headers from the internet: anybody can send them",
    publicUrl: "http://127.0.0.1:8100",
    trustedProxies: 0,
    peer: "9.9.9.9",
    headers: { host: "localhost", ...HTTPS },
    says: [],
  },
  {
    what: "a tunnel that replaces Host, and no PUBLIC_URL",
    publicUrl: "http://127.0.0.1:8100",
    headers: { host: "127.0.0.1:8100", ...HTTPS, "x-forwarded-host": "abc.tunnel.example" },
    says: ["public_url_differs"],
  },
  {
    what: "PUBLIC_URL is another name than that of the proxy",
    headers: { host: OWN, ...HTTPS, "x-forwarded-host": "games.example.org" },
    says: ["public_url_differs"],
  },
  {
    what: "a proxy that replaces Host and says nothing of it",
    trustedProxies: 0,
    headers: { host: "127.0.0.1:8100", "x-forwarded-proto": "https" },
    says: ["host_replaced"],
  },
  {
    what: "a proxy that replaces Host, and is trusted",
    headers: { host: "127.0.0.1:8100", ...HTTPS },
    says: [],
  },
  {
    what: "http in PUBLIC_URL, https at the proxy",
    publicUrl: "http://play.example.org",
    headers: { host: OWN, ...HTTPS },
    says: ["public_url_not_https"],
  },
  {
    what: "https in PUBLIC_URL, http at the proxy",
    headers: { host: OWN, ...HTTPS, "x-forwarded-proto": "http" },
    says: ["plain_http_passed"],
  },
  {
    what: "a trusted proxy without X-Forwarded-For",
    headers: { host: OWN, "x-forwarded-proto": "https" },
    says: ["proxies_missing"],
  },
  {
    what: "fewer proxies than are trusted",
    trustedProxies: 2,
    headers: { host: OWN, ...HTTPS },
    says: ["proxies_missing"],
  },
  {
    what: "a client that reaches the server without its proxy",
    peer: "9.9.9.9",
    headers: { host: OWN },
    says: ["proxies_missing"],
  },
  {
    what: "a proxy on an IPv6 address of this machine",
    trustedProxies: 0,
    publicUrl: "http://[::1]:8100",
    peer: "::1",
    headers: { host: "[::1]:8100", ...HTTPS },
    says: ["proxies_not_trusted"],
  },
  {
    what: "a proxy in the network of a container, mapped to IPv6",
    trustedProxies: 0,
    publicUrl: "http://play.lan",
    peer: "::ffff:172.17.0.1",
    headers: { host: "play.lan", "x-forwarded-for": "10.0.0.7" },
    says: ["proxies_not_trusted"],
  },
  {
    what: "headers that are no hosts",
    headers: { host: "a b", ...HTTPS, "x-forwarded-host": "<script>" },
    says: [],
  },
];

Deno.test("SetupNotices say each fault of a proxy once, and nothing of a right one", async (t) => {
  for (const { what, publicUrl = PUBLIC, trustedProxies = 1, peer, headers, says } of ROWS) {
    await t.step(what, () => {
      const logged: string[] = [];
      const log = (level: string, event: string) => void logged.push(`${level} ${event}`);
      const notices = new SetupNotices({ publicUrl, trustedProxies, log });
      for (let i = 0; i < 2; i++) notices.look(new Headers(headers), peer ?? "127.0.0.1");
      assert.deepEqual(logged, says.map((event) => `warn ${event}`));
      assert.deepEqual(notices.all.map(({ event }) => event), says);
    });
  }
});

Deno.test("SetupNotices name the hosts that are refused, but not all that a scanner asks for", () => {
  const logged: Record<string, unknown>[] = [];
  const log = (_: string, __: string, fields = {}) => void logged.push(fields);
  const notices = new SetupNotices({ publicUrl: PUBLIC, trustedProxies: 1, log });
  for (let i = 0; i < 20; i++) notices.refusedHost(i < 10 ? "www.example.org" : `${i}.example`);
  assert.equal(logged.length, 5);
  assert.match(String(logged[0]!.consequence), /^Requests for www\.example\.org are refused with/);
  notices.refusedHost("x".repeat(10_000));
  assert.ok(notices.all.every(({ consequence }) => consequence.length < 400));
});

Deno.test("SetupNotices judge the settings at the start", () => {
  const of = (publicUrl: string, trustedProxies: number) => {
    const notices = new SetupNotices({ publicUrl, trustedProxies, log() {} });
    notices.checkSettings();
    return notices.all.map(({ event }) => event);
  };
  assert.deepEqual(of(PUBLIC, 0), ["proxies_not_trusted"]);
  assert.deepEqual(of(PUBLIC, 1), []);
  assert.deepEqual(of("http://play.example.org", 1), ["public_url_not_https"]);
  assert.deepEqual(of("http://127.0.0.1:8100", 0), []);
  assert.deepEqual(of("http://[::1]:8100", 0), []);
});
