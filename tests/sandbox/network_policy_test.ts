/** URLs and requests that are refused by their text alone, before any connection. */
import assert from "node:assert/strict";
import { NetRequest } from "../../src/domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { NetPolicy, type NetRules } from "../../src/sandbox/host/net_policy.ts";
import { readRequest } from "../../src/sandbox/wire/net_request.ts";
import { deniedAddresses } from "../../src/sandbox/walls/private_network.ts";
import { get, post } from "../support/network_process.ts";

const RULES: NetRules = { schemes: "https", denied: ["play.example.org"], singleLabels: false };
const HTTP: NetRules = { ...RULES, schemes: "http" };
const LOCAL: NetRules = { ...HTTP, singleLabels: true };
const ALL = ["*"];

const ADDRESS = /addresses are not allowed/;
const NOT_PUBLIC = /is not a public host name/;
const NO_NAME = /is not a valid host name/;
const UNDECLARED = /^[\w.-]+ is not among the hosts that this bot declares\.$/;
const PORT = /^Port \d+ of [\w.-]+ is not among/;

/** The refusal, or undefined if the URL is allowed. */
const PLACES: [net: string[], url: string, refusal: RegExp | undefined, rules?: NetRules][] = [
  [[], "https://a.org/", /declares no hosts/],
  [ALL, "https://a.org/", undefined],
  [ALL, "https://a.org/", /no network/, { ...RULES, schemes: "off" }],
  // Declared hosts and ports.
  [["a.org"], "https://a.org/x?y", undefined],
  [["a.org"], "https://A.ORG/", undefined],
  [["A.org"], "https://a.org/", undefined],
  [["a.org"], "https://a.org:443/", undefined],
  [["a.org"], "https://a.org:8443/", PORT],
  [["a.org"], "https://a.org:80/", PORT],
  [["a.org"], "https://a.org:0/", PORT],
  [["a.org:0"], "https://a.org:0/", PORT],
  [["a.org:8443"], "https://a.org:8443/", undefined],
  [["a.org:8443"], "https://a.org/", PORT],
  [["a.org"], "https://b.org/", UNDECLARED],
  [["a.org"], "https://www.a.org/", UNDECLARED],
  [["a.org"], "https://xa.org/", UNDECLARED],
  [["a.org"], "https://a.org.evil.net/", UNDECLARED],
  [["*.a.org"], "https://www.a.org/", undefined],
  [["*.a.org"], "https://x.y.a.org/", undefined],
  [["*.a.org"], "https://a.org/", UNDECLARED],
  [["*.a.org"], "https://xa.org/", UNDECLARED],
  [["*.a.org:8443"], "https://www.a.org:8443/", undefined],
  [["*.a.org:8443"], "https://www.a.org/", PORT],
  [ALL, "https://a.org:8443/", PORT],
  [["*", "a.org:8443"], "https://a.org:8443/", undefined],
  [["http://a.org", "a.org/x", "a.org:99999", "", "*.", "**", "a*"], "https://a.org/", /no hosts/],
  // Schemes.
  [ALL, "http://a.org/", /^Only https URLs/],
  [ALL, "http://a.org/", undefined, HTTP],
  [ALL, "http://a.org:443/", PORT, HTTP],
  [["a.org:8080"], "http://a.org:8080/", undefined, HTTP],
  [ALL, "ftp://a.org/", /^Only https and http/, HTTP],
  [ALL, "file:///etc/passwd", /^Only https/],
  [ALL, "data:text/plain,hello", /^Only https/],
  [ALL, "blob:https://a.org/1", /^Only https/],
  [ALL, "wss://a.org/", /^Only https/],
  [ALL, "https://me@a.org/", /user name/],
  [ALL, "https://:secret@a.org/", /user name/],
  // Addresses in every spelling.
  [ALL, "https://93.184.216.34/", ADDRESS],
  [["93.184.216.34"], "https://93.184.216.34/", ADDRESS],
  [ALL, "https://127.0.0.1/", ADDRESS, LOCAL],
  [ALL, "https://127.1/", ADDRESS],
  [ALL, "https://2130706433/", ADDRESS],
  [ALL, "https://0x7f000001/", ADDRESS],
  [ALL, "https://0x7f.0.0.1/", ADDRESS],
  [ALL, "https://017700000001/", ADDRESS],
  [ALL, "https://0177.0.0.01/", ADDRESS],
  [ALL, "https://127.0.0.1./", ADDRESS],
  [ALL, "https://%31%32%37.0.0.1/", ADDRESS],
  [ALL, "https://１２７.0.0.1/", ADDRESS],
  [ALL, "https://①②⑦.⓪.⓪.①/", ADDRESS],
  [ALL, "https://0/", ADDRESS],
  [ALL, "https://169.254.169.254/latest/meta-data/", ADDRESS],
  [ALL, "https://[::1]/", ADDRESS],
  [ALL, "https://[::]/", ADDRESS],
  [ALL, "https://[fd00:ec2::254]/", ADDRESS],
  [ALL, "https://[::ffff:127.0.0.1]/", ADDRESS],
  [ALL, "https://[64:ff9b::7f00:1]/", ADDRESS],
  // Names that are never public.
  [["localhost"], "https://localhost/", NOT_PUBLIC],
  [["localhost"], "https://localhost/", undefined, LOCAL],
  [ALL, "https://intranet/", NOT_PUBLIC],
  [ALL, "https://kubernetes.default.svc.cluster.local/", NOT_PUBLIC],
  [["app.localhost"], "https://app.localhost/", NOT_PUBLIC, LOCAL],
  [ALL, "https://localhost.localdomain/", NOT_PUBLIC],
  [ALL, "https://printer.local/", NOT_PUBLIC],
  [["metadata.google.internal"], "https://metadata.google.internal/", NOT_PUBLIC],
  [ALL, "https://metadata.tencentyun.com/", NOT_PUBLIC],
  [ALL, "https://router.home.arpa/", NOT_PUBLIC],
  [ALL, "https://internal.a.org/", undefined],
  [ALL, "https://localhost./", NO_NAME, LOCAL],
  [ALL, "https://a.org./", NO_NAME],
  [ALL, "https://a..org/", NO_NAME],
  [ALL, "https://-a.org/", NO_NAME],
  [ALL, "https://*.a.org/", NO_NAME],
  [ALL, `https://${"a.".repeat(130)}org/`, NO_NAME],
  [ALL, "https://bücher.de/", undefined],
  // The server's own name.
  [ALL, "https://play.example.org/mcp", /Bots may not reach/],
  [["*.example.org"], "https://PLAY.example.org/", /Bots may not reach/],
];

