/** Moderator: who has the word, and what is noted about everybody else. */
import assert from "node:assert/strict";
import { paramsOf } from "../../src/domain/bot/params.ts";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import { ofType, type Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const SOURCE = await Deno.readTextFile(
  new URL("../../bots/moderator/moderator.ts", import.meta.url),
);
const PRESET = "builtin://Moderator";

Deno.test("Moderator in the sandbox", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, SOURCE);
  const table = async (params: Wire = {}, count = 3) => {
    const players = Array.from({ length: count }, (_, i) => `p${i + 1}`);
    const given = paramsOf(referee.manifest, { players: count, ...params });
    const made = new BotTable(sandbox, referee, players, given);
    await made.start();
    return made;
  };
  const minutes = (game: BotTable) =>
    game.posts.filter(({ body }) => body.type === "minutes").map(({ body }) => body);

  await t.step("everyone speaks in turn, and another one sums up each topic", async () => {
    const game = await table({ topics: ["A", "B"], rounds: 2 });
    for (const topic of ["A", "B"]) {
      for (const player of ["p1", "p2", "p3", "p1", "p2", "p3"]) {
        assert.deepEqual(game.turn, [player]);
        assert.equal(game.last("bot:turn").position.topic, topic);
        await game.say(player, `I am ${player}.\n\n${"A long word. ".repeat(40)}`);
      }
      const [by] = game.turn;
      assert.equal(by, topic === "A" ? "p1" : "p2");
      await game.move(by!, "summarize", `All about ${topic}`);
    }
    assert.deepEqual(
      minutes(game).map(({ topic, by, summary }) => [topic, by, summary]),
      [["A", "p1", "All about A"], ["B", "p2", "All about B"]],
    );
    const { text, ...result } = game.result!;
    assert.deepEqual(result, { result: "finished", winners: [] });
    assert.match(text, /All topics/);
    assert.equal(game.last("shares").shares.p1.turns, 5);
    assert.equal(game.last("violation"), undefined);
  });

  await t.step("those who raise a hand speak, in that order, until nobody does", async () => {
    const game = await table({ order: "hands", rounds: 5, summary: false });
    assert.deepEqual(game.turn, ["p1", "p2", "p3"]);
    await game.move("p1", "say", "me first");
    assert.match(game.last("violation").details, /"raise" or "pass"/);
    await game.say("p3", "raise");
    await game.move("p2", "pass");
    await game.move("p1", "raise");
    assert.deepEqual(game.turn, ["p3"]);
    await game.move("p3", "say", "one");
    await game.move("p1", "pass");
    assert.deepEqual(game.turn, ["p1", "p2", "p3"]);
    for (const player of ["p2", "p1", "p3"]) await game.move(player, "pass");
    assert.equal(game.result!.result, "finished");
    assert.deepEqual(minutes(game).map(({ by }) => by), [null]);
  });

  await t.step("whoever speaks out of turn is noted, and the word stays where it is", async () => {
    const game = await table();
    const before = game.posts.length;
    await game.say("p2", "But I think");
    await game.say("p2", "no, really");
    await game.say("p9", "I have no seat");
    await game.say("p2", "psst", ["p3"]);
    const said = game.posts.slice(before).map(({ body }) => [body.type, body.player, body.times]);
    assert.deepEqual(said, [
      ["out_of_turn", "p2", 1],
      ["out_of_turn", "p2", 2],
      ["out_of_turn", "p9", 1],
    ]);
    assert.deepEqual(game.turn, ["p1"]);
    await game.move("p2", "say", "now?");
    assert.equal(game.last("violation").reason, "BAD_TURN");
    const hands = await table({ order: "hands" });
    await hands.say("p1", "What a day");
    assert.match(hands.last("out_of_turn").text, /nobody has the word/);
  });

  await t.step("the longest summaries have room", async () => {
    const topics = Array.from({ length: 10 }, (_, i) => `${i}${"\u0001".repeat(199)}`);
    const game = await table({ topics, rounds: 1, max_chars: 2_000 }, 2);
    for (let i = 0; i < 10; i++) {
      for (const player of ["p1", "p2"]) await game.move(player, "pass");
      await game.move(game.turn[0]!, "summarize", `x${"\u0001".repeat(1_998)}x`);
    }
    assert.equal(minutes(game).length, 10);
    assert.equal(game.result!.result, "finished");
  });

  await t.step("a text that is too long is none, and says so", async () => {
    const game = await table({ max_chars: 20 });
    for (const text of ["x".repeat(21), "x".repeat(5_000)]) {
      await game.say("p1", text);
      assert.match(game.last("violation").details, /at most 20 characters/);
    }
    await game.move("p1", "say", "");
    assert.equal(game.last("violation").reason, "ILLEGAL_MOVE");
    await game.say("p1", "say: hello");
    assert.deepEqual(game.turn, ["p2"]);
  });

  await t.step("the word passes on in time, and without those who go", async () => {
    const game = await table({ clock: { move_s: 60 }, rounds: 1, topics: ["A"] }, 4);
    await game.wait(60_000);
    assert.deepEqual(game.turn, ["p2"]);
    await game.leave("p3");
    assert.deepEqual(game.turn, ["p2"]);
    await game.leave("p2", "removed");
    assert.deepEqual(game.turn, ["p4"]);
    await game.move("p4", "say", "Only we two");
    assert.deepEqual(game.turn, ["p1"]);
    await game.wait(60_000);
    assert.deepEqual(minutes(game).map(({ summary }) => summary), [null]);

    const hands = await table({ order: "hands", clock: { move_s: 60 } });
    await hands.move("p2", "raise");
    await hands.move("p3", "raise");
    await hands.wait(60_000);
    assert.deepEqual(hands.turn, ["p2"]);
    await hands.move("p2", "concede");
    assert.deepEqual(hands.turn, ["p3"]);
    await hands.leave("p1", "banned");
    assert.deepEqual([hands.result!.result, hands.result!.winners], ["finished", []]);
  });
});

