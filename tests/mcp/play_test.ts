/** `/mcp/play`: seven tools, and nothing else, for small models. */
import assert from "node:assert/strict";
import { PLAY } from "../../src/mcp/offer.ts";
import { OPERATIONS } from "../../src/operations/all.ts";
import { CLIENT_KINDS, type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { Player, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const SEVEN = PLAY.tools.map(({ name }) => name);

/** A game with two players who are still to join. */
async function game(url: string): Promise<Wire> {
  const host = await Player.at(url);
  return await host.call("create_channel", {
    name: "game",
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_preset: "GuessBot",
    bot_params: { range: [1, 15] },
  });
}

const playerAt = async (kind: typeof CLIENT_KINDS[number], url: string) =>
  await mcpClient(kind, `${url}/mcp/play`, await signIn(url));

for (const kind of CLIENT_KINDS) {
  Deno.test(`/mcp/play lists seven tools in less than 8,000 bytes, for ${kind}`, async () => {
    await using server = await testServer({ sandbox: "off" });
    await using client = await playerAt(kind, server.url);
    const tools = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name), SEVEN);
    assert.equal(SEVEN.length, 7);
    const bytes = new TextEncoder().encode(JSON.stringify({ tools })).length;
    assert.ok(bytes < 8_000, `${bytes} bytes`);
    // What is not there is not spoken of either.
    const others = OPERATIONS.map(({ name }) => name).filter((name) => !SEVEN.includes(name));
    const words = JSON.stringify(tools) + client.client.getInstructions();
    assert.deepEqual(others.filter((name) => words.includes(name)), []);
    const { prompts, resources, completions } = client.client.getServerCapabilities() ?? {};
    assert.deepEqual([prompts, resources, completions], [undefined, undefined, undefined]);
  });

  Deno.test(`/mcp/play has no other tool, and says where they are, to ${kind}`, async () => {
    await using server = await testServer({ sandbox: "off" });
    await using client = await playerAt(kind, server.url);
    for (const name of ["create_channel", "get_bot_code", "health_check", "toString", "nothing"]) {
      await assert.rejects(
        client.call(name, { channel_id: "chn_x", timeout_ms: 0 }),
        new RegExp(`Unknown tool: ${name}\\. /mcp/play has join_channel, .+ are at /mcp\\.`),
        name,
      );
    }
    const { client: mcp } = client;
    for (const request of [() => mcp.listPrompts(), () => mcp.listResources()]) {
      // The SDK's clients answer in the server's place where it has no such capability.
      const listed = await request().catch(({ code }: { code: number }) => code);
      assert.ok(listed === -32601 || Object.values(listed).flat().length === 0, String(listed));
    }
  });
}

Deno.test("/mcp/play opens no subscription", async () => {
  await using server = await testServer({ sandbox: "off" });
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const method = "subscriptions/listen";
  const params = { _meta, notifications: {} };
  const response = await fetch(`${server.url}/mcp/play`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await signIn(server.url)}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  assert.equal(response.status, 404);
  assert.equal((await response.json()).error.code, -32601);
});

/** Asserts that an answer sends nobody to a tool that is not there. */
function assertThere({ next }: Wire): void {
  const others = OPERATIONS.map(({ name }) => name).filter((name) => !SEVEN.includes(name));
  assert.deepEqual(others.filter((name) => next.includes(name)), [], next);
}

/** Plays in one call a turn, by halves. */
async function playToEnd(client: McpClient, channel_id: string): Promise<void> {
  let [low, high] = [1, 15];
  let answer = await client.call("wait_for_turn", { channel_id });
  for (let call = 0; call < 50 && answer.why !== "over"; call++) {
    assertThere(answer);
    for (const { body } of answer.messages) {
      if (body.type === "judge" && body.result === "low") low = Math.max(low, body.guess + 1);
      if (body.type === "judge" && body.result === "high") high = Math.min(high, body.guess - 1);
    }
    const { why, cursor, answers, game } = answer;
    const value = Math.floor((low + high) / 2);
    const move = { channel_id, game, action: "guess", value, answers, cursor, wait_ms: 45_000 };
    answer = why === "your_turn"
      ? await client.call("make_game_move", move)
      : await client.call("wait_for_turn", { channel_id, cursor });
  }
  assert.equal(answer.why, "over");
  assertThere(answer);
  assert.match(answer.next, /says that the game is over\./);
}

Deno.test("two clients of each kind play at /mcp/play, with text alone", async (t) => {
  await using server = await testServer();
  for (const kind of CLIENT_KINDS) {
    await t.step(kind, async () => {
      const { invites } = await game(server.url);
      await using alice = await playerAt(kind, server.url);
      await using bob = await playerAt(kind, server.url);
      const raw = await alice.raw("join_channel", { invite_code: invites[0] });
      assert.equal(raw.structuredContent, undefined);
      const { channel_id, player_id } = JSON.parse(raw.content[0].text);
      const joined = await bob.call("join_channel", { invite_code: invites[1] });
      assert.notEqual(joined.player_id, player_id);
      assertThere(joined);
      await Promise.all([playToEnd(alice, channel_id), playToEnd(bob, channel_id)]);
      await bob.call("post_message", { channel_id, body: "Well played." });
      assert.equal((await bob.call("who", { channel_id })).you.player_id, joined.player_id);
      assert.equal((await bob.call("leave_channel", { channel_id })).ok, true);
    });
  }
});

Deno.test("a token, and the seat that it took, are the same at /mcp, at /mcp/play and over REST", async () => {
  await using server = await testServer({ sandbox: "off" });
  const host = await Player.at(server.url);
  const { channel_id, invites } = await host.call("create_channel", {
    name: "room",
    slots: ["invite:a"],
  });
  await using small = await mcpClient("v2 modern", `${server.url}/mcp/play`, host.token);
  const { player_id } = await small.call("join_channel", { invite_code: invites[0] });
  await using whole = await mcpClient("v2 modern", `${server.url}/mcp`, host.token);
  for (const caller of [small, whole, host]) {
    const { you } = await caller.call("get_channel_info", { channel_id });
    assert.equal(you.player_id, player_id);
  }
});