Deno.test("NetPolicy refuses by scheme, host name and port", async (t) => {
  for (const [net, url, refusal, rules = RULES] of PLACES) {
    await t.step(`[${net}] ${rules.schemes} ${url}`, () => {
      const actual = new NetPolicy(net, rules).refusal(new URL(url));
      if (refusal) assert.match(actual ?? "", refusal);
      else assert.equal(actual, undefined);
    });
  }
});

Deno.test("NetPolicy permits a courier only the declared hosts", () => {
  const permissions = (net: string[], rules = RULES) => new NetPolicy(net, rules).permissions;
  assert.deepEqual(permissions(["b.org", "*.a.org:8443"]), ["*.a.org:8443", "b.org:443"]);
  assert.deepEqual(permissions(["a.org"], HTTP), ["a.org:443", "a.org:80"]);
  assert.deepEqual(permissions(["a.org", "play.example.org"]), ["a.org:443"]);
  assert.equal(permissions(["*"]), true);
  assert.deepEqual(permissions([]), []);
});

Deno.test("deniedAddresses() opens loopback for tests, and nothing else", () => {
  const open = deniedAddresses(true);
  assert.deepEqual(deniedAddresses(false).filter((each) => !open.includes(each)), ["127.0.0.0/8"]);
});

const URL_CHARS = BOT_LIMITS.netUrlChars;
const HEADER_BYTES = BOT_LIMITS.netHeaderBytes;
const LARGE = BOT_LIMITS.netRequestBytes;
const header = (name: string, value = "1"): [string, string][] => [[name, value]];
const A = "https://a.org/";

/** The beginning of the refusal; undefined if the request is allowed, null if no honest guest sends
 *  it. */
