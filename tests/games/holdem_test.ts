/** Hold'em as its players meet it: over a real server, and in the sandbox with a clock of its
 *  own. */
import assert from "node:assert/strict";
import { sortedJson } from "lib:game";
import { builtinBots } from "../../src/compose/builtin_bots.ts";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import { Chooser } from "../support/chooser.ts";
import { ofType, Player, refuses, roomOf, sha256Hex, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { auditHoldem } from "./holdem_audit.ts";

/** Asserts that the decks are those that were committed, and that every chip follows from them. */
async function audited(posts: Wire[], chips: number): Promise<Map<string, number>> {
  const body = (type: string) => posts.find((each) => each.type === type);
  const { secret, salt, commit } = body("bot:reveal");
  assert.equal(commit, body("bot:commit").commit);
  assert.equal(commit, await sha256Hex(sortedJson(secret) + salt));
  const told = posts.filter(({ type }) => type === "dealer").flatMap(({ events }) => events);
  const { players } = body("game_start");
  return auditHoldem(told, { players, chips, decks: secret.decks });
}

Deno.test("three play over a server, with whispers; every card and chip matches the commitment", async () => {
  await using server = await testServer();
  const { players, created } = await roomOf(server.url, {
    slots: ["bot:dealer", "invite:a", "invite:b", "invite:c"],
    bot_preset: "Holdem",
    bot_params: { chips: 30, hands: 6, turn_order: "random" },
  }, 3);
  assert.equal(created.bot_errors, undefined);
  const { channel_id } = created;
  const chooser = new Chooser(16);
  let cursor = 0;
  for (let moves = 0;; moves++) {
    assert.ok(moves < 300);
    const read = await players[0]!.readUntil(({ body }) => /bot:(turn|end)/.test(body?.type));
    if (read.some(ofType("bot:end"))) break;
    const { player } = read.findLast(({ body }) => body?.type === "bot:turn").body;
    const [own, other] = [players.find((each) => each.player_id === player)!, players[moves % 3]!];
    if (moves % 4 === 0) {
      await other.call("post_message", { channel_id, body: "psst", to: [player] });
    }
    const turn = await own.call("wait_for_turn", { channel_id, cursor, timeout_ms: 0 });
    assert.match(turn.position.cards.join(), /^[2-9TJQKA][shdc],[2-9TJQKA][shdc]$/);
    const { action, value } = chooser.of<Wire>(turn.legal_moves);
    if (chooser.below(3) > 0) {
      await own.call("make_game_move", { channel_id, game: "holdem", action, value });
    } else {await own.say(
        value === undefined ? `I ${action.replace("_", "-")}.` : `${action} to ${value}`,
      );}
    ({ cursor } = turn);
  }
  const posts = (await players[1]!.readUntil(ofType("bot:end"))).map(({ body }: Wire) =>
    body ?? {}
  );
  assert.deepEqual(posts.filter(({ type }: Wire) => type === "violation"), []);
  const stacks = await audited(posts, 30);
  const end = posts.find(({ type }: Wire) => type === "game_end");
  assert.deepEqual(new Map(Object.entries(end.scores)), stacks);
  const most = Math.max(...stacks.values());
  assert.deepEqual(
    end.winners.toSorted(),
    [...stacks].filter(([, chips]) => chips === most).map(([p]) => p).toSorted(),
  );
  const { ok } = await players[1]!.call("verify_channel", { channel_id });
  assert.ok(ok);
});

Deno.test("wrong parameters are refused with the right ones", async () => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const { channel_id } = await host.call("create_channel", {
    name: "room",
    slots: ["bot:dealer", "invite:a", "invite:b"],
  });
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ blinds: [2, 1] }, /blinds/],
    [{ blinds: [1] }, /blinds/],
    [{ chips: 1 }, /at least the big blind, 2/],
    [{ hands: 101 }, /hands/],
    [{ players: 7 }, /players/],
    [{ ante: 1 }, /chips.*blinds|blinds.*chips/s],
  ];
  for (const [params, says] of wrong) {
    const bot = { code_ref: "builtin://Holdem", params };
    const { detail } = await refuses(host.call("attach_bot", { channel_id, bot }), "BOT_REJECTED");
    assert.match(detail, says, `${JSON.stringify(params)}: ${detail}`);
  }
});

const { builtins } = await builtinBots();

