/** What an answer over MCP holds, and where: the text is for a model, the structure for a program,
 *  and the receipt for whoever keeps it. */
import assert from "node:assert/strict";
import { CLIENT_KINDS, mcpClient } from "../support/mcp_clients.ts";
import { signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const textOf = ({ content }: Wire) => JSON.parse(content[0].text);
const receiptOf = ({ _meta }: Wire) => _meta?.["mcp-multiplayer/receipt"];

Deno.test("a receipt is always in _meta, and elsewhere where it is asked for", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  for (const kind of CLIENT_KINDS) {
    await t.step(kind, async () => {
      await using client = await mcpClient(kind, server.url, await signIn(server.url));
      const { channel_id, invites } = await client.call("create_channel", {
        name: "lounge",
        slots: ["invite:alice"],
      });
      const joined = await client.raw("join_channel", { invite_code: invites[0] });
      assert.deepEqual(joined.structuredContent.receipt, receiptOf(joined));
      const calls: [string, Record<string, unknown>][] = [
        ["post_message", { channel_id, body: "hello" }],
        ["make_game_move", { channel_id, game: "chat", action: "wave" }],
        ["sync_messages", { channel_id, timeout_ms: 0 }],
      ];
      for (const [name, input] of calls) {
        const plain = await client.raw(name, input);
        assert.match(receiptOf(plain).checkpoint, /^127\.0\.0\.1:\d+\/chn_/, name);
        for (const shown of [plain.structuredContent, textOf(plain)]) {
          assert.ok(!("receipt" in shown), name);
        }
        const asked = await client.raw(name, { ...input, receipt: true });
        for (const shown of [asked.structuredContent, textOf(asked)]) {
          assert.deepEqual(shown.receipt, receiptOf(asked), name);
        }
      }
      const info = await client.raw("get_channel_info", { channel_id });
      assert.equal(receiptOf(info), undefined, "it makes none");
    });
  }
});

Deno.test("the unknown arguments of a call are named in the text and in the structure", async () => {
  await using server = await testServer({ sandbox: "off" });
  await using client = await mcpClient("v1", server.url, await signIn(server.url));
  const { channel_id } = await client.call("create_channel", { name: "x", slots: ["invite:a"] });
  const read = await client.raw("sync_messages", { channel_id, timeout_ms: 0, mood: "good" });
  assert.deepEqual(textOf(read).ignored, ["mood"]);
  assert.deepEqual(read.structuredContent.ignored, ["mood"]);
});

Deno.test("the text of sync_messages has what a model needs, and with proof: true all of it", async () => {
  await using server = await testServer();
  await using client = await mcpClient("v2 modern", server.url, await signIn(server.url));
  const { channel_id, invites } = await client.call("create_channel", {
    name: "game",
    slots: ["bot:referee", "invite:alice"],
    bot_preset: "GuessBot",
    bot_params: { players: 1 },
  });
  await client.call("join_channel", { invite_code: invites[0] });
  await client.call("post_message", { channel_id, body: "to myself", to: ["p1"] });
  const read: Wire[] = [];
  for (let cursor = 0; !read.some(({ body }) => body.type === "bot:turn");) {
    const synced = await client.raw("sync_messages", { channel_id, cursor });
    const { structuredContent: whole } = synced;
    const text = textOf(synced);
    assert.deepEqual(
      text.messages.map(({ id }: Wire) => id),
      whole.messages.map((m: Wire) => m.id),
    );
    for (const { sender, body, ...message } of text.messages) {
      const addressed = sender === "p1" ? ["to"] : [];
      assert.deepEqual(Object.keys(message), ["id", "kind", ...addressed]);
      assert.equal("state_hash" in body || "engine_parts" in body, false, body.type);
      if (sender.startsWith("bot:")) assert.ok(body.bot_id && body.state_version, body.type);
    }
    assert.ok(whole.messages.every((m: Wire) => m.channel_id && m.ts && !m.hash));
    read.push(...text.messages);
    cursor = text.cursor;
  }
  const { bot_id, code_hash, manifest_hash, engine, seed_commit } =
    read.find(({ body }) => body.type === "bot:attach").body;
  assert.ok(bot_id && code_hash && manifest_hash && engine && seed_commit, "old clients read it");
  assert.ok(read.find(({ body }) => body.type === "bot:manifest").body.manifest_excerpt);

  const proved = await client.raw("sync_messages", { channel_id, proof: true, timeout_ms: 0 });
  const { messages } = textOf(proved);
  assert.deepEqual(messages, proved.structuredContent.messages);
  assert.ok(messages.every((m: Wire) => m.hash && m.salt && m.ts));
});

Deno.test("the end of a game has its receipt in every place", async () => {
  await using server = await testServer();
  await using client = await mcpClient("v1", server.url, await signIn(server.url));
  const { channel_id, invites } = await client.call("create_channel", {
    name: "game",
    slots: ["bot:referee", "invite:alice", "invite:bob"],
    bot_preset: "GuessBot",
  });
  await client.call("join_channel", { invite_code: invites[0] });
  await client.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  let read = await client.raw("sync_messages", { channel_id, cursor: 0 });
  while (textOf(read).more) {
    read = await client.raw("sync_messages", { channel_id, cursor: textOf(read).cursor });
  }
  const { checkpoint } = receiptOf(read);
  assert.deepEqual(textOf(read).receipt, { checkpoint });
  assert.deepEqual(read.structuredContent.receipt, receiptOf(read));
});

Deno.test("the parts of a bot's engine are told to those who ask", async () => {
  await using server = await testServer();
  await using client = await mcpClient("v2 modern", server.url, await signIn(server.url));
  const { channel_id, invites, bots } = await client.call("create_channel", {
    name: "game",
    slots: ["bot:referee", "invite:alice"],
    bot_preset: "EchoBot",
  });
  const joined = await client.call("join_channel", { invite_code: invites[0] });
  const info = await client.call("get_channel_info", { channel_id });
  for (const [bot] of [bots, joined.bots, info.bots]) {
    assert.ok(bot.engine && bot.manifest_hash && !bot.engine_parts);
  }
  const asked = await client.call("get_channel_info", { channel_id, proof: true });
  assert.ok(asked.bots[0].engine_parts);
});
