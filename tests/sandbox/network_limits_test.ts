/** Network calls of a hook: their number, the order of the answers, and the time limit. */
import assert from "node:assert/strict";
import { Exchange, type NetAnswer, type NetRequest } from "../../src/domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { HostNetwork } from "../../src/sandbox/host/network.ts";
import type { BotNetwork } from "../../src/sandbox/launch/host_process.ts";
import type { DrivenOutcome } from "../support/network_driver.ts";
import { get, networkProcess } from "../support/network_process.ts";
import { muteServer, webServer } from "../support/web_server.ts";

const OPEN: BotNetwork = { schemes: "http", denied: [], test: { loopback: true, caCerts: [] } };
const LATE = {
  kind: "failed",
  reason: "timeout",
  message: "The hook's time for network requests is over.",
};
const TOO_MANY = {
  kind: "failed",
  reason: "limit",
  message: `A hook can make at most ${BOT_LIMITS.netRequests} network requests.`,
};

/** `fetched` with the last part of the URL, or the reason for the failure. */
const brief = (answer: NetAnswer) =>
  answer.kind === "fetched"
    ? new URL(answer.url).pathname
    : answer.kind === "failed"
    ? answer.reason
    : answer.kind;

/** The answers. Asserts that the reported exchanges contain the same. */
function answersOf({ answers, reported }: DrivenOutcome): string[] {
  for (const exchange of reported) Exchange.parse(exchange);
  assert.deepEqual(reported.map(({ answer }) => answer), answers);
  return answers.map(brief);
}

Deno.test("calls run concurrently and are answered in their order", async () => {
  await using site = webServer();
  await using network = networkProcess(OPEN);
  // The site answers the first only after the second.
  const calls = ["/wait", "/open", "/bytes?n=9", "/none"].map((path) => get(site.origin + path));
  const outcome = await network.hook({ net: [site.host], calls });
  assert.deepEqual(answersOf(outcome), ["/wait", "/open", "/bytes", "/none"]);
  assert.deepEqual(outcome.reported.map(({ request }) => request), calls);
  assert.equal(outcome.waited, 1);
});

Deno.test("a hook begins a new wait for each call that it makes after an answer", async () => {
  await using site = webServer();
  await using network = networkProcess(OPEN);
  const calls = Array<NetRequest>(3).fill(get(`${site.origin}/echo`));
  const outcome = await network.hook({ net: [site.host], calls, oneByOne: true });
  assert.deepEqual(answersOf(outcome), ["/echo", "/echo", "/echo"]);
  assert.equal(outcome.waited, 3);
  const refused = await network.hook({ net: [], calls });
  assert.deepEqual(answersOf(refused), ["refused", "refused", "refused"]);
  assert.equal(refused.waited, 0);
});

Deno.test("calls beyond the limit are not made, and only the first of them is reported", async () => {
  await using site = webServer();
  await using network = networkProcess(OPEN);
  const calls = Array<NetRequest>(BOT_LIMITS.netRequests + 3).fill(get(`${site.origin}/echo`));
  const { answers, reported } = await network.hook({ net: [site.host], calls });
  assert.deepEqual(answers.slice(BOT_LIMITS.netRequests), Array(3).fill(TOO_MANY));
  assert.equal(site.seen.length, BOT_LIMITS.netRequests);
  assert.deepEqual(
    reported.map(({ answer }) => answer),
    answers.slice(0, BOT_LIMITS.netRequests + 1),
  );
  assert.deepEqual(answersOf(await network.hook({ net: [site.host], calls: [calls[0]!] })), [
    "/echo",
  ]);
});

Deno.test("a request that no honest guest sends is refused and not reported", async () => {
  await using network = networkProcess(OPEN);
  const forged = [null, { kind: "fetch", method: "PUT" }] as unknown as NetRequest[];
  const { answers, reported } = await network.hook({ net: ["*"], calls: forged });
  const message = "The request is malformed.";
  assert.deepEqual(answers, Array(2).fill({ kind: "failed", reason: "refused", message }));
  assert.deepEqual(reported, []);
});

Deno.test("parts that are too large for evidence are omitted from it", async () => {
  await using network = networkProcess(OPEN);
  const long = get(`https://a.org/${"x".repeat(BOT_LIMITS.netUrlChars)}`);
  const outcome = await network.hook({ net: ["a.org"], calls: [long] });
  assert.deepEqual(answersOf(outcome), ["limit"]);
  const [reported] = outcome.reported;
  assert.equal(reported?.request.kind === "fetch" && reported.request.url, "https://a.org/…");
});

