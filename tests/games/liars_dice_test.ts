/** Liar's Dice as its players meet it: over a real server, and in the sandbox with a clock of its
 *  own. */
import assert from "node:assert/strict";
import { sortedJson } from "lib:game";
import { builtinBots } from "../../src/compose/builtin_bots.ts";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import { Chooser } from "../support/chooser.ts";
import { ofType, roomOf, sha256Hex, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** Asserts that each round's dice were committed before its first bid and are opened after it, and
 *  that they are those that were counted. Returns how many rounds there were. */
async function audited(posts: Wire[]): Promise<number> {
  const commits = posts.filter(({ type }) => type === "bot:commit");
  const reveals = posts.filter(({ type }) => type === "bot:reveal");
  assert.deepEqual(commits.map(({ round }) => round), commits.map((_, i) => i + 1));
  assert.deepEqual(reveals.map(({ round }) => round), commits.map((_, i) => i + 1));
  for (const { round, secret, salt, commit } of reveals) {
    assert.equal(commit, commits[round - 1].commit);
    assert.equal(commit, await sha256Hex(sortedJson(secret) + salt));
    assert.equal(secret.round, round);
    for (const die of Object.values<number[]>(secret.dice).flat()) assert.ok(die >= 1 && die <= 6);
  }
  const told = posts.filter(({ type }) => type === "table").flatMap(({ events }) => events);
  let round = 0;
  for (const { event, ...more } of told) {
    if (event === "round") round = more.round;
    if (event !== "open") continue;
    assert.deepEqual(more.dice, reveals[round - 1].secret.dice);
    const counted = Object.values<number[]>(more.dice).flat()
      .filter((die) => die === more.face || die === 1);
    assert.equal(more.count, counted.length);
  }
  return commits.length;
}

Deno.test("three play over a server, with whispers; all dice match their commitments", async () => {
  await using server = await testServer();
  const { players, created } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a", "invite:b", "invite:c"],
    bot_preset: "LiarsDice",
    bot_params: { dice: 2 },
  }, 3);
  assert.equal(created.bot_errors, undefined);
  const { channel_id } = created;
  const chooser = new Chooser(6);
  let cursor = 0;
  for (let moves = 0;; moves++) {
    assert.ok(moves < 300);
    const read = await players[0]!.readUntil(({ body }) => /bot:(turn|end)/.test(body?.type));
    if (read.some(ofType("bot:end"))) break;
    const { player } = read.findLast(({ body }) => body?.type === "bot:turn").body;
    const own = players.find((each) => each.player_id === player)!;
    if (moves % 4 === 0) {
      const body = { text: "I have three sixes" };
      await players[moves % 3]!.call("post_message", { channel_id, body, to: [player] });
    }
    const turn = await own.call("wait_for_turn", { channel_id, cursor, timeout_ms: 0 });
    assert.equal(turn.position.own_dice.length, turn.position.dice[player]);
    const { action, value } = chooser.of<Wire>(turn.legal_moves);
    if (chooser.below(3) > 0) {
      await own.call("make_game_move", { channel_id, game: "liarsdice", action, value });
    } else await own.say(action === "bid" ? `bid ${value.quantity}x${value.face}` : "I challenge!");
    ({ cursor } = turn);
  }
  const posts = (await players[1]!.readUntil(ofType("bot:end"))).map(({ body }: Wire) =>
    body ?? {}
  );
  assert.deepEqual(posts.filter(({ type }: Wire) => type === "violation"), []);
  assert.ok(await audited(posts) >= 4);
  const { result, winners, ranking } = posts.find(({ type }: Wire) => type === "game_end");
  assert.deepEqual([result, winners, ranking.length], ["won", ranking[0], 3]);
  assert.ok((await players[1]!.call("verify_channel", { channel_id })).ok);
});

const { builtins } = await builtinBots();

Deno.test("Liar's Dice in the sandbox", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, builtins.get("LiarsDice")!);
  const table = async (count: number, params: Wire = {}) => {
    const players = Array.from({ length: count }, (_, i) => `p${i + 1}`);
    const given = { dice: 5, wild: true, players: count, strikes: 0, ...params };
    const made = new BotTable(sandbox, referee, players, given);
    await made.start();
    return made;
  };
  const bodies = (game: BotTable) => game.posts.map(({ body }) => body);

  await t.step("who goes takes its dice along: the round is void and opened", async () => {
    const game = await table(4, { strikes: 2, clock: { move_s: 60 } });
    await game.move("p1", "bid", { quantity: 3, face: 4 });
    await game.move("p3", "concede"); // It was not its turn.
    assert.deepEqual([game.turn, game.last("bot:turn").position.round], [["p2"], 2]);
    await game.move("p2", "bid", { quantity: 1, face: 1 });
    await game.move("p2", "challenge");
    assert.equal(game.last("player_out").reason, "illegal");
    assert.deepEqual(game.turn, ["p4"]);
    await game.wait(60_000);
    const { result, winners, ranking, text } = game.result!;
    assert.deepEqual([result, winners], ["timed_out", ["p1"]]);
    assert.deepEqual(ranking, [["p1"], ["p4"], ["p2"], ["p3"]]);
    assert.equal(text, "p4 is out (timed out). p1 wins.");
    assert.equal(await audited(bodies(game)), 3);
  });

  await t.step("a removal ends the game without a winner, and opens the dice", async () => {
    const game = await table(3);
    await game.move("p1", "bid", { quantity: 3, face: 4 });
    await game.leave("p2", "removed");
    assert.deepEqual([game.result!.result, game.result!.winners], ["abandoned", []]);
    assert.equal(await audited(bodies(game)), 1);
  });

  await t.step("a game left alone can be claimed", async () => {
    const game = await table(2);
    const op = { type: "claim", player_id: "p2", turn_id: 1 };
    await game.announce({ type: "claim_applied", op });
    assert.deepEqual([game.result!.result, game.result!.winners], ["claimed", ["p2"]]);
    assert.equal(await audited(bodies(game)), 1);
  });

  await t.step(
    "the words to one player have one size, and the highest bid leaves a challenge",
    async () => {
      const game = await table(6, { dice: 6 });
      const sizes = new Set<number>();
      for (const [quantity, face] of [[1, 2], [7, 6], [20, 3], [35, 6], [36, 5], [36, 6]]) {
        assert.ok(game.last("bot:turn").text.split("\n").length <= 20);
        const [player] = game.turn as [string];
        const { legal_moves, fill, position: { own_dice } } = game.last("bot:turn", player);
        sizes.add(JSON.stringify({ hand: { own_dice }, legal_moves }).length + fill.length);
        await game.move(player, "bid", { quantity, face });
      }
      const own = game.last("bot:turn", game.turn[0]);
      assert.deepEqual(own.legal_moves, [{ action: "challenge" }]);
      assert.deepEqual([...sizes], [1024]);
      await game.say(game.turn[0]!, "liar!");
      assert.equal(game.last("bot:turn").position.last_round.loser, "p6");
    },
  );
});
