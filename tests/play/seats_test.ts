/** Identity of players: two chats of one user, lost sessions, takeovers and strangers. */
import assert from "node:assert/strict";
import { type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { ofType, Player, refuses, roomOf, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const TWO_SEATS = { name: "two chats", slots: ["invite:a", "invite:b"] };

async function chatsOfOneUser(url: string): Promise<{ token: string; chats: McpClient[] }> {
  const token = await signIn(url);
  const chats = await Promise.all([1, 2].map(() => mcpClient("v1", url, token)));
  return { token, chats };
}

Deno.test("two chats of one user hold two seats, and each acts for its own", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { token, chats: [one, two] } = await chatsOfOneUser(server.url);
  await using _one = one!;
  await using _two = two!;
  const { channel_id, invites } = await one!.call("create_channel", TWO_SEATS);
  const first = await one!.call("join_channel", { invite_code: invites[0] });
  const second = await two!.call("join_channel", { invite_code: invites[1] });
  assert.notEqual(first.player_id, second.player_id);

  await one!.call("post_message", { channel_id, body: "from one" });
  await two!.call("post_message", { channel_id, body: "from two" });
  const { messages } = await one!.call("sync_messages", { channel_id });
  const said = messages.filter(({ kind }: Wire) => kind === "user");
  assert.deepEqual(said.map(({ sender, body }: Wire) => [sender, body.text]), [
    [first.player_id, "from one"],
    [second.player_id, "from two"],
  ]);

  // A third chat of the same user has no seat of its own, so it must select one.
  const third = new Player(server.url, token);
  third.channel_id = channel_id;
  await refuses(third.say("who am I?"), "SEAT_AMBIGUOUS");
  const { rejoin_token } = second;
  const named = await third.call("post_message", { channel_id, body: "two", rejoin_token });
  assert.ok(named.msg_id > 0);
});

Deno.test("ChatGPT's hint distinguishes two conversations that share a session", async () => {
  await using server = await testServer({ sandbox: "off" });
  await using client = await mcpClient("v2 modern", server.url, await signIn(server.url));
  const as = (chat: string) => ({ "openai/session": chat });
  const { channel_id, invites } = await client.call("create_channel", TWO_SEATS);
  const first = await client.call("join_channel", { invite_code: invites[0] }, as("v1/one"));
  await client.call("join_channel", { invite_code: invites[1] }, as("v1/two"));
  const { you } = await client.call("get_channel_info", { channel_id }, as("v1/one"));
  assert.equal(you.player_id, first.player_id);
});

Deno.test("a rejoin after a lost session continues as the same player of the same game", async () => {
  await using server = await testServer();
  const token = await signIn(server.url);
  await using before = await mcpClient("v1", server.url, token);
  const { channel_id, invites } = await before.call("create_channel", {
    name: "game",
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_preset: "GuessBot",
  });
  const seat = await before.call("join_channel", { invite_code: invites[0] });
  const bob = await Player.at(server.url);
  await bob.join(invites[1]);

  await using after = await mcpClient("v1", server.url, token);
  const again = await after.call("join_channel", { invite_code: seat.rejoin_token });
  assert.equal(again.player_id, seat.player_id);
  assert.equal(again.rejoin_token, seat.rejoin_token);
  await bob.readUntil(ofType("bot:turn", { player: seat.player_id }));
  await after.call("make_game_move", { channel_id, game: "guess", action: "guess", value: 1 });
  const read = await bob.readUntil(ofType("judge"));
  assert.equal(read.find(ofType("judge")).body.player, seat.player_id);

  await assert.rejects(
    before.call("post_message", { channel_id, body: "still here?" }),
    /NOT_MEMBER: .*rejoin_token/,
  );
});

Deno.test("another sign-in with the rejoin token takes over the seat completely", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, TWO_SEATS, 1);
  const taker = await Player.at(server.url);
  taker.channel_id = alice!.channel_id;
  const posting = { channel_id: alice!.channel_id, body: "x", rejoin_token: alice!.rejoin_token };
  await refuses(taker.call("post_message", posting), "NOT_MEMBER");
  const joined = await taker.join(alice!.rejoin_token);
  assert.equal(joined.player_id, alice!.player_id);
  await refuses(alice!.say("mine!"), "NOT_MEMBER");
  const rejoined = await taker.readUntil(ofType("member_rejoined"));
  assert.ok(rejoined.length > 0);
});

