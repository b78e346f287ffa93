/** Bots that use the web. The answers they receive become an entry that every member can read, even
 *  if the hook fails. */
import assert from "node:assert/strict";
import { selfSigned, testAuthority } from "../support/certificates.ts";
import { ofType, type Player, refuses, roomOf, sha256Hex, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { webServer } from "../support/web_server.ts";

const ASKER = `export default class Asker {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const { url, method, headers, body, then, key } = msg.body;
    try {
      const auth = key ? { authorization: "Bearer " + this.ctx.env.API_KEY } : {};
      const response = await fetch(url, { method, headers: { ...headers, ...auth }, body });
      this.ctx.post("bot", { status: response.status, received: await response.text(), from: response.url });
    } catch (error) {
      this.ctx.post("bot", { received: error.message });
    }
    if (then) throw new Error(then);
  }
}`;

const NETWORK = { botNetwork: "http", testNetwork: { loopback: true, caCerts: [] } } as const;

async function roomAsking(url: string, net: unknown, more: Record<string, unknown> = {}) {
  const room = await roomOf(url, {
    slots: ["bot:asker", "invite:a"],
    bots: [{ inline_code: ASKER, manifest: net === undefined ? {} : { net }, ...more }],
  }, 1);
  assert.equal(room.created.bot_errors, undefined);
  return room;
}

const isAnswer = ({ body }: Wire) => body?.received !== undefined || body?.type === "bot:failed";

async function ask(player: Player, question: Record<string, unknown>): Promise<Wire[]> {
  await player.say(question);
  return await player.readUntil(isAnswer);
}

Deno.test("a bot's evidence is an entry before the bot's post, with the body by hash", async () => {
  await using site = webServer();
  await using server = await testServer(NETWORK);
  const { players: [alice], host, created } = await roomAsking(server.url, [site.host]);
  assert.deepEqual(created.bots[0].net, [site.host]);
  const url = `${site.origin}/echo?q=1`;
  const read = await ask(alice!, {
    url,
    method: "POST",
    body: "hello",
    headers: { accept: "a/b" },
  });

  const answer = read.find(isAnswer)!;
  assert.equal(answer.body.status, 200);
  const echoed = JSON.parse(answer.body.received);
  assert.equal(echoed.body, "hello");
  assert.equal(echoed.headers.accept, "a/b");
  assert.equal(echoed.headers.cookie, undefined);

  const evidence = read.find(ofType("bot:evidence"))!;
  assert.equal(evidence.sender, "system");
  assert.equal(evidence.id, answer.id - 1);
  assert.equal(evidence.cause, answer.cause);
  const [{ request, answer: response }] = evidence.body.exchanges;
  assert.equal(request.url, url);
  assert.equal(request.method, "POST");
  assert.equal(request.body_hash, `sha256:${await sha256Hex("hello")}`);
  assert.equal(response.status, 200);
  assert.equal(response.body_hash, `sha256:${await sha256Hex(answer.body.received)}`);

  const { channel_id } = alice!;
  const wanted = { channel_id, msg_id: evidence.id, body_hash: response.body_hash };
  for (const member of [alice!, host]) {
    const { text } = await member.call("get_evidence", wanted);
    assert.equal(text, answer.body.received);
    const proof = await member.call("get_proof", wanted);
    assert.equal(proof.evidence.text, answer.body.received);
    assert.equal(proof.inclusion.entry.id, evidence.id, "the same message, in the log");
  }
});

Deno.test("get_evidence returns only bodies that the server named, in a readable channel", async () => {
  await using site = webServer();
  await using server = await testServer(NETWORK);
  const { players: [alice], created } = await roomAsking(server.url, [site.host]);
  const read = await ask(alice!, { url: `${site.origin}/bytes?n=3` });
  const { id: msg_id, body } = read.find(ofType("bot:evidence"))!;
  const { body_hash } = body.exchanges[0].answer;
  const { channel_id } = created;
  const { next, ...got } = await alice!.call("get_evidence", { channel_id, msg_id, body_hash });
  assert.deepEqual(got, { body_hash, text: "\0\0\0" });
  assert.match(next, /get_bot_code/);

  // A member names the hash of another stored value, which must stay hidden.
  const code_hash = created.bots[0].code_hash;
  const forged = { type: "bot:evidence", exchanges: [{ answer: { body_hash: code_hash } }] };
  const { msg_id: forgedId } = await alice!.say(forged);
  const attempts = [
    { msg_id: forgedId, body_hash: code_hash },
    { msg_id, body_hash: code_hash },
    { msg_id: msg_id + 1000, body_hash },
  ];
  for (const attempt of attempts) {
    for (const tool of ["get_evidence", "get_proof"]) {
      await refuses(alice!.call(tool, { channel_id, ...attempt }), "INVALID_REQUEST");
    }
  }
  await refuses(alice!.call("get_proof", { channel_id, body_hash }), "INVALID_REQUEST");
  const { players: [stranger] } = await roomAsking(server.url, []);
  const theirs = stranger!.call("get_evidence", { channel_id, msg_id, body_hash });
  await refuses(theirs, "CHANNEL_NOT_FOUND");
});

Deno.test("a failing hook leaves only its evidence", async () => {
  await using site = webServer();
  await using server = await testServer(NETWORK);
  const { players: [alice] } = await roomAsking(server.url, [site.host]);
  const read = await ask(alice!, { url: `${site.origin}/echo`, then: "no use" });
  assert.deepEqual(
    read.slice(-2).map(({ body }) => body.type),
    ["bot:evidence", "bot:failed"],
  );
  assert.equal(read.at(-1).body.message, "no use");
});

Deno.test("a bot can fetch only from the hosts that it declares, and gets a clear error otherwise", async (t) => {
  await using site = webServer();
  await using other = webServer();
  await using server = await testServer(NETWORK);
  const { players: [alice] } = await roomAsking(server.url, [site.host]);
  const { players: [mute], created } = await roomAsking(server.url, []);
  assert.deepEqual(created.bots[0].net, []);
  const attempts: Record<string, [Player, string]> = {
    "another port": [alice!, `${other.origin}/echo`],
    "an address": [alice!, `http://127.0.0.1:${site.port}/echo`],
    "a redirect to an undeclared place": [
      alice!,
      `${site.origin}/redirect?to=${encodeURIComponent(`${other.origin}/echo`)}`,
    ],
    "any host, if it declares none": [mute!, `${site.origin}/echo`],
  };
  for (const [name, [player, url]] of Object.entries(attempts)) {
    await t.step(name, async () => {
      const read = await ask(player, { url });
      assert.equal(read.at(-1).body.status, undefined, JSON.stringify(read.at(-1)));
      const [{ answer }] = read.find(ofType("bot:evidence"))!.body.exchanges;
      assert.deepEqual([answer.kind, answer.reason], ["failed", "refused"]);
    });
  }
  assert.deepEqual(other.seen, []);
});

Deno.test("without the tests' exception, the server's port and the local network are unreachable", async (t) => {
  await using site = webServer();
  await using server = await testServer({ botNetwork: "http" });
  const { port } = new URL(server.url);
  const net = ["localhost", `localhost:${port}`, `localhost:${site.port}`, "localhost.localdomain"];
  const { players: [alice] } = await roomAsking(server.url, net);
  const { players: [anywhere], created } = await roomAsking(server.url, undefined);
  assert.equal(created.bots[0].net, "public");
  const urls = [
    `http://localhost:${port}/healthz`,
    `http://localhost:${site.port}/echo`,
    `http://127.0.0.1:${port}/healthz`,
    `http://2130706433:${port}/healthz`,
    `http://0x7f.1:${port}/healthz`,
    `http://[::1]:${port}/healthz`,
    `http://[::ffff:127.0.0.1]:${port}/healthz`,
    "http://169.254.169.254/latest/meta-data/",
    "http://metadata.google.internal/",
  ];
  for (const url of urls) {
    await t.step(url, async () => {
      for (const player of [alice!, anywhere!]) {
        const read = await ask(player, { url });
        assert.equal(read.at(-1).body.status, undefined, JSON.stringify(read.at(-1)));
      }
    });
  }
  assert.deepEqual(site.seen, []);
});

Deno.test("a sealed value reaches its site, and no evidence shows it", async () => {
  const API_KEY = "kappa-tau-9137-omega";
  await using site = webServer();
  await using server = await testServer(NETWORK);
  const { players: [alice] } = await roomAsking(server.url, [site.host], { env: { API_KEY } });
  const read = await ask(alice!, { url: `${site.origin}/echo?key=1`, key: true });
  // The site repeats the key; the bot must not.
  assert.equal(read.at(-1).body.type, "bot:failed");
  assert.match(read.at(-1).body.message, /contains a sealed value/);
  assert.ok(!JSON.stringify(read).includes(API_KEY));
  const { body } = read.find(ofType("bot:evidence"))!;
  const { request, answer } = body.exchanges[0];
  assert.ok(
    request.headers.some(([name, value]: string[]) =>
      name === "authorization" && value === "[sealed]"
    ),
  );
  assert.deepEqual([answer.withheld, answer.body_hash], ["[sealed]", undefined]);
});

Deno.test("evidence for an addressed message is not readable by all", async () => {
  await using site = webServer();
  await using server = await testServer(NETWORK);
  const { players: [alice, bob] } = await roomOf(server.url, {
    slots: ["bot:asker", "invite:a", "invite:b", "invite:c"],
    bots: [{ inline_code: ASKER, manifest: { net: [site.host], private: true } }],
  }, 3);
  const { channel_id } = alice!;
  const body = { url: `${site.origin}/echo?hole-cards=AK` };
  await alice!.call("post_message", { channel_id, body, to: [alice!.player_id] });
  const own = await alice!.readUntil(ofType("bot:evidence"));
  assert.ok(JSON.stringify(own).includes("hole-cards"));
  await bob!.readUntil(({ sender }) => sender.startsWith("bot:"));
  const all = await bob!.call("sync_messages", { channel_id, cursor: 0, timeout_ms: 0 });
  const evidence = all.messages.find(({ sender, to }: Wire) => sender === "system" && to);
  assert.deepEqual([evidence.withheld, evidence.body], [true, null]);
  assert.ok(
    !JSON.stringify(all.messages.filter((m: Wire) => m.sender === "system")).includes("hole-cards"),
  );
});

Deno.test("a request that can't be recorded does not repeat its hook", async () => {
  await using site = webServer();
  await using server = await testServer(NETWORK);
  const { players: [alice] } = await roomAsking(server.url, [site.host]);
  const odd = `\\ud800`;
  const { players: [bob] } = await roomOf(server.url, {
    slots: ["bot:odd", "invite:b"],
    bots: [{
      inline_code: `export default class Odd {
        constructor(ctx) { this.ctx = ctx; }
        async on_message(msg) {
          if (msg.kind !== "user") return;
          await fetch("${site.origin}/echo", { method: "POST", body: "hit" });
          const name = "${odd}".length === 1 ? "${odd}" : "x";
          Headers.prototype.forEach = (call) => call("\\u0001".repeat(1024), name);
          for (let i = 0; i < 4; i++) await fetch("${site.origin}/\\ud800").catch(() => {});
          this.ctx.post("bot", { received: "done" });
        }
      }`,
      manifest: { net: [site.host] },
    }],
  }, 1);
  await bob!.say("go");
  const read = await bob!.readUntil(isAnswer);
  assert.equal(read.filter(ofType("bot:evidence")).length, 1);
  await ask(alice!, { url: `${site.origin}/echo` });
  assert.equal(site.seen.filter((seen) => seen.startsWith("POST")).length, 1);
});

Deno.test("the evidence of a bot is published even if it is removed before it answers", async () => {
  await using site = webServer();
  await using server = await testServer(NETWORK);
  const { host, players: [alice], created } = await roomAsking(server.url, [site.host]);
  const { channel_id, bots: [{ bot_id }] } = created;
  await alice!.say({ url: `${site.origin}/wait` });
  while (site.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await host.call("update_channel", { channel_id, ops: [{ type: "remove_bot", bot_id }] });
  await fetch(`${site.origin}/open`).then((response) => response.text());
  const read = await alice!.readUntil(ofType("bot:evidence"));
  assert.ok(read.some(ofType("bot:detach")));
  assert.equal(read.at(-1).body.exchanges[0].request.url, `${site.origin}/wait`);
});

Deno.test("over TLS the bot's fetch checks the certificate", async () => {
  const ca = await testAuthority();
  await using trusted = webServer(await ca.issue({ names: ["localhost"] }));
  await using stranger = webServer(await selfSigned({ names: ["localhost"] }));
  await using server = await testServer({ testNetwork: { loopback: true, caCerts: [ca.cert] } });
  const { players: [alice] } = await roomAsking(server.url, [trusted.host, stranger.host]);
  const good = await ask(alice!, { url: `${trusted.origin}/echo` });
  assert.equal(good.at(-1).body.status, 200);
  const bad = await ask(alice!, { url: `${stranger.origin}/echo` });
  assert.equal(bad.at(-1).body.status, undefined);
});
