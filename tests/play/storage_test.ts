/** What is kept on behalf of a guest has a bound: messages, states, sources and what bots were told
 *  by the network. What is beyond it is refused, or fails where the bot sees it; whoever else plays
 *  does not notice. */
import assert from "node:assert/strict";
import { UNSTORABLE } from "../../src/domain/referee/hook_entries.ts";
import { STORAGE_BOUNDS } from "../../src/domain/storage/storage.ts";
import { countFor } from "../support/check_storage.ts";
import { ofType, Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { dataFile, startProcess } from "../support/process.ts";
import { checkStore, testServer } from "../support/server.ts";
import { webServer } from "../support/web_server.ts";

const MIB = 1024 * 1024;
const NETWORK = { botNetwork: "http", testNetwork: { loopback: true, caCerts: [] } } as const;

/** Asks for five bodies, each another one, and tells how many it got, or what the first failure
 *  said. */
const ASKER = `export default class Asker {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user" || !msg.body.url) return;
    let got = 0;
    try {
      for (; got < 5; got++) await (await fetch(msg.body.url + (msg.body.from + got))).text();
      this.ctx.post("bot", { got });
    } catch (error) {
      this.ctx.post("bot", { got, failure: error.message });
    }
  }
}`;

/** Says as much as it is asked to. */
const TALKER = `export default class Talker {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    for (let i = 0; i < msg.body.posts; i++) this.ctx.post("bot", { said: "x".repeat(15_000) });
  }
}`;

const usage = async (player: Player) =>
  (await player.call("get_channel_info", { channel_id: player.channel_id })).storage;
const ended = ({ body }: Wire) => body?.got !== undefined || body?.type === "bot:failed";

Deno.test("what bots were told is counted, and beyond the bound their requests fail where they see it", async () => {
  await using site = webServer();
  const storage = { ...STORAGE_BOUNDS, channel: 4 * MIB };
  await using server = await testServer({ ...NETWORK, storage });
  const asking = {
    slots: ["bot:asker", "invite:a"],
    bots: [{ inline_code: ASKER, manifest: { net: [site.host] } }],
  };
  const { host, players: [alice] } = await roomOf(server.url, asking, 1);
  const ask = async (player: Player, from: number) => {
    await player.say({ url: `${site.origin}/bytes?n=`, from });
    return (await player.readUntil(ended)).find(ended).body;
  };
  let told = 0;
  let last: Wire;
  for (let from = 200_000; from < 200_050; from += 5) {
    last = await ask(alice!, from);
    if (last.failure !== undefined) break;
    assert.equal(last.got, 5);
    told += 5 * from;
    assert.ok((await usage(host)).channel.bytes > told, "all of it is counted");
  }
  assert.match(last.failure, /no room/);
  assert.ok(told > 2 * MIB, `${told} bytes were told`);
  const asked = site.seen.length;

  // What the bot saw is told like every other answer, so that a replay can give it the same.
  alice!.cursor = 0;
  const entries = await alice!.readUntil(({ body }: Wire) => body?.failure !== undefined);
  const { body: { exchanges: [{ answer }] } } = entries.findLast(ofType("bot:evidence"));
  assert.deepEqual([answer.kind, answer.reason], ["failed", "limit"]);
  const { channel_id } = alice!;
  assert.equal((await host.call("verify_channel", { channel_id })).ok, true);

  await ask(alice!, 300_000);
  assert.equal(site.seen.length, asked, "nobody is asked any more");
  const { channel } = await usage(host);
  assert.ok(channel.bytes <= channel.limit, "and the bound holds");

  const { players: [carol] } = await roomOf(server.url, asking, 1);
  assert.equal((await ask(carol!, 200_000)).got, 5, "a neighbour's bot asks as before");
  await server.restart({ storage: { ...storage, channel: 2 * storage.channel } });
  for (const player of [alice!, host]) player.moveTo(server.url);
  assert.deepEqual((await usage(host)).channel.bytes, channel.bytes, "a restart keeps the count");
  assert.equal((await ask(alice!, 400_000 / 2)).got, 5, "more room, and it goes on");
});

Deno.test("the same body is counted once for a channel, however often it is told", async () => {
  await using site = webServer();
  await using server = await testServer(NETWORK);
  const { host, players: [alice] } = await roomOf(server.url, {
    slots: ["bot:asker", "invite:a"],
    bots: [{ inline_code: ASKER, manifest: { net: [site.host] } }],
  }, 1);
  const ask = async () => {
    await alice!.say({ url: `${site.origin}/bytes?n=`, from: 100_000 });
    await alice!.readUntil(ended);
  };
  await ask();
  const { channel: { bytes: first } } = await usage(host);
  await ask();
  const { channel: { bytes: second } } = await usage(host);
  assert.ok(first > 500_000, `${first}`);
  assert.ok(second - first < 50_000, `${second - first} more`);
});

Deno.test("a full channel refuses posts and bots' words alike, but not to leave it, to clear it and to close it", async () => {
  await using server = await testServer({ storage: { ...STORAGE_BOUNDS, channel: MIB } });
  const { host, players: [alice, bob], created } = await roomOf(server.url, {
    slots: ["bot:talker", "invite:a", "invite:b", "invite:c"],
    bot_code: TALKER,
  }, 2);
  const { channel_id, invites } = created;
  await alice!.say({ posts: 20 });
  await alice!.readUntil(({ body }: Wire) => body?.said !== undefined);
  for (let i = 0; i < 3; i++) await alice!.say({ posts: 20 });
  const failed = (await alice!.readUntil(ofType("bot:failed"))).find(ofType("bot:failed"));
  assert.deepEqual([failed.sender, failed.body.message], ["system", UNSTORABLE]);

  // Some room is left, which smaller posts may still take.
  const fill = async (chars: number) => {
    for (let i = 0; i < 200; i++) await alice!.say({ posts: 0, text: "y".repeat(chars) });
  };
  for (const chars of [16_000, 1_000]) await refuses(fill(chars), "TOO_LARGE");
  const problem = await refuses(fill(1), "TOO_LARGE");
  assert.equal(problem.status, 413);
  assert.match(problem.detail, /1 MiB.*create_channel/);
  for (
    const [name, input] of Object.entries({
      join_channel: { invite_code: invites[2], display_name: "z".repeat(60) },
      attach_bot: { channel_id, bot: { inline_code: `${TALKER}//${"z".repeat(16_000)}` } },
    })
  ) await refuses(host.call(name, input), "TOO_LARGE");
  const { channel, yours } = await usage(host);
  assert.ok(channel.bytes <= channel.limit && yours.bytes >= channel.bytes);
  assert.equal(await usage(bob!), undefined, "who is no admin is not told");

  const [{ bot_id }] = created.bots;
  await bob!.call("leave_channel", { channel_id });
  await host.call("update_channel", { channel_id, ops: [{ type: "remove_bot", bot_id }] });
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
});

Deno.test("a guest's channels share one bound, which others' don't touch; people have another", async () => {
  const storage = { ...STORAGE_BOUNDS, perGuest: MIB };
  await using server = await testServer({ storage });
  const { host, players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  const fill = async () => {
    for (let i = 0; i < 200; i++) await alice!.say("y".repeat(16_000));
  };
  const problem = await refuses(fill(), "TOO_LARGE");
  assert.match(problem.detail, /1 MiB.*one guest.*STORAGE_PER_GUEST_MB/s);
  const another = await refuses(
    host.call("create_channel", {
      name: "x",
      slots: ["bot:t"],
      bot_code: TALKER + "//".repeat(9e3),
    }),
    "TOO_LARGE",
  );
  assert.match(another.detail, /STORAGE_PER_GUEST_MB/);
  // Who filled it up may go on in a channel of their own.
  await alice!.call("create_channel", { name: "mine", slots: ["invite:a"] });
});

Deno.test("all guests together have a bound", async () => {
  await using server = await testServer({ storage: { ...STORAGE_BOUNDS, guests: MIB } });
  const rooms = await Promise.all(
    [1, 2].map(() => roomOf(server.url, { slots: ["invite:a"] }, 1)),
  );
  const fill = async ([speaker]: Player[]) => {
    for (let i = 0; i < 200; i++) await speaker!.say("y".repeat(16_000));
  };
  const problem = await refuses(fill(rooms[0]!.players), "TOO_LARGE");
  assert.match(problem.detail, /all guests.*STORAGE_GUESTS_MB/s);
  await refuses(fill(rooms[1]!.players), "TOO_LARGE");
});

Deno.test("kill -9 in the middle of everything leaves the counts exact, and the bound where it was", async () => {
  await using file = dataFile();
  const env = { KV_URL: file.path, STORAGE_PER_GUEST_MB: "1", RATE_LIMITS: "off" };
  let server = await startProcess(env);
  const { host, players: [alice] } = await roomOf(server.url, {
    slots: ["bot:talker", "invite:a"],
    bot_code: TALKER,
  }, 1);
  const { channel_id } = alice!;
  for (let round = 0; round < 3; round++) {
    const open = [
      ...Array.from({ length: 10 }, (_, i) =>
        alice!.call("post_message", {
          channel_id,
          body: { posts: i % 3 },
          idempotency_key: `${round}.${i}`,
        })),
      ...Array.from({ length: 3 }, (_, i) =>
        host.call("create_channel", {
          name: "x",
          slots: ["bot:t"],
          bot_code: `${TALKER}// ${round}.${i}`,
        })),
      host.call("attach_bot", { channel_id, bot: { inline_code: `${TALKER}// ${round}` } }),
    ].map((call) => call.catch(() => {}));
    await Promise.race(open);
    await server.kill("SIGKILL");
    await Promise.all(open);
    await checkStore(file.path);
    server = await startProcess(env);
    for (const player of [alice!, host]) player.moveTo(server.url);
  }
  const fill = async () => {
    for (let i = 0; i < 200; i++) await alice!.say({ posts: 0, text: "y".repeat(16_000) });
  };
  await refuses(fill(), "TOO_LARGE");
  await server.kill("SIGKILL");
  server = await startProcess(env);
  alice!.moveTo(server.url);
  await refuses(alice!.say({ posts: 0, text: "y".repeat(16_000) }), "TOO_LARGE");
  await server.kill("SIGTERM");
  await checkStore(file.path);
  using kv = await Deno.openKv(new URL(`../../${file.path}`, import.meta.url).pathname);
  const { creator } = JSON.parse(
    new TextDecoder().decode((await kv.get<Uint8Array>(["channel", channel_id, "record"])).value!),
  );
  assert.ok(await countFor(kv, creator) <= MIB);
});
