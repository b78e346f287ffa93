/** Fetches of bots, over real connections, in a process with the permissions of a sandbox host. */
import assert from "node:assert/strict";
import { Exchange, type NetAnswer, type NetRequest } from "../../src/domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import type { BotNetwork } from "../../src/sandbox/launch/host_process.ts";
import { get, networkProcess, post, textOf } from "../support/network_process.ts";
import { rawServer, webServer } from "../support/web_server.ts";

const OPEN: BotNetwork = { schemes: "http", denied: [], test: { loopback: true, caCerts: [] } };
const MAX = BOT_LIMITS.netAnswerBytes;

type Failure = [reason: "refused" | "limit" | "unreachable", message: RegExp];

function assertFailed(answer: NetAnswer, [reason, message]: Failure) {
  assert.equal(answer.kind, "failed", JSON.stringify(answer));
  if (answer.kind !== "failed") return;
  assert.equal(answer.reason, reason, answer.message);
  assert.match(answer.message, message);
  assert.doesNotMatch(answer.message, /\d+\.\d+\.\d+|allow-net|os error|\/src\//);
}

Deno.test("a fetch that is refused or fails", async (t) => {
  await using site = webServer();
  await using other = webServer();
  await using cut = rawServer("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc");
  await using noise = rawServer("220 mail.example.org ESMTP\r\n");
  await using closed = rawServer("");
  await using huge = rawServer(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(1024 * 1024)}\r\n\r\n`);
  await using network = networkProcess(OPEN);
  const { origin, port } = site;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const gone = `localhost:${listener.addr.port}`;
  listener.close();
  const declared = [site, cut, noise, closed, huge].map(({ host }) => host);
  const net = [...declared, gone, "localhost:1", "gone.invalid"];
  const via = (to: string, status = 302) =>
    get(`${origin}/redirect?status=${status}&to=${encodeURIComponent(to)}`);
  const address: Failure = ["refused", /^localhost sent a redirect .* addresses are not allowed/];

  const failures: Record<string, [call: NetRequest, failure: Failure]> = {
    "a host of another bot": [get(`${other.origin}/echo`), ["refused", /not among the hosts/]],
    "an address": [get(`http://127.0.0.1:${port}/echo`), [
      "refused",
      /addresses are not allowed/,
    ]],
    "a name for this machine": [get("http://vm/"), ["refused", /not among the hosts/]],
    "a text that is no URL": [get("echo"), ["refused", /URL is invalid/]],
    "a header that is not the bot's": [get(`${origin}/echo`, [["Origin", "a"]]), [
      "refused",
      /the header origin/,
    ]],
    "a port of no web site": [get("http://localhost:1/"), ["refused", /Bots may not reach/]],
    "a closed port": [get(`http://${gone}/`), ["unreachable", /can't be reached\.$/]],
    "an unknown name": [get("https://gone.invalid/"), ["unreachable", /can't be resolved/]],
    "an answer cut off": [get(`${cut.origin}/`), ["unreachable", /closed the connection/]],
    "an answer that is no HTTP": [get(`${noise.origin}/`), ["unreachable", /can't be reached\.$/]],
    "no answer at all": [get(`${closed.origin}/`), ["unreachable", /can't be reached\.$/]],
    "an answer all header": [get(`${huge.origin}/`), ["unreachable", /can't be reached\.$/]],
    "too large an answer": [get(`${origin}/bytes?n=${MAX + 1}`), ["limit", /more than 262144/]],
    "a gzip bomb": [get(`${origin}/gzip?n=${2 ** 31}`), ["limit", /more than 262144/]],
    "to loopback by address": [via("http://127.0.0.1/"), address],
    "to loopback in decimal": [via("http://2130706433/"), address],
    "to loopback in hexadecimal": [via("http://0x7f.0x1/"), address],
    "to loopback in octal": [via("//0177.1/"), address],
    "to loopback in IPv6": [via(`http://[::1]:${port}/echo`), address],
    "to loopback in mapped IPv6": [via(`http://[::ffff:127.0.0.1]:${port}/`), address],
    "to cloud metadata": [via("http://169.254.169.254/latest/meta-data/", 307), address],
    "to metadata by name": [via("http://metadata.google.internal/"), ["refused", /not a public/]],
    "to a host of another bot": [via(`${other.origin}/echo`), [
      "refused",
      / is not allowed: Port \d+ of/,
    ]],
    "to an undeclared host": [via("https://example.org/"), ["refused", /not among the hosts/]],
    "to another port": [via("http://localhost/"), ["refused", /not allowed: Port 80/]],
    "to a file": [via("file:///etc/passwd"), ["refused", /: Only https and http/]],
    "to a data URL": [via("data:text/plain,hello"), ["refused", /: Only https and http/]],
    "to a URL with a password": [via(`http://a:b@localhost:${port}/`), ["refused", /user name/]],
    "to nothing that is a URL": [via("http://["), ["refused", /URL is invalid/]],
    "to a URL too long": [get(`${origin}/far`), ["refused", /URL is invalid/]],
    "one redirect too many": [get(`${origin}/loop?times=${BOT_LIMITS.netRedirects + 1}`), [
      "limit",
      /at most 3 redirects/,
    ]],
  };
  for (const [name, [call, failure]] of Object.entries(failures)) {
    await t.step(name, async () => assertFailed(await network.one(net, call), failure));
  }
  assert.deepEqual(other.seen, []);
});

Deno.test("a name that resolves to a private address is refused at the time of connection", async () => {
  await using site = webServer();
  // The rules allow these names here, but Deno still denies their addresses.
  await using network = networkProcess({ schemes: "http", denied: [] }, { singleLabels: true });
  const refused: Failure = ["refused", /^localhost can't be reached: it resolves to a private/];
  for (const net of [[site.host], ["*", site.host]]) {
    assertFailed(await network.one(net, get(`${site.origin}/echo`)), refused);
  }
  assert.deepEqual(site.seen, []);
});

Deno.test("a name that is denied to the process is refused", async () => {
  await using site = webServer();
  const denied = { ...OPEN, denied: ["localhost"] };
  const refused: Failure = ["refused", /^Bots may not reach localhost/];
  // Refused by the rules; by Deno on connection; by Deno when the courier starts.
  for (const options of [{}, { denied: [] }]) {
    await using network = networkProcess(denied, options);
    for (const net of [["*", site.host], [site.host]]) {
      assertFailed(await network.one(net, get(`${site.origin}/echo`)), refused);
    }
  }
  assert.deepEqual(site.seen, []);
});

Deno.test("what a site learns about a bot, and a bot about a site", async (t) => {
  await using site = webServer();
  await using other = webServer();
  await using network = networkProcess(OPEN);
  const net = [site.host, other.host];
  const keys: [string, string][] = [["Authorization", "Bearer 1"], ["X-API-Key", "2"]];
  const all: [string, string][] = [...keys, ["Accept", "text/plain"]];
  const usual = { accept: "*/*", "accept-encoding": "gzip,br", "accept-language": "*" };
  const ask = async (call: NetRequest) => JSON.parse(textOf(await network.one(net, call)));
  const via = (to: string) => `${site.origin}/redirect?status=307&to=${encodeURIComponent(to)}`;

  await t.step("a GET without its fragment", async () => {
    const answer = await network.one(net, get(`${site.origin}/echo?q=1#part`));
    assert.equal(answer.kind === "fetched" && answer.url, `${site.origin}/echo?q=1`);
    assert.deepEqual(JSON.parse(textOf(answer)), {
      method: "GET",
      url: "/echo?q=1",
      headers: { ...usual, host: site.host, "user-agent": "mcp-multiplayer-bot" },
      body: "",
    });
  });
  await t.step("a POST with the bot's headers", async () => {
    const { method, headers, body } = await ask(post(`${site.origin}/echo`, "bücher", all));
    assert.deepEqual({ method, body }, { method: "POST", body: "bücher" });
    assert.equal(headers.authorization, "Bearer 1");
    assert.equal(headers["x-api-key"], "2");
    assert.equal(headers.accept, "text/plain");
  });
  await t.step("after a redirect to the same origin, headers are sent, but no cookie", async () => {
    const { headers } = await ask(get(via("/echo"), keys));
    assert.equal(headers.authorization, "Bearer 1");
    assert.equal(headers.cookie, undefined);
  });
  await t.step("no secret header is sent to another origin", async () => {
    const { headers } = await ask(get(via(`${other.origin}/echo`), all));
    assert.deepEqual(headers, {
      ...usual,
      accept: "text/plain",
      host: other.host,
      "user-agent": "mcp-multiplayer-bot",
    });
  });
  for (const [status, becomes, rest] of [[301, "GET", ""], [302, "GET", ""], [303, "GET", ""]]) {
    await t.step(`a POST that is redirected with ${status} becomes a ${becomes}`, async () => {
      const url = `${site.origin}/redirect?status=${status}&to=/echo`;
      const { method, headers, body } = await ask(post(url, "x", [["content-type", "a/b"]]));
      assert.deepEqual({ method, body }, { method: becomes, body: rest });
      assert.equal(headers["content-type"], undefined);
    });
  }
  await t.step("a POST that is redirected with 308 stays a POST", async () => {
    const url = `${site.origin}/redirect?status=308&to=/echo`;
    const { method, body } = await ask(post(url, "x"));
    assert.deepEqual({ method, body }, { method: "POST", body: "x" });
  });
  await t.step("the body of a POST is not sent to another origin", async () => {
    const refused: Failure = [
      "refused",
      /^localhost sent a redirect .* It would send the request's body/,
    ];
    assertFailed(await network.one(net, post(via(`${other.origin}/echo`), "key=1")), refused);
  });
  await t.step("a redirect that is not followed is the answer, or none", async () => {
    const request = get(`${site.origin}/redirect?status=302&to=/echo`);
    const manual = await network.one(net, { ...request, redirect: "manual" } as NetRequest);
    assert.ok(manual.kind === "fetched", JSON.stringify(manual));
    assert.equal(manual.status, 302);
    assert.deepEqual(manual.headers, [["location", "/echo"]]);
    const error = await network.one(net, { ...request, redirect: "error" } as NetRequest);
    assertFailed(error, ["refused", /^localhost redirects the request, which says redirect/]);
  });
  await t.step("as many redirects as there may be", async () => {
    const answer = await network.one(
      net,
      get(`${site.origin}/loop?times=${BOT_LIMITS.netRedirects}`),
    );
    assert.equal(answer.kind === "fetched" && answer.url, `${site.origin}/echo`);
  });
  await t.step("the bot gets few headers, in lower case and sorted", async () => {
    const answer = await network.one(net, get(`${site.origin}/headers`));
    if (answer.kind !== "fetched") return assert.fail();
    assert.equal(answer.status, 404);
    assert.deepEqual(answer.headers.filter(([name]) => name !== "date"), [
      ["content-language", "de"],
      ["content-type", "application/json"],
      ["etag", '"1"'],
      ["last-modified", "Mon, 01 Jan 2024 00:00:00 GMT"],
      ["retry-after", "7"],
    ]);
  });
  await t.step("a header that does not fit is left out", async () => {
    const answer = await network.one(net, get(`${site.origin}/large_headers`));
    const names = answer.kind === "fetched" && answer.headers.map(([name]) => name);
    assert.deepEqual(names, ["content-type", "date", "retry-after"]);
  });
  await t.step("the largest response, also if it is compressed", async () => {
    for (const path of [`/bytes?n=${MAX}`, `/gzip?n=${MAX}`]) {
      const answer = await network.one(net, get(site.origin + path));
      assert.equal(answer.kind === "fetched" && Uint8Array.fromBase64(answer.body).length, MAX);
      Exchange.parse({ request: get(site.origin), answer });
    }
  });
});
