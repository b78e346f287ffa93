/** Calls of hostile and careless guests, and the server's answers. */
import assert from "node:assert/strict";
import { mcpClient } from "../support/mcp_clients.ts";
import { ofType, Player, refuses, roomOf, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

Deno.test("a source that exhausts the parser blocks neither hooks nor built-in bots", async () => {
  await using server = await testServer({ sandboxHosts: 2, hookTimeoutMs: 5_000 });
  const echo = { slots: ["bot:echo", "invite:a"], bot_preset: "EchoBot" };
  const { players: [alice] } = await roomOf(server.url, echo, 1);
  const mallory = await Player.at(server.url);
  const bot_code = `let a:any; let z = ${"(a = ".repeat(30)}a${") => a".repeat(30)}; class A {}`;
  const attack = Array.from(
    { length: 3 },
    () => mallory.call("create_channel", { name: "x", slots: ["bot:b"], bot_code }),
  );
  await alice!.say("still there?");
  await alice!.readUntil(({ body }: Wire) => body.echo?.text === "still there?");
  const created = await alice!.call("create_channel", { name: "another", ...echo });
  assert.equal(created.bot_errors, undefined);
  for (const { bot_errors } of await Promise.all(attack)) assert.match(bot_errors[0], /too long/);
});

Deno.test("a long source is stored once, as a source, in every form of the call", async () => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const long = `class A { on_init() {} }${"\n".repeat(33_000)}`;
  const slots = ["bot:b", "invite:a"];
  const made = await host.call("create_channel", { name: "x", slots, bot_code: long });
  assert.equal(made.bot_errors, undefined);
  const bot_params = { text: "x".repeat(200_000) };
  const input = { name: "x", slots, bot_preset: "EchoBot", bot_params };
  const { bot_errors } = await host.call("create_channel", input);
  assert.match(bot_errors[0], /^TOO_LARGE: params/);
});

Deno.test("text without a UTF-8 form is refused in every field", async (t) => {
  await using server = await testServer();
  const { host, players: [alice], created } = await roomOf(server.url, {
    slots: ["invite:a", "invite:b"],
  }, 1);
  const bad = "x\ud800";
  const { channel_id } = alice!;
  const table: [string, string, Record<string, unknown>][] = [
    ["a name", "create_channel", { name: bad, slots: ["invite:a"] }],
    ["a label", "create_channel", { name: "x", slots: [`invite:${bad}`] }],
    ["a display name", "join_channel", { invite_code: created.invites[1], display_name: bad }],
    ["a new name", "update_channel", { channel_id, ops: [{ type: "rename", name: bad }] }],
    ["a game", "make_game_move", { channel_id, game: bad, action: "x" }],
    ["a version", "attach_bot", {
      channel_id,
      bot: { version: bad, code_ref: "builtin://EchoBot" },
    }],
  ];
  for (const [what, name, input] of table) {
    const caller = name === "make_game_move" ? alice! : host;
    await t.step(what, async () => {
      await refuses(caller.call(name, input), "INVALID_REQUEST");
    });
  }
  await t.step("a summary that is cut in the middle of a character", async () => {
    const bot_code = `class A { on_init() {} static manifest = { summary: "${
      "a".repeat(299)
    }😀" }; }`;
    const made = await host.call("create_channel", { name: "x", slots: ["bot:b"], bot_code });
    assert.equal(made.bot_errors, undefined);
  });
});

Deno.test("an invite no longer works after its player has left", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice], created } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  await alice!.call("leave_channel", { channel_id: alice!.channel_id });
  const other = await Player.at(server.url);
  await refuses(other.join(created.invites[0]), "INVITE_INVALID");
  await refuses(alice!.join(created.invites[0]), "INVITE_INVALID");
});

Deno.test("an operation after close refuses the whole list; a list may set, remove and set a bot", async () => {
  await using server = await testServer();
  const { host } = await roomOf(server.url, { slots: ["bot:b"], bot_preset: "EchoBot" }, 0);
  const { channel_id } = host;
  const update = (...ops: unknown[]) => host.call("update_channel", { channel_id, ops });
  const bot_def = { code_ref: "builtin://GuessBot" };
  const rename = { type: "rename", name: "late" };
  await refuses(update({ type: "close" }, rename), "CHANNEL_CLOSED");
  const { bots } = await update(
    { type: "set_bot", slot_id: "s0", bot_def },
    { type: "remove_bot", slot_id: "s0" },
    { type: "set_bot", slot_id: "s0", bot_def },
  );
  assert.deepEqual(bots.map(({ name }: Wire) => name), ["GuessBot"]);
  const { view } = await update({ type: "set_bot", slot_id: "s0", bot_def }, { type: "close" });
  assert.equal(view.closed, true);
});

Deno.test("a sealed channel is not created if its bot is refused", async () => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const wanted = { name: "x", slots: ["bot:b"], sealed: true, bot_code: "const x = 1;" };
  await refuses(host.call("create_channel", wanted), "BOT_REJECTED");
});

Deno.test("a member that rejoins from many conversations does not disturb others", async () => {
  await using server = await testServer({ sandbox: "off" });
  await using mallory = await mcpClient("v2 modern", server.url, await signIn(server.url));
  const { channel_id, invites } = await mallory.call("create_channel", {
    name: "x",
    slots: ["invite:a", "invite:b"],
  });
  const { rejoin_token } = await mallory.call("join_channel", { invite_code: invites[0] });
  for (let i = 0; i < 100; i++) {
    const meta = { "openai/session": `${i}${"\u0001".repeat(190)}` };
    await mallory.call("join_channel", { invite_code: rejoin_token }, meta);
  }
  const bob = await Player.at(server.url);
  await bob.join(invites[1]);
  await bob.say("hello");
  await bob.readUntil(ofType("member_joined", { player_id: bob.player_id }));
  assert.equal(bob.channel_id, channel_id);
});

Deno.test("an invalid URL gets 400, and numbers follow the syntax of JSON", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { hostname, port } = new URL(server.url);
  for (
    const request of ["GET /who HTTP/1.1\r\nHost: a b", "GET http://[/who HTTP/1.1\r\nHost: x"]
  ) {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode(`${request}\r\nConnection: close\r\n\r\n`));
    const answer = await new Response(connection.readable).text();
    assert.match(answer, /^HTTP\/1\.1 400 /, request);
  }
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  for (const cursor of ["007", "-01", "00"]) {
    const url = `${server.url}/sync_messages?channel_id=${alice!.channel_id}&cursor=${cursor}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${alice!.token}` } });
    assert.deepEqual([response.status, (await response.json()).code], [400, "INVALID_REQUEST"]);
  }
  assert.ok(!server.logged.some(({ level }) => level === "error"), "the server logs no error");
});

Deno.test("EchoBot repeats an addressed message only to its addressees", async () => {
  await using server = await testServer();
  const { players: [a, b, c] } = await roomOf(server.url, {
    slots: ["bot:echo", "invite:a", "invite:b", "invite:c"],
    bot_preset: "EchoBot",
  }, 3);
  const { channel_id } = a!;
  const { msg_id } = await a!.call("post_message", {
    channel_id,
    body: "psst, only you",
    to: [b!.player_id],
  });
  const heard = await b!.readUntil(({ cause }: Wire) => cause === msg_id);
  assert.equal(heard.find(({ cause }) => cause === msg_id).body.echo.text, "psst, only you");
  const missed = await c!.readUntil(({ cause }: Wire) => cause === msg_id);
  assert.ok(!JSON.stringify(missed).includes("psst, only you"));
});
