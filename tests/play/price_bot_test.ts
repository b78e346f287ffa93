/** PriceBot against the test's own web sites: the readings, the median and the doubts that it
 *  posts. */
import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import { ofType, type Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const SETTINGS: Partial<Config> = {
  botNetwork: "http",
  testNetwork: { loopback: true, caCerts: [] },
};

/** A web site that answers each path with a body or a status. */
function siteOf(pages: Record<string, unknown>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const page = pages[new URL(request.url).pathname];
    if (typeof page === "number") return new Response("no", { status: page });
    return typeof page === "string" ? new Response(page) : Response.json(page);
  });
  const host = `localhost:${server.addr.port}`;
  return { host, url: (path: string) => `http://${host}${path}`, stop: () => server.shutdown() };
}

async function askFor(player: Player): Promise<{ readings: Wire[]; price: Wire }> {
  const { msg_id } = await player.say("price");
  const read = await player.readUntil(ofType("price"));
  const answers = read.filter(({ cause }) => cause === msg_id);
  const readings = answers.filter(ofType("reading")).map(({ body }) => body);
  return { readings, price: answers.find(ofType("price")).body };
}

Deno.test("PriceBot posts each reading, their median and every doubt about it", async (t) => {
  const site = siteOf({
    "/a": { data: { amount: "100.00" } },
    "/b": { result: { XXBTZUSD: { c: ["100.40", "0.1"] } } },
    "/c": { last: 100.1 },
    "/far": { last: "104" },
    "/down": 503,
    "/text": "100.2",
    "/html": "<p>100.2</p>",
    "/other": { price: "100" },
    "/negative": { last: "-3" },
  });
  const at = (path: string, where: string) => ({
    name: path.slice(1),
    url: site.url(path),
    path: where,
  });
  const [a, b, c] = [at("/a", "data.amount"), at("/b", "result.*.c.0"), at("/c", "last")];
  const table: [string, { name: string }[], Record<string, unknown>, RegExp][] = [
    ["three that agree", [a, b, c], {
      ...{ median: 100.1, low: 100, high: 100.4, spread_percent: 0.3996, agree: true, failed: [] },
    }, /^BTC-USD is 100.1; 3 of 3 sources answered\.$/],
    ["two: the median lies between them", [a, c], { median: 100.05, agree: true }, /2 of 2/],
    [
      "one outlier",
      [a, c, at("/far", "last")],
      { median: 100.1, agree: false, spread_percent: 3.996 },
      /they disagree by 3.996 %, more than 0.5 %/,
    ],
    [
      "one unreachable",
      [a, b, at("/down", "last")],
      { median: 100.2, failed: ["down"] },
      /failed: down/,
    ],
    [
      "three invalid readings",
      [c, at("/html", "last"), at("/other", "last"), at("/negative", "last")],
      { median: 100.1, agree: false, failed: ["html", "other", "negative"] },
      /nothing to compare it with; failed: html, other, negative/,
    ],
    ["none", [at("/down", "last")], { median: null, agree: false }, /There is no price: 0 of 1/],
  ];
  await using server = await testServer(SETTINGS);
  for (const [name, sources, expected, pattern] of table) {
    await t.step(name, async () => {
      const manifest = { net: [site.host] };
      const { players: [ada], created } = await roomOf(server.url, {
        slots: ["bot:price", "invite:ada"],
        bots: [{ name: "PriceBot", code_ref: "builtin://PriceBot", manifest, params: { sources } }],
      }, 1);
      assert.equal(created.bot_errors, undefined);
      const { readings, price } = await askFor(ada!);
      assert.deepEqual(readings.map(({ source }) => source), sources.map(({ name }) => name));
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(price[key], value, key);
      assert.match(price.text, pattern);
    });
  }
  await site.stop();
});

