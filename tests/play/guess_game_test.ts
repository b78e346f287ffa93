/** A whole game: two agents, one channel and one referee, up to the reveal. */
import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { OriginalClient } from "../support/original_client.ts";
import { ofType, Player, roomOf, sha256Hex, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const GUESSING = {
  name: "Guessing Game",
  slots: ["bot:guess-referee", "invite:alice", "invite:bob"],
  bot_preset: "GuessBot",
};

/** The next message of a type. Polls sync_messages like the original's scripts. */
async function next(client: OriginalClient, channel_id: string, cursor: number, type: string) {
  for (;;) {
    const read = await client.callTool("sync_messages", { channel_id, cursor, timeout_ms: 20_000 });
    const found = read.messages.find(ofType(type));
    if (found) return found;
    assert.ok(read.cursor > cursor, `no message of type ${type}`);
    cursor = read.cursor;
  }
}

Deno.test("the original's flow: register, initialize at /, create, join, play until correct, reveal", async () => {
  await using server = await testServer();
  const alice = await OriginalClient.connect(server.url);
  const bob = await OriginalClient.connect(server.url);

  const created = await alice.callTool("create_channel", GUESSING);
  assert.equal(created.bot_errors, undefined);
  assert.deepEqual(created.view.slots.map((s: Wire) => s.kind), ["bot", "invite", "invite"]);
  assert.match(created.view.slots[0].filled_by, /^bot:bot_GuessBot_\d+$/);
  const { channel_id, invites: [forAlice, forBob] } = created;
  const asAlice = await alice.callTool("join_channel", { invite_code: forAlice });
  const asBob = await bob.callTool("join_channel", { invite_code: forBob });
  const clients = new Map([[asAlice.player_id, alice], [asBob.player_id, bob]]);
  assert.equal(clients.size, 2, "two players with different ids");

  let [low, high] = [1, 100];
  let turn = await next(alice, channel_id, 0, "bot:turn");
  for (let move = 0; move < 8; move++) {
    const mover = clients.get(turn.body.player)!;
    const value = Math.floor((low + high) / 2);
    const move = { channel_id, game: "guess", action: "guess", value };
    const posted = await mover.callTool("make_game_move", move);
    const judge = await next(mover, channel_id, posted.msg_id, "judge");
    assert.equal(judge.body.player, turn.body.player);
    if (judge.body.result === "correct") break;
    if (judge.body.result === "low") low = value + 1;
    else high = value - 1;
    turn = await next(mover, channel_id, judge.id, "bot:turn");
  }

  await next(bob, channel_id, 0, "bot:end");
  const { messages } = await bob.callTool("sync_messages", { channel_id, cursor: 0, limit: 500 });
  const commit = messages.find(ofType("bot:commit"));
  const firstMove = messages.find(ofType("move"));
  const reveal = messages.find(ofType("bot:reveal"));
  assert.ok(commit.id < firstMove.id, "committed before the first move");
  assert.match(reveal.body.salt, /^[0-9a-f]{64}$/);
  assert.equal(await sha256Hex(`${reveal.body.target}${reveal.body.salt}`), commit.body.commit);
  assert.equal(reveal.body.commit, commit.body.commit);
  assert.equal(reveal.body.verified, true);
  assert.ok(messages.some(ofType("game_end", { reason: "correct" })));
  const [end, ended] = messages.slice(-2);
  assert.deepEqual([end.body.type, end.sender], ["end", `bot:${reveal.body.bot_id}`]);
  assert.deepEqual([ended.body.type, ended.sender], ["bot:end", "system"]);
  const seed = new Uint8Array(
    await crypto.subtle.digest("SHA-256", Uint8Array.fromHex(ended.body.seed)),
  );
  assert.equal(`sha256:${seed.toHex()}`, messages.find(ofType("bot:attach")).body.seed_commit);
  assert.deepEqual(messages.map(({ id }: Wire) => id), messages.map((_: Wire, i: number) => i + 1));
});

Deno.test("GuessBot referees a full channel whose players joined before it", async () => {
  await using server = await testServer();
  const most = BOT_LIMITS.slots - 1;
  const slots = ["bot:referee", ...Array.from({ length: most }, (_, i) => `invite:${i}`)];
  const { host, players } = await roomOf(server.url, { slots }, most);
  const { channel_id } = host;
  const params = { players: most };
  await host.call("attach_bot", { channel_id, bot: { code_ref: "builtin://GuessBot", params } });
  const ids = players.map(({ player_id }) => player_id);
  const begun = await players[0]!.readUntil(ofType("bot:turn"));
  assert.deepEqual(begun.find(ofType("bot:state")).body.public_state.players, ids);
  assert.deepEqual(begun.find(ofType("game_start")).body.players, ids);

  let [low, high] = [1, 100];
  for (const player of players) {
    player.cursor = players[0]!.cursor;
    const value = Math.floor((low + high) / 2);
    await player.guess(value);
    const read = await player.readUntil((m) => ofType("bot:turn")(m) || ofType("bot:end")(m));
    players[0]!.cursor = player.cursor;
    const { result, player: judged } = read.find(ofType("judge")).body;
    assert.equal(judged, player.player_id, "the players take turns in order");
    if (result === "correct") return;
    if (result === "low") low = value + 1;
    else high = value - 1;
  }
  assert.fail("the number was not found");
});

Deno.test("GuessBot enforces the announced turn and names the problem of a move", async () => {
  await using server = await testServer();
  const { players: [alice, bob] } = await roomOf(server.url, {
    ...GUESSING,
    bot_params: { range: [1, 1000] },
  }, 2);
  const begun = await alice!.readUntil(ofType("bot:turn"));
  const first = begun.find(ofType("bot:turn")).body.player;
  const [mover, other] = first === alice!.player_id ? [alice!, bob!] : [bob!, alice!];
  mover.cursor = alice!.cursor;

  const wrong: [string, () => Promise<Wire>, string][] = [
    ["the other player", () => other.guess(500), "BAD_TURN"],
    ["below the range", () => mover.guess(0), "BAD_MOVE"],
    ["above the range", () => mover.guess(1001), "BAD_MOVE"],
    ["not whole", () => mover.guess(4.2), "BAD_MOVE"],
    ["not a number", () => mover.guess("many"), "BAD_MOVE"],
    ["an object of two", () => mover.guess({ low: 4, high: 5 }), "BAD_MOVE"],
    ["another action", () =>
      mover.call("make_game_move", {
        channel_id: mover.channel_id,
        game: "guess",
        action: "peek",
        value: 5,
      }), "BAD_MOVE"],
  ];
  for (const [what, move, reason] of wrong) {
    await move();
    const read = await mover.readUntil(ofType("violation"));
    assert.equal(read.find(ofType("violation")).body.reason, reason, what);
    assert.ok(!read.some(ofType("judge")), `${what}: not judged`);
  }
  await mover.guess(500);
  const judged = await mover.readUntil((m) => ofType("bot:turn")(m) || ofType("bot:reveal")(m));
  assert.equal(judged.find(ofType("judge")).body.player, mover.player_id);
});

Deno.test('GuessBot accepts the text "guess 42" as a move', async () => {
  await using server = await testServer();
  const { players: [alice, bob] } = await roomOf(server.url, GUESSING, 2);
  const turn = (await alice!.readUntil(ofType("bot:turn"))).find(ofType("bot:turn"));
  const mover = turn.body.player === alice!.player_id ? alice! : bob!;
  await mover.say("guess 42");
  const judge = (await mover.readUntil(ofType("judge"))).find(ofType("judge"));
  assert.deepEqual([judge.body.player, judge.body.guess], [mover.player_id, 42]);
});

Deno.test("GuessBot ends the game if a player concedes or leaves", async (t) => {
  await using server = await testServer();
  const endings: [string, (loser: Player) => Promise<Wire>][] = [
    ["concede", (loser) =>
      loser.call("make_game_move", {
        channel_id: loser.channel_id,
        game: "guess",
        action: "concede",
      })],
    ["left", (loser) => loser.call("leave_channel", { channel_id: loser.channel_id })],
  ];
  for (const [reason, lose] of endings) {
    await t.step(reason, async () => {
      const { players: [alice, bob] } = await roomOf(server.url, GUESSING, 2);
      await lose(bob!);
      const end = (await alice!.readUntil(ofType("end"))).find(ofType("game_end"));
      assert.deepEqual([end.body.winner, end.body.reason], [alice!.player_id, reason]);
    });
  }
});
