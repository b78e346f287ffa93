/** Several server processes on one database: two start tasks on a KV Connect server, races, `kill
 *  -9`, and an unreachable database. */
import assert from "node:assert/strict";
import { type Fault, type KvConnect, kvConnect } from "../support/kv_connect.ts";
import { Player, Problem, roomOf, type Wire } from "../support/player.ts";
import { gone, type ServerProcess, startProcess } from "../support/process.ts";

const COUNTING_BOT = `export default class CountingBot {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const count = (this.ctx.get_state() ?? 0) + 1;
    this.ctx.set_state(count);
    this.ctx.post("bot", { saw: msg.id, count });
  }
}`;

const WRITE: Omit<Fault, "times"> = { path: "/v2/atomic_write", status: 503, applied: true };

function startOn(store: KvConnect, env: Record<string, string> = {}): Promise<ServerProcess> {
  return startProcess({ ...store.env, RATE_LIMITS: "off", ...env }, { viaTask: true });
}

/** Posts as one player to its channels, through any of several servers. */
class Poster {
  readonly channelIds: string[] = [];

  constructor(readonly token: string) {}

  at(url: string): Player {
    return new Player(url, this.token);
  }

  async open(url: string, name: string): Promise<void> {
    const made = await this.at(url).call("create_channel", { name, slots: ["invite:me"] });
    await this.at(url).join(made.invites[0]);
    this.channelIds.push(made.channel_id);
  }
}

/** Asserts that each acknowledged message is in the log once, and that the ids have no gap. */
async function assertHeld(at: Player, channel_id: string, said: ReadonlyMap<number, string>) {
  const { messages } = await at.call("sync_messages", { channel_id, limit: 500, timeout_ms: 0 });
  assert.deepEqual(messages.map(({ id }: Wire) => id), messages.map((_: Wire, i: number) => i + 1));
  const texts = messages.flatMap(({ kind, body }: Wire) => kind === "user" ? [body.text] : []);
  assert.equal(new Set(texts).size, texts.length, "nothing twice");
  for (const [id, text] of said) assert.equal(messages[id - 1].body.text, text);
}

Deno.test("two processes take bursts over 120 channels: no refusals, one order each, all readers wake", async () => {
  await using store = await kvConnect();
  const servers = await Promise.all([startOn(store), startOn(store)]);
  const [a, b] = servers.map(({ url }) => url) as [string, string];
  const poster = new Poster((await Player.at(a)).token);
  // A connection carries 200 streams. Readers of more channels must not block anything.
  const opened = Array.from({ length: 220 }, (_, i) => poster.open(i % 2 ? a : b, `room ${i}`));
  await Promise.all(opened);

  const said = new Map(poster.channelIds.map((id) => [id, new Map<number, string>()]));
  for (let round = 0; round < 3; round++) {
    const posts = poster.channelIds.slice(0, 120).flatMap((channel_id) =>
      [a, b].map(async (url) => {
        const text = `${round} at ${url}`;
        const { msg_id } = await poster.at(url).call("post_message", { channel_id, body: text });
        assert.ok(!said.get(channel_id)!.has(msg_id), "no id is used twice");
        said.get(channel_id)!.set(msg_id, text);
      })
    );
    await Promise.all(posts);
  }

  const timeout_ms = 45_000;
  const cursors = new Map<string, number>();
  for (const channel_id of poster.channelIds) {
    const { cursor } = await poster.at(b).call("sync_messages", { channel_id, timeout_ms: 0 });
    cursors.set(channel_id, cursor);
  }
  const began = performance.now();
  const waiting = poster.channelIds.map(async (channel_id) => {
    const cursor = cursors.get(channel_id);
    return await poster.at(b).call("sync_messages", { channel_id, cursor, timeout_ms });
  });
  for (const channel_id of poster.channelIds) {
    const { msg_id } = await poster.at(a).call("post_message", { channel_id, body: "wake up" });
    said.get(channel_id)!.set(msg_id, "wake up");
  }
  for (const { messages } of await Promise.all(waiting)) assert.equal(messages.length, 1);
  assert.ok(performance.now() - began < timeout_ms, "no long poll ran into its timeout");

  for (const [channel_id, held] of said) await assertHeld(poster.at(b), channel_id, held);
  for (const server of servers) await server.kill("SIGTERM");
  await store.check();
});

