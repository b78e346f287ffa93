/** The server as a process: the start task, a stop, and `kill -9` during a game. */
import assert from "node:assert/strict";
import { ofType, Player, roomOf, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore, testServer } from "../support/server.ts";

/** Posts that it saw each member message, and counts them in its state. */
const COUNTING_BOT = `export default class CountingBot {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const count = (this.ctx.get_state() ?? 0) + 1;
    this.ctx.set_state(count);
    for (let i = 0, x = 1; i < 200_000; i++) x = (x * 31 + i) % 65521;
    this.ctx.post("bot", { saw: msg.id, count });
  }
}`;

Deno.test("deno task start serves, and SIGTERM ends it and its sandbox hosts cleanly", async () => {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path }, { viaTask: true });
  const alive = await fetch(`${server.url}/healthz`);
  assert.deepEqual(await alive.json(), { status: "ok" });
  const ready = await fetch(`${server.url}/readyz`);
  assert.deepEqual(await ready.json(), { ready: true, store: true, sandbox: true });
  const player = await Player.at(server.url);
  await player.call("create_channel", { name: "x", slots: ["bot:g"], bot_preset: "GuessBot" });
  const { bots: [{ rules }] } = await player.call("list_bots", { name: "GuessBot" });
  assert.match(rules, /^# GuessBot/);
  const children = await server.children();
  await server.kill("SIGTERM");
  assert.ok(server.log.some((line) => line.includes('"event":"stopped"')), server.log.join("\n"));
  await gone(children);
  await checkStore(file.path);
});

Deno.test("kill -9 during a game: the game goes on, no id is missing or doubled, no hook runs twice", async () => {
  await using file = dataFile();
  let server = await startProcess({ KV_URL: file.path });
  const { players: [alice] } = await roomOf(server.url, {
    slots: ["bot:counter", "invite:alice"],
    bot_code: COUNTING_BOT,
  }, 1);
  const said: number[] = [];
  for (let round = 0; round < 4; round++) {
    // The server has acknowledged some of these, but not yet run their hooks, when it dies.
    const posts = Array.from({ length: 10 }, (_, i) => alice!.say(`${round}.${i}`));
    for (const { msg_id } of await Promise.all(posts)) said.push(msg_id);
    const hosts = await server.children();
    assert.ok(hosts.length >= 1, `${hosts.length} hosts`);
    await server.kill("SIGKILL");
    await gone(hosts);
    server = await startProcess({ KV_URL: file.path });
    alice!.moveTo(server.url);
  }
  const { msg_id } = await alice!.say("the last");
  said.push(msg_id);
  const read = await alice!.readUntil(({ body }: Wire) => body.saw === msg_id);
  assert.deepEqual(read.map(({ id }) => id), read.map((_, i) => i + 1), "no id missing or doubled");
  const saw = read.filter(({ body }) => body.saw !== undefined).map(({ body }) => body);
  const inOrder = said.toSorted((a, b) => a - b);
  assert.deepEqual(saw.map((body) => body.saw), inOrder, "the bot saw each message once, in order");
  assert.deepEqual(
    saw.map((body) => body.count),
    inOrder.map((_, i) => i + 1),
    "the state matches",
  );
  await server.kill("SIGTERM");
  await checkStore(file.path);
});

Deno.test("a guessing game survives kill -9 with its seats, turn and commitment", async () => {
  await using file = dataFile();
  let server = await startProcess({ KV_URL: file.path });
  const { players } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:alice", "invite:bob"],
    bot_preset: "GuessBot",
    bot_params: { range: [1, 1_000_000] },
  }, 2);
  const before = await players[0]!.readUntil(ofType("bot:turn"));
  await server.kill("SIGKILL");
  server = await startProcess({ KV_URL: file.path });
  for (const player of players) player.moveTo(server.url);

  const turn = before.find(ofType("bot:turn"));
  const mover = players.find(({ player_id }) => player_id === turn.body.player)!;
  mover.cursor = turn.id;
  await mover.guess(500_000);
  const after = await mover.readUntil(ofType("judge"));
  assert.equal(after.find(ofType("judge")).body.player, mover.player_id);
  await server.kill("SIGTERM");
  await checkStore(file.path);
});

Deno.test("SANDBOX=worker runs bots without a subprocess", async () => {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path, SANDBOX: "worker" });
  const { players: [alice] } = await roomOf(server.url, {
    slots: ["bot:counter", "invite:alice"],
    bot_code: COUNTING_BOT,
  }, 1);
  const { msg_id } = await alice!.say("hello");
  await alice!.readUntil(({ body }: Wire) => body.saw === msg_id);
  assert.deepEqual(await server.children(), []);
  await server.kill("SIGTERM");
  await checkStore(file.path);
});

Deno.test("SANDBOX=off refuses bots and serves everything else", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice], created } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:alice"],
    bot_preset: "GuessBot",
  }, 1);
  assert.match(created.bot_errors[0], /^UNAVAILABLE: /);
  assert.ok((await alice!.say("no referee, then")).msg_id > 0);
});

Deno.test("a malformed setting stops the start with one clear line", async (t) => {
  const table: [string, Record<string, string>, RegExp][] = [
    ["PORT", { PORT: "80a" }, /^Cannot start: PORT must be a whole number$/],
    [
      "PUBLIC_URL",
      { PUBLIC_URL: "https://x.org/mcp" },
      /^Cannot start: PUBLIC_URL must be an origin/,
    ],
    ["SANDBOX", { SANDBOX: "none" }, /^Cannot start: SANDBOX /],
    ["SEED_BEACON", { SEED_BEACON: "moon" }, /^Cannot start: SEED_BEACON /],
    ["GUESTS", { GUESTS: "false" }, /^Cannot start: GUESTS=false needs another way to sign in/],
    ["KV_URL", { KV_URL: "/nowhere/x.sqlite3" }, /^Cannot start: .*\/nowhere/],
  ];
  for (const [name, env, line] of table) {
    await t.step(name, async () => {
      const error = await startProcess(env).then(() => null, (error) => error as Error);
      const said = error!.message.replace("the server ended: ", "").split("\n");
      assert.equal(said.length, 1, error!.message);
      assert.match(said[0]!, line);
    });
  }
});