Deno.test("Hold'em in the sandbox", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, builtins.get("Holdem")!);
  const table = async (count: number, params: Wire = {}) => {
    const players = Array.from({ length: count }, (_, i) => `p${i + 1}`);
    const given = { chips: 100, blinds: [1, 2], hands: 3, players: count, strikes: 0, ...params };
    const made = new BotTable(sandbox, referee, players, given);
    await made.start();
    return made;
  };
  const chipsOf = (game: BotTable) => {
    const { players } = game.last("bot:turn").position;
    return Object.fromEntries(
      Object.entries<Wire>(players).map(([each, { chips }]) => [each, chips]),
    );
  };

  await t.step("who runs out of time folds and is out, and the others play on", async () => {
    const game = await table(3, { clock: { move_s: 60 } });
    await game.move("p1", "raise", 6);
    await game.wait(60_000);
    assert.equal(game.last("player_out").reason, "timed_out");
    assert.deepEqual(game.turn, ["p3"]);
    await game.move("p3", "fold");
    // p2 and p3 lost their blinds, and now p3 and p1 pay 1 and 2.
    assert.deepEqual(chipsOf(game), { p1: 101, p2: 99, p3: 97 });
    assert.equal(game.last("bot:turn").position.players.p2.status, "out: has gone");
    await game.move("p2", "call");
    assert.equal(game.last("violation").reason, "OUT");
    await game.wait(60_000);
    assert.deepEqual([game.result!.result, game.result!.ranking.at(-1)], ["timed_out", ["p2"]]);
    await audited(game.posts.map(({ body }) => body), 100);
  });

  await t.step(
    "who concedes, strikes out, or is claimed against is out, with its chips",
    async () => {
      const game = await table(4, { strikes: 2 });
      await game.move("p1", "concede"); // It was not its turn.
      assert.deepEqual(game.turn, ["p4"]);
      await game.move("p4", "raise", 1);
      await game.move("p4", "check");
      assert.equal(game.last("player_out").reason, "illegal");
      const claim = { type: "claim_applied", op: { type: "claim", player_id: "p3", turn_id: 1 } };
      assert.deepEqual(game.turn, ["p2"]);
      await game.announce(claim);
      const { result, winners, ranking, scores, text } = game.result!;
      assert.deepEqual([result, winners, ranking], ["claimed", ["p3"], [["p3"], ["p2"], ["p4"], [
        "p1",
      ]]]);
      assert.deepEqual(scores, { p1: 100, p2: 99, p3: 101, p4: 100 });
      assert.match(text, /p2 is out \(claimed\)\. p3 wins with 101 chips/);
      await audited(game.posts.map(({ body }) => body), 100);
    },
  );

  await t.step("a removal ends the game without a winner, and the bets go back", async () => {
    const game = await table(3);
    await game.move("p1", "raise", 50);
    await game.move("p2", "all_in");
    await game.leave("p3", "removed");
    assert.deepEqual([game.result!.result, game.result!.winners], ["abandoned", []]);
    const lines = game.last("game_end").picture.match(/p\d +100/g);
    assert.equal(lines.length, 3, game.last("game_end").picture);
  });

  await t.step("who has no chips left is out, and is missed by nobody", async () => {
    // One of two who are all in is broke, unless they tie.
    for (let seed = 1;; seed++) {
      assert.ok(seed < 30);
      const players = ["p1", "p2", "p3"];
      const params = { chips: 10, blinds: [1, 2], hands: 30, players: 3, strikes: 0 };
      const game = new BotTable(
        sandbox,
        referee,
        players,
        params,
        `${seed}`.padStart(56, "0").padEnd(64, "0"),
      );
      await game.start();
      for (const action of ["all_in", "fold", "call"]) await game.move(game.turn[0]!, action);
      const broke = game.posts.flatMap(({ body }) => body.events ?? [])
        .filter(({ event }: Wire) => event === "broke");
      if (game.result || broke.length !== 1) continue;
      const [{ player }] = broke;
      assert.equal(game.last("bot:turn").position.players[player].status, "out: no chips");
      await game.move(player, "concede");
      assert.equal(game.last("violation").reason, "OUT");
      await game.leave(player, "removed");
      assert.equal(game.result, undefined, "the others play on");
      await game.move(game.turn[0]!, "concede");
      assert.equal(game.result!.ranking.at(-1)[0], player);
      await audited(game.posts.map(({ body }) => body), 10);
      return;
    }
  });

  await t.step(
    "what one player alone reads has one size, and the picture at most 20 lines",
    async () => {
      const game = await table(6, { chips: 1_000_000, blinds: [500_000, 1_000_000], hands: 2 });
      const sizes = new Set<number>();
      while (!game.result) {
        const [player] = game.turn as [string];
        assert.ok(game.last("bot:turn").text.split("\n").length <= 20);
        const { position, ...own } = game.last("bot:turn", player);
        const { cards, holds } = position;
        const { legal_moves, ranges, fill } = own;
        const hidden = JSON.stringify({ hand: { cards, holds }, legal_moves, ranges });
        sizes.add(hidden.length + fill.length);
        await game.move(
          player,
          legal_moves.some(({ action }: Wire) => action === "check") ? "check" : "call",
        );
      }
      assert.deepEqual([...sizes], [768]);
      await audited(game.posts.map(({ body }) => body), 1_000_000);
    },
  );

  await t.step("odd moves are refused with the rule", async () => {
    const game = await table(2);
    const odd = [
      -5,
      0,
      3,
      1e308,
      "all",
      "NaN",
      "1e3",
      4.5,
      [4, 6],
      { by: 4, to: 6 },
      "9".repeat(400),
    ];
    for (const value of [...odd, null, true]) {
      await game.move("p1", "raise", value);
      const { reason, details } = game.last("violation");
      assert.equal(reason, "ILLEGAL_MOVE", JSON.stringify(value));
      assert.match(details, /a whole number from 4 to 100\.$/);
    }
    const refused = () => game.posts.filter(({ body }) => body.type === "violation").length;
    assert.equal(refused(), odd.length + 2);
    await game.move("p2", "call");
    assert.equal(game.last("violation").reason, "BAD_TURN");
    await game.say("p1", "raise it to 10 chips.");
    assert.equal(game.last("bot:turn").position.bet, 10);
    await game.say("p2", "I'm thinking about a raise to 40");
    assert.equal(refused(), odd.length + 3, "talk is no move");
    await game.say("p2", "All-in!");
    assert.equal(game.last("bot:turn").position.bet, 100);
  });
});