Deno.test("everyone can check PriceBot's readings against the evidence", async () => {
  const site = siteOf({ "/a": { last: "100.5" }, "/b": { last: "100.6" } });
  await using server = await testServer(SETTINGS);
  const sources = ["/a", "/b"].map((path) => ({ name: path, url: site.url(path), path: "last" }));
  const manifest = { net: [site.host] };
  const { players: [ada] } = await roomOf(server.url, {
    slots: ["bot:price", "invite:ada"],
    bots: [{ name: "PriceBot", code_ref: "builtin://PriceBot", manifest, params: { sources } }],
  }, 1);
  const { channel_id } = ada!;
  await ada!.call("make_game_move", { channel_id, game: "price", action: "price" });
  const read = await ada!.readUntil(ofType("price"));
  const all = read.some(ofType("bot:evidence"))
    ? read
    : [...read, ...await ada!.readUntil(ofType("bot:evidence"))];
  const evidence = all.find(ofType("bot:evidence"));
  for (const [i, { body }] of all.filter(ofType("reading")).entries()) {
    const { request, answer } = evidence.body.exchanges[i];
    assert.equal(request.url, body.url);
    const { body_hash } = answer;
    const { text } = await ada!.call("get_evidence", {
      channel_id,
      msg_id: evidence.id,
      body_hash,
    });
    assert.equal(Number(JSON.parse(text).last), body.price);
  }
  await site.stop();
});

Deno.test("PriceBot fetches only from hosts in its manifest", async () => {
  const site = siteOf({ "/a": { last: "100.5" } });
  await using server = await testServer(SETTINGS);
  const sources = [{ name: "stray", url: site.url("/a"), path: "last" }];
  const { players: [ada] } = await roomOf(server.url, {
    slots: ["bot:price", "invite:ada"],
    bots: [{ name: "PriceBot", code_ref: "builtin://PriceBot", params: { sources } }],
  }, 1);
  const { readings: [reading], price } = await askFor(ada!);
  assert.deepEqual([reading.price, price.median], [null, null]);
  assert.match(reading.error, /not among the hosts/);
  await site.stop();
});

Deno.test("PriceBot's default sources are the hosts of its manifest, for any pair", async () => {
  await using server = await testServer();
  for (const symbol of ["BTC-USD", "ETH-EUR"]) {
    const { players: [ada], created } = await roomOf(server.url, {
      slots: ["bot:price", "invite:ada"],
      bots: [{ name: "PriceBot", code_ref: "builtin://PriceBot", params: { symbol } }],
    }, 1);
    const { body } = (await ada!.readUntil(ofType("prompt"))).find(ofType("prompt"));
    const [{ bot_id }] = created.bots;
    const { channel_id } = ada!;
    const { manifest } = await ada!.call("get_bot_code", { channel_id, bot_id });
    assert.deepEqual(body.sources.map(({ url }: Wire) => new URL(url).hostname), manifest.net);
    const [base] = symbol.split("-") as [string];
    const codes = new RegExp(base === "BTC" ? "BTC|XBT" : base, "i");
    for (const { url } of body.sources) assert.match(url, codes);
  }
});

Deno.test("PriceBot ignores other messages, and reports a server without bot network", async () => {
  await using server = await testServer({ botNetwork: "off" });
  const { players: [ada] } = await roomOf(server.url, {
    slots: ["bot:price", "invite:ada"],
    bots: [{ name: "PriceBot", code_ref: "builtin://PriceBot" }],
  }, 1);
  const { channel_id } = ada!;
  await ada!.say("what is the price of salt?");
  await ada!.call("make_game_move", { channel_id, game: "guess", action: "price" });
  const { msg_id } = await ada!.say("Price?");
  const prices = (await ada!.readUntil(ofType("price"))).filter(ofType("price"));
  assert.deepEqual(prices.map(({ cause }) => cause), [msg_id]);
  assert.match(prices[0].body.text, /^There is no price/);

  const move = (game: string, action: string) => ({ type: "move", game, action });
  const asked: [unknown, "price" | "violation"][] = [
    ["What's the price?", "price"],
    ["price please", "price"],
    [move("PriceBot", "Quote"), "price"],
    [move("price", "buy"), "violation"],
  ];
  for (const [sent, right] of asked) {
    const { msg_id } = await ada!.say(sent);
    const isAnswer = ({ cause, body }: Wire) =>
      cause === msg_id && ["price", "violation"].includes(body.type);
    const { body } = (await ada!.readUntil(isAnswer)).find(isAnswer);
    assert.equal(body.type, right, JSON.stringify(sent));
  }
});