Deno.test("Moderator over HTTP: a discussion by texts, one who talks over the others", async () => {
  await using server = await testServer();
  const { players, created } = await roomOf(server.url, {
    slots: ["bot:chair", "invite:a", "invite:b", "invite:c"],
    bots: [{ code_ref: PRESET, params: { rounds: 1, topics: ["Tea or coffee?"] } }],
  }, 3);
  assert.equal(created.bot_errors, undefined);
  const [ann, bob, eve] = players as [Player, Player, Player];
  const turnOf = (player: Player) => ({ body }: Wire) =>
    body?.type === "bot:turn" && body.player === player.player_id;
  await eve.say("Coffee!");
  await ann.say("Tea, I should think.");
  await bob.readUntil(turnOf(bob));
  await bob.say("Water.");
  await eve.readUntil(turnOf(eve));
  await eve.say("As I said, coffee.");
  await ann.readUntil((message) =>
    turnOf(ann)(message) && message.body.position.phase === "summary"
  );
  await ann.say("No agreement.");
  const read = await eve.readUntil(ofType("bot:end"));
  assert.equal(read.find(ofType("minutes")).body.summary, "No agreement.");
  const { shares } = read.find(ofType("shares")).body;
  assert.deepEqual([shares.p3.turns, shares.p3.out_of_turn], [1, 1]);
});

Deno.test("Moderator refuses wrong parameters with the right ones", async () => {
  await using server = await testServer();
  const wrong: [Wire, RegExp][] = [
    [{ topics: [] }, /topics/],
    [{ order: "any" }, /order.*"round_robin" or "hands"/],
    [{ players: 1 }, /players/],
    [{ topic: "x" }, /topic.*topics/],
  ];
  for (const [params, told] of wrong) {
    const { host, created } = await roomOf(
      server.url,
      { slots: ["bot:r", "invite:a", "invite:b"] },
      0,
    );
    const { channel_id } = created;
    const bot = { code_ref: PRESET, params };
    const { detail } = await refuses(host.call("attach_bot", { channel_id, bot }), "BOT_REJECTED");
    assert.match(detail, told);
  }
});
