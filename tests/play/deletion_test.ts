/** A channel is deleted: announced, exported, and gone without a trace but its mark. */
import assert from "node:assert/strict";
import type { Clocks } from "../../src/server.ts";
import { ofType, Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { type TestServer, testServer } from "../support/server.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const GONE = "CHANNEL_NOT_FOUND";

const ops = (...all: Wire[]) => ({ ops: all });
const apply = (player: Player, op: Wire) =>
  player.call("update_channel", { channel_id: player.channel_id, ...ops(op) });
const read = (player: Player, { channel_id }: Player, timeout_ms = 0) =>
  player.call("sync_messages", { channel_id, timeout_ms, cursor: 0, limit: 500 });

/** Resolves once the channel is gone. */
async function gone(player: Player, cursor: number): Promise<void> {
  const { channel_id } = player;
  const wait = () => player.call("sync_messages", { channel_id, timeout_ms: 20_000, cursor });
  for (;;) {
    try {
      ({ cursor } = await wait());
    } catch (error) {
      assert.equal((error as { code?: string }).code, GONE);
      return;
    }
  }
}

/** The keys that name a channel, in the database of a server that has stopped. */
async function keysNaming(path: string, channelId: string): Promise<string[]> {
  const kv = await Deno.openKv(path);
  const found: string[] = [];
  for await (const { key } of kv.list({ prefix: [] })) {
    if (key.includes(channelId)) found.push(JSON.stringify(key));
  }
  kv.close();
  return found;
}

/** A room with a bot, posts, a repeated call, and tiles. */
async function played(server: TestServer, more: Wire = {}) {
  const room = await roomOf(server.url, {
    slots: ["bot:echo", "invite:a", "invite:b"],
    bot_preset: "EchoBot",
    visibility: "public",
    open_seats: true,
    ...more,
  }, 2);
  const { channel_id } = room.created;
  const [ada] = room.players;
  await ada!.call("post_message", { channel_id, body: "hi", idempotency_key: "once" });
  await ada!.readUntil(({ sender, cause }: Wire) => sender.startsWith("bot:") && cause > 3);
  return { ...room, channel_id };
}

Deno.test("a channel is deleted at its time, also by a server that was down then", async () => {
  let ms = Date.now();
  const clocks: Clocks = { now: () => new Date(ms), nowMs: () => ms };
  await using server = await testServer({}, clocks);
  const { host, players: [ada, bob], created, channel_id } = await played(server);
  await refuses(apply(ada!, { type: "delete" }), "NOT_ADMIN");
  const { view, next } = await apply(host, { type: "delete" });
  assert.equal(view.closed, true);
  assert.ok(
    next.startsWith(`The channel is closed, and will be deleted at ${view.deleted_at}, or`),
  );
  assert.equal(Date.parse(view.deleted_at) - ms, DAY_MS);
  const { messages } = await read(ada!, host);
  const { body } = messages.find(ofType("delete_applied"));
  assert.match(body.op.text, /export_channel/);
  assert.equal(body.op.at, view.deleted_at);
  await refuses(ada!.say("late"), "CHANNEL_CLOSED");
  await apply(bob!, { type: "delete" });
  await apply(bob!, { type: "delete" });
  assert.equal((await host.call("verify_channel", { channel_id })).ok, true);
  await server.restart();
  for (const player of [host, ada!, bob!]) player.moveTo(server.url);
  assert.equal((await read(ada!, host)).messages.filter(ofType("delete_agreed")).length, 1);

  ms += DAY_MS + 1;
  await server.restart();
  // Their access tokens have expired, too.
  const late = await Player.at(server.url);
  late.channel_id = channel_id;
  await gone(late, 0);
  const known = await refuses(read(late, late), GONE);
  const none = await refuses(late.call("sync_messages", { channel_id: "chn_none" }), GONE);
  assert.equal(known.detail, none.detail);
  assert.deepEqual((await late.call("list_channels", { ended: true })).channels, []);
  await refuses(late.join(created.invites[0]), "INVITE_INVALID");
  await refuses(late.join(ada!.rejoin_token), "REJOIN_TOKEN_INVALID");
  await refuses(late.call("join_channel", { channel_id }), GONE);
  await refuses(apply(late, { type: "delete" }), GONE);
});

Deno.test("when everybody has exported it or agrees, a channel is gone at once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const kvUrl = `${folder}/deleted.sqlite3`;
    const kept = { idempotency_key: "the same room" };
    let id: string;
    {
      await using server = await testServer({ kvUrl });
      const { host, players: [ada, bob], channel_id, created } = await played(server, kept);
      id = channel_id;
      await host.call("get_proof", { channel_id, id: 1 });
      await apply(host, { type: "delete" });
      const size = (await read(ada!, host)).cursor;
      const waiting = gone(bob!, size);
      await apply(ada!, { type: "delete" });
      const { url } = await bob!.call("export_channel", { channel_id });
      const file = await (await fetch(url)).json();
      assert.equal(file.entries.length, size + 1);
      await waiting;
      for (const player of [host, ada!, bob!]) {
        assert.deepEqual((await player.call("list_channels", { ended: true })).channels, []);
      }
      assert.equal((await fetch(url)).status, 404);
      const repeated = {
        name: "room",
        slots: created.view.slots.map(({ kind, label }: Wire) => `${kind}:${label}`),
      };
      const same = {
        ...repeated,
        bot_preset: "EchoBot",
        visibility: "public",
        open_seats: true,
        ...kept,
      };
      await refuses(host.call("create_channel", same), "INVALID_REQUEST");
    }
    assert.deepEqual(await keysNaming(kvUrl, id), [JSON.stringify(["deleted", id])]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("nobody deletes a sealed channel while something is played", async () => {
  await using server = await testServer();
  const { host } = await roomOf(server.url, {
    slots: ["bot:echo", "invite:a"],
    bot_preset: "EchoBot",
    sealed: true,
  }, 1);
  await refuses(apply(host, { type: "delete" }), "CHANNEL_SEALED");
});
