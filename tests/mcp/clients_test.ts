/** One endpoint, both protocol eras, three real clients. */
import assert from "node:assert/strict";
import { OPERATIONS } from "../../src/operations/all.ts";
import { CLIENT_KINDS, mcpClient } from "../support/mcp_clients.ts";
import { ofType, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { playWholeGame } from "../support/whole_game.ts";

const LISTED = OPERATIONS.filter(({ unlisted }) => !unlisted).map(({ name }) => name);

/** What looks at this server itself alone. */
const CLOSED = ["health_check", "list_bots"];

Deno.test("every client lists the tools with the fields that hosts need, at / and at /mcp", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const token = await signIn(server.url);
  for (const kind of CLIENT_KINDS) {
    for (const path of ["/", "/mcp"]) {
      await t.step(`${kind} at ${path}`, async () => {
        await using client = await mcpClient(kind, server.url + path, token);
        const tools = await client.listTools();
        assert.deepEqual(tools.map(({ name }) => name), LISTED);
        for (const { name, title, description, annotations, inputSchema } of tools) {
          assert.ok(title && description, name);
          assert.equal(typeof annotations.readOnlyHint, "boolean", name);
          assert.equal(typeof annotations.destructiveHint, "boolean", name);
          assert.equal(annotations.title, title, name);
          assert.equal(annotations.openWorldHint, !CLOSED.includes(name), name);
          assert.equal(inputSchema.type, "object", name);
        }
      });
    }
  }
});

Deno.test("the list of tools is short, and what it leaves out still answers", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const token = await signIn(server.url);
  for (const kind of CLIENT_KINDS) {
    await t.step(kind, async () => {
      await using client = await mcpClient(kind, `${server.url}/mcp`, token);
      const tools = await client.listTools();
      const bytes = new TextEncoder().encode(JSON.stringify({ tools })).length;
      assert.ok(bytes < 20_000, `${bytes} bytes`);
      assert.ok(tools.length <= 22, `${tools.length} tools`);
      const { commit, salt } = await client.call("make_commitment", { value: 7 });
      const revealed = { commit, salt, value: 7 };
      assert.equal((await client.call("check_commitment", revealed)).ok, true);
      assert.equal((await client.call("make_commitment", revealed)).ok, true);
      const nowhere = { channel_id: "chn_AAAAAAAAAAAAAAAAAAAAAA", msg_id: 1, body_hash: commit };
      for (const tool of ["get_evidence", "get_proof"]) {
        await assert.rejects(client.call(tool, nowhere), /CHANNEL_NOT_FOUND/);
      }
    });
  }
  const document = await (await fetch(`${server.url}/openapi.json`)).json();
  for (const { name } of OPERATIONS) assert.ok(document.paths[`/${name}`], name);
});

Deno.test("every client plays: it creates, joins, moves, and gets rulings and refusals", async (t) => {
  await using server = await testServer();
  for (const kind of CLIENT_KINDS) {
    await t.step(kind, async () => {
      await using alice = await mcpClient(kind, `${server.url}/mcp`, await signIn(server.url));
      await using bob = await mcpClient(kind, `${server.url}/mcp`, await signIn(server.url));
      const { channel_id, invites } = await alice.call("create_channel", {
        name: `game of ${kind}`,
        slots: ["bot:referee", "invite:alice", "invite:bob"],
        bot_preset: "GuessBot",
      });
      const players = new Map();
      for (const [i, client] of [alice, bob].entries()) {
        const joined = await client.call("join_channel", { invite_code: invites[i] });
        players.set(joined.player_id, client);
      }
      let cursor = 0;
      const read: Wire[] = [];
      while (!read.some(ofType("bot:turn"))) {
        const synced = await alice.call("sync_messages", { channel_id, cursor });
        read.push(...synced.messages);
        cursor = synced.cursor;
      }
      const mover = players.get(read.find(ofType("bot:turn")).body.player);
      const move = { channel_id, game: "guess", action: "guess", value: 50, receipt: true };
      const posted = await mover.call("make_game_move", move);
      assert.ok(posted.msg_id > cursor);
      assert.match(posted.receipt.hash, /^sha256:[0-9a-f]{64}$/);
      const { messages } = await mover.call("sync_messages", { channel_id, cursor: posted.msg_id });
      assert.ok(messages.length > 0, "the wait ended with news");

      await assert.rejects(
        alice.call("join_channel", { invite_code: "inv_nonsense" }),
        /^Error: INVITE_INVALID: /,
      );
      await assert.rejects(
        alice.call("sync_messages", { channel_id, timeout_ms: 60_000 }),
        /INVALID_REQUEST: timeout_ms/,
      );
    });
  }
});

Deno.test("every client plays a whole game, against every other", async (t) => {
  await using server = await testServer();
  for (const [i, kind] of CLIENT_KINDS.entries()) {
    const other = CLIENT_KINDS[(i + 1) % CLIENT_KINDS.length]!;
    await t.step(`${kind} against ${other}`, async () => {
      await using host = await mcpClient(kind, `${server.url}/mcp`, await signIn(server.url));
      await using guest = await mcpClient(other, `${server.url}/mcp`, await signIn(server.url));
      await playWholeGame(host, guest);
    });
  }
});

Deno.test("2025-era clients get a session label, 2026-07-28 ones need none", async () => {
  await using server = await testServer({ sandbox: "off" });
  const token = await signIn(server.url);
  const labels = [];
  for (const kind of CLIENT_KINDS) {
    await using client = await mcpClient(kind, server.url, token);
    labels.push(client.sessionId !== undefined);
    assert.equal((await client.call("health_check")).status, "healthy");
  }
  assert.deepEqual(labels, [true, true, false]);
});

Deno.test("two concurrent calls with the same JSON-RPC id both get an answer", async () => {
  await using server = await testServer({ sandbox: "off" });
  const token = await signIn(server.url);
  const answers = await Promise.all(["a", "b"].map(async (name) => {
    const response = await fetch(`${server.url}/mcp`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-session-id": "made-up",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "create_channel", arguments: { name, slots: ["invite:x"] } },
      }),
    });
    return await response.text();
  }));
  answers.forEach((text, i) =>
    assert.match(text, new RegExp(`"name\\\\?":\\\\?"${"ab"[i]}\\\\?"`))
  );
});

Deno.test("the answer to a call without a token says where to get one", async () => {
  await using server = await testServer({ sandbox: "off" });
  for (const [path, metadata] of [["/", ""], ["/mcp", "/mcp"], ["/mcp/play", "/mcp/play"]]) {
    const response = await fetch(server.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    await response.body?.cancel();
    assert.equal(response.status, 401);
    const challenge = response.headers.get("www-authenticate") ?? "";
    const url = `${server.url}/.well-known/oauth-protected-resource${metadata}`;
    assert.ok(challenge.includes(`resource_metadata="${url}"`), challenge);
  }
});