Deno.test("a rejoin token can be rotated and no longer works after its holder left", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, TWO_SEATS, 1);
  const old = alice!.rejoin_token;
  const rotated = await alice!.call("join_channel", { invite_code: old, rotate: true });
  await refuses(alice!.call("join_channel", { invite_code: old }), "REJOIN_TOKEN_INVALID");
  await alice!.call("leave_channel", { channel_id: alice!.channel_id });
  const call = alice!.call("join_channel", { invite_code: rotated.rejoin_token });
  await refuses(call, "REJOIN_TOKEN_INVALID");
  await refuses(alice!.say("gone"), "NOT_MEMBER");
});

Deno.test("a long poll of a removed player ends at once", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { host, players: [alice] } = await roomOf(server.url, TWO_SEATS, 1);
  const { channel_id } = alice!;
  const { cursor } = await alice!.call("sync_messages", { channel_id });
  const waiting = alice!.call("sync_messages", { channel_id, cursor, timeout_ms: 45_000 });
  const refused = refuses(waiting, "NOT_MEMBER");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const ops = [{ type: "yield_slot", slot_id: "s0" }];
  await host.call("update_channel", { channel_id, ops });
  await refused;
});

Deno.test("an invite fills one seat, once", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice], created } = await roomOf(server.url, TWO_SEATS, 1);
  const bob = await Player.at(server.url);
  await refuses(bob.join(created.invites[0]), "SLOT_ALREADY_FILLED");
  await refuses(bob.join("inv_AAAAAAAAAAAAAAAAAAAAAA"), "INVITE_INVALID");
  await refuses(bob.join("rejoin_AAAAAAAAAAAAAAAAAAAAAA"), "REJOIN_TOKEN_INVALID");

  // Its holder may repeat a join after a lost answer, and gets only one seat.
  const again = await alice!.join(created.invites[0]);
  assert.equal(again.player_id, "p1");
  const read = await alice!.readUntil(ofType("member_joined"));
  assert.equal(read.filter(ofType("member_joined")).length, 1);
});

Deno.test("20 strangers race for one invite: one gets the seat", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { created } = await roomOf(server.url, TWO_SEATS, 0);
  const racers = await Promise.all(Array.from({ length: 20 }, () => Player.at(server.url)));
  const results = await Promise.allSettled(racers.map((racer) => racer.join(created.invites[0])));
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
});

Deno.test("a stranger reads nothing and can't distinguish a private channel from a missing one", async (t) => {
  await using server = await testServer();
  const { created } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a"],
    bot_preset: "GuessBot",
  }, 1);
  const stranger = await Player.at(server.url);
  const bot_id = created.bots[0].bot_id;
  const made_up = "chn_AAAAAAAAAAAAAAAAAAAAAA";
  const rejoin_token = "rejoin_AAAAAAAAAAAAAAAAAAAAAA";
  const calls: [string, Record<string, unknown>][] = [
    ["sync_messages", { timeout_ms: 0 }],
    ["sync_messages", { timeout_ms: 0, rejoin_token }],
    ["post_message", { body: "hi" }],
    ["make_game_move", { game: "guess", action: "guess", value: 1 }],
    ["get_channel_info", {}],
    ["show_board", {}],
    ["get_bot_code", { bot_id }],
    ["leave_channel", {}],
    ["attach_bot", { bot: { code_ref: "builtin://EchoBot" } }],
    ["update_channel", { ops: [{ type: "rename", name: "mine" }] }],
  ];
  for (const [name, input] of calls) {
    await t.step(`${name} ${Object.keys(input).join(" ")}`, async () => {
      const answers = [created.channel_id, made_up].map(async (channel_id) => {
        const call = stranger.call(name, { ...input, channel_id });
        const { status, code, detail } = await refuses(call, "CHANNEL_NOT_FOUND");
        return { status, code, detail };
      });
      const [real, none] = await Promise.all(answers);
      assert.deepEqual(real, none);
    });
  }
  const { channels } = await stranger.call("list_channels");
  assert.deepEqual(channels, []);
});

Deno.test("everyone sees public channels in lists; spectators read only channels that admit them", async () => {
  await using server = await testServer({ sandbox: "off" });
  const host = await Player.at(server.url);
  const slots = ["invite:a"];
  const open = { visibility: "public", slots };
  const watched = await host.call("create_channel", { ...open, name: "watched", spectators: true });
  const quiet = await host.call("create_channel", { ...open, name: "quiet" });
  await host.call("create_channel", { slots, name: "hidden" });

  const stranger = await Player.at(server.url);
  const listed = await stranger.call("list_channels");
  assert.deepEqual(listed.channels.map(({ name }: Wire) => name).toSorted(), ["quiet", "watched"]);
  const page = await stranger.call("list_channels", { limit: 1 });
  const rest = await stranger.call("list_channels", { limit: 1, cursor: page.next_cursor });
  assert.notEqual(page.channels[0].name, rest.channels[0].name);
  const mine = await host.call("list_channels", { query: "HID" });
  assert.deepEqual(mine.channels.map(({ name, mine }: Wire) => [name, mine]), [["hidden", true]]);
  await refuses(stranger.call("list_channels", { cursor: "m:%%" }), "INVALID_REQUEST");

  const look = { timeout_ms: 0 };
  const seen = await stranger.call("sync_messages", { ...look, channel_id: watched.channel_id });
  assert.equal(seen.messages[0].body.type, "channel_created");
  const call = stranger.call("sync_messages", { ...look, channel_id: quiet.channel_id });
  await refuses(call, "NOT_MEMBER");
});

