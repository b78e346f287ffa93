/** A player that follows only the `next` text of the last answer, with every kind of client. */
import assert from "node:assert/strict";
import { CLIENT_KINDS, type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { Player, roomOf, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** Plays by `next` alone: moves when `next` says that it is its turn, and reads from the cursor
 *  that `next` names. Returns every `next`. */
async function play(mcp: McpClient, invite: string): Promise<string[]> {
  const joined = await mcp.call("join_channel", { invite_code: invite });
  const { channel_id } = joined;
  const steps: string[] = [joined.next];
  assert.match(joined.next, /Call wait_for_turn/);
  let [low, high, cursor] = [1, 100, 0];
  for (let call = 0; call < 200; call++) {
    const { messages, next } = await mcp.call("sync_messages", { channel_id, cursor });
    steps.push(next);
    for (const { body } of messages as Wire[]) {
      if (body.type !== "judge") continue;
      if (body.result === "low") low = Math.max(low, body.guess + 1);
      if (body.result === "high") high = Math.min(high, body.guess - 1);
    }
    if (next.includes("the game is over")) return steps;
    if (next.startsWith("It is your turn")) {
      const value = Math.floor((low + high) / 2);
      const move = { channel_id, game: "guess", action: "guess", value };
      const moved = await mcp.call("make_game_move", move);
      assert.equal(moved.next, "Call wait_for_turn for the answers.");
    }
    cursor = Number(/cursor (\d+)/.exec(next)![1]);
  }
  throw new Error(`the game never ended: ${steps.slice(-5).join("\n")}`);
}

Deno.test("two players that only follow next play a game to its end", async (t) => {
  await using server = await testServer();
  for (const kind of CLIENT_KINDS) {
    await t.step(kind, async () => {
      await using alice = await mcpClient(kind, server.url, await signIn(server.url));
      await using bob = await mcpClient(kind, server.url, await signIn(server.url));
      const created = await alice.call("create_channel", {
        name: "game",
        slots: ["bot:referee", "invite:alice", "invite:bob"],
        bot_preset: "GuessBot",
      });
      assert.match(created.next, /Give each player one invite/);
      const steps = await Promise.all([alice, bob].map((mcp, i) => play(mcp, created.invites[i])));
      assert.ok(steps.flat().some((next) => /^It is the turn of p\d: wait/.test(next)));
    });
  }
});

Deno.test("next names the step that fits each answer", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { host, players: [a, b], created: { channel_id } } = await roomOf(server.url, {
    slots: ["invite:a", "invite:b"],
    visibility: "public",
    spectators: true,
  }, 2);
  const sync = async (player: Player, cursor: number, more: Record<string, unknown> = {}) =>
    (await player.call("sync_messages", { channel_id, cursor, timeout_ms: 0, ...more })).next;
  const { msg_id, next } = await a!.say("hello");
  assert.equal(next, "Call wait_for_turn for the answers.");
  assert.match(await sync(b!, 0, { limit: 1 }), /^More messages .+ cursor 1\.$/);
  const waits = `call sync_messages with cursor ${msg_id} to wait for new messages.`;
  const expected = "If a reply or a move is expected of you, make it.";
  assert.equal(await sync(b!, 0), `${expected} Then ${waits}`);
  const empty = `Call sync_messages with cursor ${msg_id}.`;
  assert.equal(await sync(b!, msg_id), empty);
  assert.equal(await sync(b!, msg_id, { timeout_ms: 1 }), empty);
  const watcher = await Player.at(server.url);
  assert.equal(
    await sync(watcher, 0),
    `Call sync_messages with cursor ${msg_id} to wait for new messages.`,
  );
  const info = async (player: Player) =>
    (await player.call("get_channel_info", { channel_id })).next;
  assert.equal(await info(a!), "You are p1. Call wait_for_turn to go on.");
  assert.match(await info(watcher), /join_channel with an invite/);

  const leaving = await b!.call("leave_channel", { channel_id });
  assert.match(leaving.next, /only a new invite brings you back/);
  const yielded = await host.call("update_channel", {
    channel_id,
    ops: [{ type: "yield_slot", slot_id: "s1", to: "invite" }],
  });
  assert.match(yielded.next, /Give each new invite to one player/);
  const closed = await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  assert.match(closed.next, /All members see/);
  assert.match(await sync(a!, msg_id), /closed: no more messages will come\. verify_channel/);
  assert.match(await info(a!), /closed.+ export_channel/);
});

Deno.test("next after an empty long poll still names the turn and the players who moved", async () => {
  await using server = await testServer();
  const { players: [a, b], created: { channel_id } } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_code: `class Slow {
      on_join(player) { if (player === "p2") this.ctx.post("bot", { type: "bot:turn", player: "p2" }); }
      constructor(ctx) { this.ctx = ctx; }
    }`,
  }, 2);
  await a!.readUntil(({ body }) => body.type === "bot:turn");
  const waited = async (player: Player) => {
    const { cursor } = await player.call("sync_messages", { channel_id, timeout_ms: 0 });
    const input = { channel_id, cursor, timeout_ms: 1 };
    return (await player.call("sync_messages", input)).next;
  };
  assert.match(await waited(a!), /^Call sync_messages with cursor \d+\.$/);
  assert.match(await waited(b!), /^It is your turn \(message \d+\): act/);
  await b!.say("hm");
  let unanswered = await waited(b!);
  while (unanswered.includes("has yet to answer")) unanswered = await waited(b!);
  assert.match(unanswered, /Your last message \(\d+\) got no answer from the referee/);
  const { next } = await b!.call("get_channel_info", { channel_id });
  assert.match(next, /^You are p2\. Your last message .+ it is still your turn/);
});
