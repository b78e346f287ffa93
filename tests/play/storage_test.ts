/** Storage limits of guests: they count messages, states, sources and the bodies that bots received
 *  from the network. Beyond a limit, posts are refused and bots' requests fail with an error that
 *  the bot sees. Other players notice nothing. */
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

/** Fetches five different bodies, and posts how many it got or the message of the first failure. */
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

/** Posts as many characters as a message asks for. */
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

Deno.test("bodies from the network count, and beyond the limit the bots' requests fail visibly", async () => {
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
  let received = 0;
  let last: Wire;
  for (let from = 200_000; from < 200_050; from += 5) {
    last = await ask(alice!, from);
    if (last.failure !== undefined) break;
    assert.equal(last.got, 5);
    received += 5 * from;
    assert.ok((await usage(host)).channel.bytes > received, "all bytes count");
  }
  assert.match(last.failure, /no room/);
  assert.ok(received > 2 * MIB, `${received} bytes`);
  const asked = site.seen.length;

  // The failure is recorded like every other answer, so that a replay gives the bot the same.
  alice!.cursor = 0;
  const entries = await alice!.readUntil(({ body }: Wire) => body?.failure !== undefined);
  const { body: { exchanges: [{ answer }] } } = entries.findLast(ofType("bot:evidence"));
  assert.deepEqual([answer.kind, answer.reason], ["failed", "limit"]);
  const { channel_id } = alice!;
  assert.equal((await host.call("verify_channel", { channel_id })).ok, true);

  await ask(alice!, 300_000);
  assert.equal(site.seen.length, asked, "the site gets no further requests");
  const { channel } = await usage(host);
  assert.ok(channel.bytes <= channel.limit, "the limit holds");

  const { players: [carol] } = await roomOf(server.url, asking, 1);
  assert.equal((await ask(carol!, 200_000)).got, 5, "a neighbour's bot can still fetch");
  await server.restart({ storage: { ...storage, channel: 2 * storage.channel } });
  for (const player of [alice!, host]) player.moveTo(server.url);
  assert.deepEqual((await usage(host)).channel.bytes, channel.bytes, "a restart keeps the count");
  assert.equal(
    (await ask(alice!, 400_000 / 2)).got,
    5,
    "with a higher limit the bot can fetch again",
  );
});

Deno.test("the same body counts once for a channel, even if bots receive it often", async () => {
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

Deno.test("a full channel refuses posts of members and bots, but permits leaving, clearing and closing", async () => {
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

  // Smaller posts still fit into the remaining space.
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
  assert.equal(await usage(bob!), undefined, "only admins see the usage");

  const [{ bot_id }] = created.bots;
  await bob!.call("leave_channel", { channel_id });
  await host.call("update_channel", { channel_id, ops: [{ type: "remove_bot", bot_id }] });
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
});

Deno.test("a guest's channels share one limit, apart from others'; people have a higher one", async () => {
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
  // The player who filled it up can continue in a channel of their own.
  await alice!.call("create_channel", { name: "mine", slots: ["invite:a"] });
});

Deno.test("all guests together have a limit", async () => {
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

Deno.test("kill -9 at any moment leaves the counts exact and the limit in force", async () => {
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