const REQUESTS: Record<string, [request: unknown, fault: RegExp | undefined | null]> = {
  "a GET": [get(A), undefined],
  "a POST": [post(A, "x", header("Authorization", "Bearer 1")), undefined],
  "a POST without a body": [{ ...get(A), method: "POST" }, undefined],
  "a GET with a body": [{ ...get(A), body: "" }, /GET request has no body/],
  "the longest URL": [get("x".repeat(URL_CHARS)), undefined],
  "a longer URL": [get("x".repeat(URL_CHARS + 1)), /^A URL can have at most/],
  "the largest headers": [get(A, header("x", "v".repeat(HEADER_BYTES - 1))), undefined],
  "larger headers": [
    get(A, header("x", "v".repeat(HEADER_BYTES))),
    /^A request can have at most \d+ bytes of headers/,
  ],
  "too many headers": [get(A, Array(65).fill(["", ""])), /^A request can have at most 64 headers/],
  "the largest body": [post(A, "x".repeat(LARGE)), undefined],
  "a larger body": [post(A, "x".repeat(LARGE + 1)), /^A request.s body can/],
  "a header of two lines": [get(A, header("x", "1\r\nhost: b.org")), /value of the header x is/],
  "a header beyond Latin-1": [get(A, header("x", "ł")), /value of the header x is/],
  "a header's name of two words": [get(A, header("a b")), /name of a header/],
  "a header without a name": [get(A, header("")), /name of a header/],
  "headers that are no list": [
    { ...get(A), headers: { a: "b" } },
    /^A request can have at most 64 headers/,
  ],
  "a header that is a number": [
    { ...get(A), headers: [["a", 1]] },
    /^A request can have at most 64 headers/,
  ],
  "a certificate": [{ kind: "tls", host: "a.org", port: 443 }, undefined],
  "a certificate at no port": [{ kind: "tls", host: "a.org", port: 0 }, /^The port must/],
  "a certificate at half a port": [{ kind: "tls", host: "a.org", port: 1.5 }, /^The port must/],
  "a certificate at a text": [{ kind: "tls", host: "a.org", port: "443" }, /^The port must/],
  "a long name": [{ kind: "tls", host: "a".repeat(256), port: 443 }, /^The host name is too/],
  "nothing": [null, null],
  "a text": ["GET / HTTP/1.1", null],
  "another kind": [{ kind: "listen", port: 80 }, null],
  "another method": [{ ...get(A), method: "DELETE" }, null],
  "no URL": [{ ...get(A), url: { href: A } }, null],
  "a body that is no base64": [{ ...post(A, "x"), body: "%%%%" }, null],
  "a body that is a list": [{ ...post(A, "x"), body: [1] }, null],
  "no body field": [{ kind: "fetch", method: "GET", url: A, headers: [] }, null],
  "a certificate of nobody": [{ kind: "tls", port: 443 }, null],
};

Deno.test("readRequest() validates everything, and its result is valid evidence", async (t) => {
  for (const [name, [value, fault]] of Object.entries(REQUESTS)) {
    await t.step(name, () => {
      const read = readRequest(value);
      if (fault === null) return assert.equal(read, undefined);
      assert.deepEqual(NetRequest.parse(read?.request), read?.request);
      if (fault) assert.match(read?.fault?.message ?? "", fault);
      else assert.deepEqual(read, { request: value });
    });
  }
});

Deno.test("readRequest() refuses headers that are not the bot's to set", () => {
  const names = "cookie2 Expect Forwarded Host " +
    "Keep-Alive Origin Proxy-Authorization Referer Sec-Fetch-Site Set-Cookie TE Trailer " +
    "Transfer-Encoding Upgrade Via X-Forwarded-For X-HTTP-Method-Override";
  for (const name of names.split(" ")) {
    const { fault } = readRequest(get(A, header(name)))!;
    assert.equal(fault?.message, `A bot can't set the header ${name.toLowerCase()}.`);
  }
  for (
    const name of [
      "accept",
      "Authorization",
      "content-type",
      "Cookie",
      "If-None-Match",
      "X-API-Key",
    ]
  ) {
    assert.equal(readRequest(get(A, header(name)))!.fault, undefined, name);
  }
});

Deno.test("readRequest() drops headers that the courier sets itself", () => {
  for (const name of ["Accept-Encoding", "Connection", "Content-Length", "User-Agent"]) {
    const headers = [[name, "x"], ["x-kept", "y"]];
    const read = readRequest({
      kind: "fetch",
      method: "GET",
      url: "https://a.org",
      headers,
      body: null,
    });
    assert.equal(read?.fault, undefined);
    assert.deepEqual(read?.request.kind === "fetch" && read.request.headers, [["x-kept", "y"]]);
  }
});