Deno.test("only its addressees read an addressed message; others see that it exists", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { host, players: [a, b, c] } = await roomOf(server.url, {
    slots: ["invite:a", "invite:b", "invite:c"],
  }, 3);
  const channel_id = a!.channel_id;
  const secret = { channel_id, body: { text: "between us" }, to: [b!.player_id] };
  const { msg_id, receipt } = await a!.call("post_message", { ...secret, receipt: true });
  const seenBy = async (viewer: Player) => {
    const input = { channel_id, cursor: msg_id - 1, timeout_ms: 0, proof: true };
    return (await viewer.call("sync_messages", input)).messages[0];
  };
  for (const reader of [a!, b!]) assert.equal((await seenBy(reader)).body.text, "between us");
  for (const other of [c!, host]) {
    const { body, withheld, sender, hash } = await seenBy(other);
    assert.deepEqual([body, withheld, sender, hash], [null, true, a!.player_id, receipt.hash]);
  }
  await refuses(a!.call("post_message", { ...secret, to: ["p99"] }), "INVALID_REQUEST");
});

Deno.test("names differ as people read them, and players rename themselves", async () => {
  await using server = await testServer();
  const slots = ["invite:a", "invite:b", "invite:c"];
  const { host, created } = await roomOf(server.url, { slots }, 0);
  const [ada, other, third] = [0, 1, 2].map(() => Player.at(server.url));
  const joined = async (player: Promise<Player>, i: number, display_name?: string) => {
    const who = await player;
    const answer = await who.call("join_channel", {
      invite_code: created.invites[i],
      ...display_name !== undefined && { display_name },
    });
    who.channel_id = answer.channel_id;
    return { who, name: answer.view.slots[i].display_name, next: answer.next };
  };
  assert.equal((await joined(ada!, 0, "Ada")).name, "Ada");
  const second = await joined(other!, 1, "ＡＤＡ");
  assert.equal(second.name, "ＡＤＡ 2");
  assert.match(second.next, /so yours got a number/);
  const last = await joined(third!, 2);
  assert.equal(last.name, "c");
  const rename = (display_name: string) =>
    last.who.call("update_channel", {
      channel_id: last.who.channel_id,
      ops: [{ type: "rename_me", display_name }],
    });
  await refuses(rename("а d a"), "BAD_OP"); // Cyrillic letters that look like Latin ones
  await refuses(rename("ᎪᎠᎪ"), "BAD_OP"); // Cherokee ones
  assert.match((await refuses(rename("a d a"), "BAD_OP")).detail, /is free/);
  for (const name of ["Host", "the host", "system", "bot:b"]) {
    assert.match((await refuses(rename(name), "INVALID_REQUEST")).detail, /Choose another name/);
  }
  const { view } = await rename("Cleo");
  assert.equal(view.slots[2].display_name, "Cleo");
  // Members see who was here; the host does, too, and nobody else.
  const info = await last.who.call("get_channel_info", { channel_id: created.channel_id });
  assert.equal(info.view.slots[2].last_seen, "now");
  const asHost = await host.call("get_channel_info", { channel_id: created.channel_id });
  assert.equal(asHost.view.slots[2].last_seen, "now");
});

Deno.test("rights that set_admin gave to the host's own seat go with the seat", async () => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const slots = ["invite:a"];
  const created = await host.call("create_channel", { name: "room", slots });
  await host.join(created.invites[0]);
  const rename = (player: Player) =>
    player.call("update_channel", {
      channel_id: created.channel_id,
      ops: [{ type: "rename", name: "hall" }],
    });
  const substitute = await Player.at(server.url);
  await substitute.join(host.rejoin_token);
  await refuses(rename(substitute), "NOT_ADMIN");
  const back = await host.join(host.rejoin_token);
  assert.match(back.next, /You are the host by your sign-in/);
  await host.call("update_channel", {
    channel_id: created.channel_id,
    ops: [{ type: "set_admin", slot_id: "s0" }],
  });
  const guest = await Player.at(server.url);
  await guest.join(host.rejoin_token);
  await rename(guest);
});