Deno.test("text that can't be stored unchanged is reported in a form that can", async () => {
  await using network = networkProcess(OPEN);
  const plain = { kind: "fetch", method: "GET", url: "https://a.org/", body: null } as const;
  const odd: NetRequest[] = [
    get("https://a.org/\ud800"),
    get("https://a.org/\u0001".padEnd(BOT_LIMITS.netUrlChars, "\u0001")),
    { ...plain, headers: [["\ud800", "a"]] },
    { ...plain, headers: [["a".repeat(600), "\u20ac"]] },
    { kind: "tls", host: `${"a".repeat(254)}\ud83d\ude00`, port: 443 },
  ];
  const { reported } = await network.hook({ net: ["b.org"], calls: odd });
  assert.equal(reported.length, odd.length);
  for (const exchange of reported) {
    const text = JSON.stringify(Exchange.parse(exchange));
    assert.ok(text.isWellFormed() && !/\\ud8|\\u0001/.test(text), text);
  }
});

Deno.test("the time limit of a hook ends its pending calls", async (t) => {
  await using site = webServer();
  // The site does not speak TLS, and waits for more than the client's first message.
  await using mute = muteServer();
  await using network = networkProcess(OPEN, { budgetMs: 200 });
  const CALLS: Record<string, [paths: string[], oneByOne: boolean]> = {
    "no answer": [["/never"], false],
    "an answer that drips": [["/drip"], false],
    "several": [["/drip", "/never", "/wait"], false],
    "a call that comes afterwards": [["/never", "/echo"], true],
  };
  for (const [name, [paths, oneByOne]] of Object.entries(CALLS)) {
    await t.step(name, async () => {
      const calls = paths.map((path) => get(site.origin + path));
      const { answers } = await network.hook({ net: [site.host], calls, oneByOne });
      assert.deepEqual(answers, paths.map(() => LATE));
    });
  }
  await t.step("a certificate", async () => {
    const call: NetRequest = { kind: "tls", host: "localhost", port: mute.port };
    assert.deepEqual(await network.one([`localhost:${mute.port}`], call), LATE);
  });
});

Deno.test("each hook has its full time, whatever earlier calls and hooks used", async () => {
  await using site = webServer();
  await using network = networkProcess(OPEN, { budgetMs: 3_000 });
  const calls = ["/echo", "/never", "/none"].map((path) => get(site.origin + path));
  const outcome = await network.hook({ net: [site.host], calls });
  assert.deepEqual(answersOf(outcome), ["/echo", "timeout", "/none"]);
  const next = await network.hook({ net: [site.host], calls: [calls[0]!] });
  assert.deepEqual(answersOf(next), ["/echo"]);
});

Deno.test("begin() abandons the open calls of the hook before", async () => {
  await using site = webServer();
  await using network = networkProcess(OPEN);
  const net = [site.host];
  const [echo, never] = ["/echo", "/never"].map((path) => get(site.origin + path)) as [
    NetRequest,
    NetRequest,
  ];
  const first = await network.hook({ net, calls: [echo, never], abandonAfter: 1 });
  assert.deepEqual(first.answers.map(brief), ["/echo"]);
  assert.deepEqual(answersOf(await network.hook({ net, calls: [echo] })), ["/echo"]);
});

Deno.test("bots with different hosts take turns", async () => {
  await using site = webServer();
  await using other = webServer();
  await using network = networkProcess(OPEN);
  const sets = [[site.host], [other.host], [site.host, other.host], ["*", site.host], [site.host]];
  for (const net of [...sets, ...sets]) {
    const calls = [get(`${site.origin}/echo`), get(`${other.origin}/echo`)];
    const expected = [site, other].map(({ host }) => net.includes(host) ? "/echo" : "refused");
    assert.deepEqual(answersOf(await network.hook({ net, calls })), expected);
  }
});

Deno.test("no courier starts before the first allowed request", async () => {
  const { Worker } = globalThis;
  const reported: Exchange[] = [];
  const rules = { schemes: "https", denied: [], singleLabels: false } as const;
  const network = new HostNetwork({ ...rules, budgetMs: 60_000, caCerts: [] }, {
    waiting() {},
    resumed() {},
    exchanged: (exchange) => void reported.push(exchange),
  });
  let made = 0;
  globalThis.Worker = class {
    constructor() {
      made++;
      throw new Deno.errors.NotCapable("Can't escalate parent thread permissions");
    }
  } as unknown as typeof Worker;
  try {
    network.begin(["a.org"]);
    for (const url of ["https://b.org/", "http://a.org/", "https://10.0.0.1/"]) {
      assert.equal(brief(await network.perform(get(url))), "refused");
    }
    assert.equal(made, 0);
    const message = "Bots may not reach a.org.";
    const refused = { kind: "failed", reason: "refused", message } as const;
    assert.deepEqual(await network.perform(get("https://a.org/")), refused);
    assert.equal(made, 1);
    assert.equal(reported.length, 4);
  } finally {
    globalThis.Worker = Worker;
  }
});