Deno.test("kill -9 of one of two processes: the other takes over its hooks, and no acknowledged post is lost", async () => {
  await using store = await kvConnect();
  // Started without the task, so that the signal hits the server itself.
  const [doomed, other] = await Promise.all([
    startProcess({ ...store.env, RATE_LIMITS: "off" }),
    startOn(store),
  ]);
  const { players: [alice] } = await roomOf(doomed.url, {
    slots: ["bot:counter", "invite:alice"],
    bot_code: COUNTING_BOT,
  }, 1);
  const posts = Array.from({ length: 30 }, (_, i) => alice!.say(`${i}`));
  const said = (await Promise.all(posts)).map(({ msg_id }) => msg_id).toSorted((x, y) => x - y);
  const hosts = await doomed.children();
  await doomed.kill("SIGKILL"); // before it has run all hooks
  await gone(hosts);
  alice!.moveTo(other.url);
  // Nobody posts at the other process: it must notice by itself.
  const read = await alice!.readUntil(({ body }: Wire) => body.count === said.length);
  assert.deepEqual(read.map(({ id }) => id), read.map((_, i) => i + 1), "no id missing or doubled");
  const saw = read.flatMap(({ body }) => body.saw === undefined ? [] : [body.saw]);
  assert.deepEqual(saw, said, "the bot saw each message once, in order");
  await other.kill("SIGTERM");
  await store.check();
});

Deno.test("lost answers and an unreachable database neither double nor lose anything", async (t) => {
  await using store = await kvConnect();
  const server = await startOn(store, { SANDBOX: "off" });
  const poster = new Poster((await Player.at(server.url)).token);
  for (let i = 0; i < 12; i++) await poster.open(server.url, `room ${i}`);
  const said = new Map(poster.channelIds.map((id) => [id, new Map<number, string>()]));
  let nth = 0;
  const burst = () =>
    Promise.all(poster.channelIds.map(async (channel_id) => {
      const body = `post ${nth++}`;
      try {
        const { msg_id } = await poster.at(server.url).call("post_message", { channel_id, body });
        said.get(channel_id)!.set(msg_id, body);
        return "held";
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
        return error.code;
      }
    }));
  const allHeld = poster.channelIds.map(() => "held");

  await t.step("lost answers, errors, too many requests", async () => {
    for (const fault of [{}, { applied: false }, { status: 429, applied: false }]) {
      await store.fail({ ...WRITE, ...fault, times: 4 });
      assert.deepEqual(await burst(), allHeld);
      await store.fail({ ...WRITE, ...fault, path: "/v2/snapshot_read", times: 4 });
      assert.deepEqual(await burst(), allHeld);
    }
  });

  await t.step("unreachable for a while", async () => {
    await store.kill();
    const posts = burst();
    await store.start();
    assert.deepEqual(await posts, allHeld);
  });

  await t.step("a token that becomes invalid and valid again", async () => {
    await store.kill();
    await store.start("another token");
    assert.deepEqual(await burst(), poster.channelIds.map(() => "UNAVAILABLE"));
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    const ready = await fetch(`${server.url}/readyz`);
    assert.deepEqual([ready.status, (await ready.json()).store], [503, false]);
    await store.kill();
    await store.start();
    while ((await burst()).join() !== allHeld.join()) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.ok(server.log.some((line) => line.includes('"store_away"')), server.log.join("\n"));
    assert.ok(server.log.some((line) => line.includes('"store_back"')), server.log.join("\n"));
  });

  for (const [channel_id, held] of said) {
    await assertHeld(poster.at(server.url), channel_id, held);
  }
  await store.kill();
  const unanswered = burst().catch(() => {});
  await server.kill("SIGTERM"); // it stops although the database is unreachable
  await unanswered;
  assert.ok(server.log.some((line) => line.includes('"stopped"')), server.log.join("\n"));
  assert.ok(!server.log.join("\n").includes(store.token));
  await store.check();
});
