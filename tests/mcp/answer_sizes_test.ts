/** What answers cost the context of a model: the bytes of their texts. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { sha256Hex, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** All texts of a result, with the note on what others wrote. */
function bytesOf({ content, isError }: Wire): number {
  assert.ok(!isError, content[0].text);
  const texts = content.map(({ text }: Wire) => text).join("");
  return new TextEncoder().encode(texts).length;
}

const clientAt = async (url: string): Promise<McpClient> =>
  await mcpClient("v2 modern", url, await signIn(url));

Deno.test("the answers around a guessing game stay within their goals", async () => {
  await using server = await testServer();
  await using alice = await clientAt(server.url);
  await using bob = await clientAt(server.url);
  const created = await alice.raw("create_channel", {
    name: "Guessing game",
    slots: ["bot:referee", "invite:alice", "invite:bob"],
    bot_preset: "GuessBot",
  });
  const { channel_id, invites } = created.structuredContent;
  const join = (client: McpClient, i: number, display_name: string) =>
    client.raw("join_channel", { invite_code: invites[i], display_name });
  const joined = await join(alice, 0, "Alice");
  const last = await join(bob, 1, "Bob");
  // Until the referee has given the turn, `next` is shorter.
  await alice.raw("wait_for_turn", { channel_id });
  const info = await alice.raw("get_channel_info", { channel_id });
  const bytes = {
    create_channel: bytesOf(created),
    "join_channel, the first": bytesOf(joined),
    "join_channel, the last": bytesOf(last),
    get_channel_info: bytesOf(info),
  };
  const most = {
    create_channel: 900,
    "join_channel, the first": 900,
    "join_channel, the last": 900,
    get_channel_info: 1_300,
  };
  for (const [what, bound] of Object.entries(most)) {
    const size = bytes[what as keyof typeof bytes];
    assert.ok(size < bound, `${what}: ${size} bytes`);
  }
});

Deno.test("an empty wait says in a few bytes how to go on", async () => {
  await using server = await testServer();
  await using alice = await clientAt(server.url);
  await using bob = await clientAt(server.url);
  const { channel_id, invites } = await alice.call("create_channel", {
    name: "game",
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_preset: "GuessBot",
  });
  for (const [i, client] of [alice, bob].entries()) {
    await client.call("join_channel", { invite_code: invites[i] });
  }
  const called = await alice.call("wait_for_turn", { channel_id, timeout_ms: 45_000 });
  assert.equal(called.why, "your_turn");
  const { cursor } = called;
  for (const tool of ["sync_messages", "wait_for_turn"]) {
    const empty = await bob.raw(tool, { channel_id, cursor, timeout_ms: 1 });
    assert.deepEqual(empty.structuredContent.messages, []);
    assert.ok(bytesOf(empty) < 100, empty.content[0].text);
  }
});

Deno.test("a move's answer has few bytes beside what the game says", async () => {
  await using server = await testServer();
  await using client = await clientAt(server.url);
  const { channel_id, invites } = await client.call("create_channel", {
    name: "game",
    slots: ["bot:referee", "invite:a"],
    bot_preset: "GuessBot",
    bot_params: { players: 1, range: [1, 1_000_000] },
  });
  await client.call("join_channel", { invite_code: invites[0] });
  const { why } = await client.call("wait_for_turn", { channel_id, timeout_ms: 45_000 });
  assert.equal(why, "your_turn");
  const move = { channel_id, game: "guess", action: "guess", value: 1_000_000, wait_ms: 45_000 };
  const answer = await client.raw("make_game_move", move);
  const said = JSON.parse(answer.content[0].text);
  const { messages: _, position: __, legal_moves: ___, ranges: ____, ...beside } = said;
  assert.equal(beside.why, "your_turn");
  assert.ok(JSON.stringify(beside).length < 120, JSON.stringify(beside));
  assert.ok(answer.content[1].text.length < 40, answer.content[1].text);
});

Deno.test("get_bot_code sends a source once, and a long one in pages", async () => {
  await using server = await testServer();
  await using client = await clientAt(server.url);
  for (const [bot_preset, pages] of [["EchoBot", 1], ["ContractJudge", 2]] as const) {
    const { channel_id, bots: [{ bot_id, code_hash }] } = await client.call("create_channel", {
      name: bot_preset,
      slots: ["bot:b", "invite:a"],
      bot_preset,
    });
    let source = "";
    let read = 0;
    for (let next = ""; read === 0 || /goes on/.test(next); read++) {
      const offset = /offset (\d+)/.exec(next)?.[1] ?? 0;
      assert.equal(Number(offset), source.length, "where the last page ends");
      const page = await client.raw("get_bot_code", { channel_id, bot_id, offset });
      const text = JSON.parse(page.content[0].text);
      assert.ok(text.source.length <= CHANNEL_LIMITS.sourcePageChars);
      const beside = bytesOf(page) - new TextEncoder().encode(JSON.stringify(text.source)).length;
      assert.ok(beside < 600, `${beside} bytes beside the source`);
      source += text.source;
      next = text.next;
    }
    assert.equal(read, pages, bot_preset);
    assert.equal(`sha256:${await sha256Hex(source)}`, code_hash);
    const whole = await client.call("get_bot_code", { channel_id, bot_id });
    assert.deepEqual([whole.source, whole.inline_code], [source, undefined]);
    assert.equal(whole.source_chars, source.length);
    const rest = await client.call("get_bot_code", { channel_id, bot_id, offset: 100 });
    assert.equal(rest.source, source.slice(100));
    await assert.rejects(
      client.call("get_bot_code", { channel_id, bot_id, offset: source.length + 1 }),
      /INVALID_REQUEST: offset: the source has \d+ characters/,
    );
  }
});
