/** Idempotency keys: however often a client sends a call with a key, it takes effect once and gets
 *  the same answer. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { instances } from "../support/apps.ts";
import { faultyKv } from "../support/faulty_kv.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, roomOf, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

async function post(
  url: string,
  { token }: Pick<Player, "token">,
  name: string,
  input: Record<string, unknown>,
  key?: string,
): Promise<{ status: number; body: Wire }> {
  const response = await fetch(`${url}/${name}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...(key !== undefined && { "idempotency-key": key }),
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await response.json() };
}

Deno.test("a post with a key is appended once, even when ten retries race", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  const { channel_id } = alice!;
  const say = { channel_id, body: "once" };
  const first = await post(server.url, alice!, "post_message", say, "k-1");
  assert.equal(first.status, 200);
  const again = await Promise.all(
    Array.from({ length: 10 }, () => post(server.url, alice!, "post_message", say, "k-1")),
  );
  for (const answer of again) assert.deepEqual(answer, first);
  const race = await Promise.all(
    Array.from({ length: 10 }, () => post(server.url, alice!, "post_message", say, "k-2")),
  );
  for (const answer of race) assert.deepEqual(answer, race[0]);
  assert.equal(race[0]!.body.msg_id, first.body.msg_id + 1);
  const { messages } = await alice!.call("sync_messages", { channel_id, timeout_ms: 0 });
  assert.equal(messages.length, 4, "created, joined, and two posts");
  const quoted = await post(server.url, alice!, "post_message", say, '"k-1"');
  assert.deepEqual(quoted, first, "quoted, as the IETF's draft has it");
  const asField = await alice!.call("post_message", { ...say, idempotency_key: "k-1" });
  assert.deepEqual(asField, first.body);
});

Deno.test("a key belongs to one call of one principal", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice, bob] } = await roomOf(
    server.url,
    { slots: ["invite:a", "invite:b"] },
    2,
  );
  const { channel_id } = alice!;
  const say = { channel_id, body: "hello" };
  const first = await post(server.url, alice!, "post_message", say, "key");
  const theirs = await post(server.url, bob!, "post_message", say, "key");
  assert.equal(theirs.body.msg_id, first.body.msg_id + 1, "another principal's key is another key");

  const players = [alice!.player_id];
  const table: [name: string, call: string, input: Record<string, unknown>, key: string][] = [
    ["another body", "post_message", { ...say, body: "bye" }, "key"],
    ["other readers", "post_message", { ...say, to: players }, "key"],
    ["a move", "make_game_move", { channel_id, game: "g", action: "a" }, "key"],
    ["two keys that differ", "post_message", { ...say, idempotency_key: "other" }, "key"],
    ["a long key", "post_message", say, "k".repeat(CHANNEL_LIMITS.idempotencyKeyChars + 1)],
    ["an operation without idempotency", "leave_channel", { channel_id }, "key"],
  ];
  for (const [name, call, input, key] of table) {
    await t.step(name, async () => {
      const { status, body } = await post(server.url, alice!, call, input, key);
      assert.deepEqual([status, body.code], [400, "INVALID_REQUEST"], body.detail);
    });
  }
  const { messages } = await alice!.call("sync_messages", { channel_id, timeout_ms: 0 });
  assert.equal(messages.length, 5);
  const empty = await alice!.call("post_message", { ...say, idempotency_key: "" });
  assert.equal(empty.msg_id, 6, "an empty key is none");
});

Deno.test("a retry elsewhere does not repeat a post whose server died after the commit", async () => {
  await using room = await instances(1);
  const { players: [alice] } = await roomOf(room.urls[0]!, { slots: ["invite:a"] }, 1);
  let [dying, dead] = [false, false];
  const gone = () => Promise.reject(new Error("the process is gone"));
  const faulty = faultyKv(room.kv, {
    async commit(commit) {
      if (dead) return await gone();
      const result = await commit();
      dead = dying;
      return dead ? await gone() : result;
    },
  });
  // After its commit this instance gets no answer any more, not even that of the commit.
  const kv = new Proxy(faulty, {
    get(target, name) {
      if (dead && ["get", "getMany"].includes(String(name))) return gone;
      return Reflect.get(target, name);
    },
  });
  await using other = await instances(1, { kv });
  const say = { channel_id: alice!.channel_id, body: "through a crash", receipt: true };
  await post(other.urls[0]!, alice!, "who", { channel_id: alice!.channel_id });
  dying = true;
  const lost = await post(other.urls[0]!, alice!, "post_message", say, "key");
  assert.ok(lost.status >= 500, "the client can't know");

  const retried = await post(room.urls[0]!, alice!, "post_message", say, "key");
  assert.equal(retried.status, 200);
  const { messages } = await alice!.call("sync_messages", {
    channel_id: alice!.channel_id,
    timeout_ms: 0,
    proof: true,
  });
  const said = messages.filter(({ body }: Wire) => body?.text === "through a crash");
  assert.deepEqual(said.map(({ id }: Wire) => id), [retried.body.msg_id]);
  assert.equal(said[0].hash, retried.body.receipt.hash);
});

Deno.test("retries that race on two instances append one entry", async () => {
  await using room = await instances(2);
  const { players: [alice] } = await roomOf(room.urls[0]!, { slots: ["invite:a"] }, 1);
  const { channel_id } = alice!;
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        post(
          room.urls[i % 2]!,
          alice!,
          "post_message",
          { channel_id, body: round + "" },
          `${round}`,
        )),
    );
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
  }
  const { messages } = await alice!.call("sync_messages", { channel_id, timeout_ms: 0 });
  assert.equal(messages.length, 12);
});

Deno.test("a key expires", async () => {
  let now = new Date("2026-11-23T12:00:00Z");
  await using room = await instances(1, { now: () => now });
  const [url] = room.urls as [string];
  const tokenNow = await guestAt(url);
  const guest = { token: await tokenNow() };
  const make = { name: "keyed", slots: ["invite:a"] };
  const made = await post(url, guest, "create_channel", make, "key of the room");
  await post(url, guest, "join_channel", { invite_code: made.body.invites[0] });
  const say = { channel_id: made.body.channel_id, body: "again" };
  const first = await post(url, guest, "post_message", say, "key");
  assert.equal(first.status, 200);

  now = new Date(now.getTime() + CHANNEL_LIMITS.idempotencyMs - 1);
  guest.token = await tokenNow();
  assert.deepEqual(await post(url, guest, "post_message", say, "key"), first);
  const { body: again } = await post(url, guest, "create_channel", make, "key of the room");
  assert.deepEqual(again.invites, made.body.invites);

  now = new Date(now.getTime() + 1);
  const later = await post(url, guest, "post_message", say, "key");
  assert.equal(later.body.msg_id, first.body.msg_id + 1);
  const old = await post(url, guest, "create_channel", make, "key of the room");
  assert.deepEqual([old.status, old.body.code], [400, "INVALID_REQUEST"]);
});

Deno.test("create_channel with a key makes one channel with the same invites", async () => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const make = { name: "room", slots: ["bot:x", "invite:a", "invite:b"], bot_code: "not a bot" };
  const race = await Promise.all(
    Array.from({ length: 4 }, () => post(server.url, host, "create_channel", make, "key")),
  );
  for (const answer of race) assert.deepEqual(answer, race[0]);
  const { channel_id, invites, bot_errors } = race[0]!.body;
  assert.equal(new Set(invites).size, 2);
  assert.equal(bot_errors.length, 1);
  const { channels } = await host.call("list_channels");
  assert.deepEqual(channels.map((channel: Wire) => channel.channel_id), [channel_id]);
  const other = await post(server.url, host, "create_channel", { ...make, name: "other" }, "key");
  assert.equal(other.body.code, "INVALID_REQUEST");
  const stranger = await Player.at(server.url);
  const theirs = await post(server.url, stranger, "create_channel", make, "key");
  assert.notEqual(theirs.body.channel_id, channel_id);
  assert.ok(!invites.includes(theirs.body.invites[0]));
});

Deno.test("join_channel with a key gives the same seat and token, from another conversation too", async () => {
  await using server = await testServer({ sandbox: "off" });
  const host = await Player.at(server.url);
  const { invites } = await host.call("create_channel", {
    name: "r",
    slots: ["invite:a", "invite:b"],
  });
  const token = await signIn(server.url);
  const join = { invite_code: invites[0], idempotency_key: "join-1" };
  await using one = await mcpClient("v1", server.url, token);
  await using two = await mcpClient("v1", server.url, token);
  const first = await one.call("join_channel", join);
  assert.deepEqual(await two.call("join_channel", join), first);
  await assert.rejects(
    two.call("join_channel", { ...join, idempotency_key: "join-2", display_name: "x" }).then(() =>
      one.call("join_channel", { invite_code: invites[0] })
    ),
    /SLOT_ALREADY_FILLED/,
  );

  const rotate = { rotate: true, idempotency_key: "rotate" };
  const { rejoin_token } = await one.call("join_channel", {
    invite_code: invites[1],
    idempotency_key: "join-1",
  });
  assert.notEqual(rejoin_token, first.rejoin_token);
  const rotated = await one.call("join_channel", { invite_code: rejoin_token, ...rotate });
  assert.notEqual(rotated.rejoin_token, rejoin_token);
  const again = await two.call("join_channel", { invite_code: rejoin_token, ...rotate });
  assert.equal(again.rejoin_token, rotated.rejoin_token);
  await assert.rejects(
    two.call("join_channel", { invite_code: rejoin_token, rotate: true }),
    /REJOIN_TOKEN_INVALID/,
  );
});

/** Registers a client that is one guest, and fetches tokens for it on demand. */
async function guestAt(url: string): Promise<() => Promise<string>> {
  const registered = await fetch(`${url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "test", redirect_uris: ["http://localhost/callback"] }),
  });
  const { client_id, client_secret } = await registered.json();
  return async () => {
    const granted = await fetch(`${url}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    return (await granted.json()).access_token;
  };
}
