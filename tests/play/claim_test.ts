/** A player who waits may claim a game whose next move does not come; not before its time. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { claimOnceHeard, movableClock, signedInAgain } from "../support/claiming.ts";
import { ofType, Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { bothAccept } from "../verify/second_verifier.ts";

const SLOTS = ["bot:referee", "invite:ann", "invite:bob"];
const { claimMs, claimTurnTimes } = CHANNEL_LIMITS;

const update = (player: Player, op: Wire) =>
  player.call("update_channel", { channel_id: player.channel_id, ops: [op] });

const move = (player: Player, game: string, action: string, value?: unknown) =>
  player.call("make_game_move", { channel_id: player.channel_id, game, action, value });

const claimGame = (player: Player) => update(player, { type: "claim" });

/** The first message of a type after what the player has read. */
async function firstOf(player: Player, type: string): Promise<Wire> {
  return (await player.readUntil(ofType(type))).find(ofType(type));
}

Deno.test("a silent opponent loses the game, but not before the time", async (t) => {
  const { clock, clocks } = movableClock();
  await using server = await testServer({}, clocks);
  const wanted = { slots: SLOTS, bot_preset: "GuessBot", sealed: true };
  const { players: [ann, bob] } = await roomOf(server.url, wanted, 2) as Wire;
  await bob.readUntil(ofType("bot:turn", { player: "p1" }));
  await refuses(claimOnceHeard(ann), "BAD_OP"); // its own turn
  const early = await refuses(claimOnceHeard(bob), "BAD_OP");
  assert.match(early.detail, /you may claim the game from \d{4}-.*Z on/);
  clock.ms += claimMs / 2;
  const ann2 = await signedInAgain(server.url, ann);
  await ann2.say("hm");
  clock.ms += claimMs - 1;
  const bob2 = await signedInAgain(server.url, bob);
  await refuses(claimOnceHeard(bob2), "BAD_OP");
  const { next } = await bob2.call("wait_for_turn", { channel_id: bob2.channel_id, timeout_ms: 0 });
  assert.match(next, /If they stay silent, you may claim the game from .*, by update_channel/);
  clock.ms += 1;
  await claimOnceHeard(bob2);
  const read = await bob2.readUntil(ofType("bot:end"));
  const { result, winners } = read.find(ofType("bot:end")).body.result;
  assert.deepEqual([result, winners], ["claimed", ["p2"]]);
  await bothAccept(bob2);

  await t.step("a board game is claimed, then played again with the seats swapped", async () => {
    const room = { slots: SLOTS, bot_preset: "TicTacToe", sealed: true };
    const { players: [cleo, dan] } = await roomOf(server.url, room, 2) as Wire;
    await cleo.readUntil(ofType("bot:turn", { player: "p1" }));
    const place = (player: Player, value: number) => move(player, "tictactoe", "place", value);
    await place(cleo, 5);
    await cleo.readUntil(ofType("bot:turn", { player: "p2" }));
    clock.ms += claimMs - 1;
    const cleo2 = await signedInAgain(server.url, cleo);
    await refuses(claimOnceHeard(cleo2), "BAD_OP");
    clock.ms += 1;
    await claimOnceHeard(cleo2);
    const { body: { result: claimed } } = await firstOf(cleo2, "bot:end");
    assert.deepEqual([claimed.result, claimed.winners], ["claimed", ["p1"]]);
    const dan2 = await signedInAgain(server.url, dan);
    for (const player of [cleo2, dan2]) await update(player, { type: "rematch" });
    const moves: [Player, number][] = [[dan2, 1], [cleo2, 4], [dan2, 2], [cleo2, 5], [dan2, 3]];
    for (const [player, value] of moves) {
      const { player_id } = player;
      await cleo2.readUntil(ofType("bot:turn", { player: player_id }));
      await place(player, value);
    }
    const { body: { result: won } } = await firstOf(cleo2, "bot:end");
    assert.deepEqual([won.result, won.winners], ["won", ["p2"]]);
    const entries = await bothAccept(cleo2);
    const [first, second] = entries.filter(ofType("bot:attach")).map(({ body }) => body);
    assert.deepEqual([second.rematch_of, second.seats], [first.bot_id, ["p2", "p1"]]);
    const seeds = entries.filter(ofType("bot:end")).map(({ body }) => body.seed);
    assert.equal(new Set([first.seed_commit, second.seed_commit, ...seeds]).size, 4);
  });

  await t.step("a case and an exchange with which nobody goes on are claimed", async () => {
    const room = (bot_preset: string, bot_params = {}) =>
      roomOf(server.url, { slots: SLOTS, bot_preset, bot_params, sealed: true }, 2) as Wire;
    const clauses = [{ id: "1", text: "Bob says it.", check: { evidence: "it", from: "p2" } }];
    const { players: [ada, bo] } = await room("ContractJudge", { clauses });
    const { body: { terms_hash } } = (await ada.readUntil(ofType("roles"))).find(ofType("terms"));
    for (const party of [ada, bo]) await move(party, "contract", "accept", terms_hash);
    await ada.readUntil(ofType("agreement"));
    const { players: [eve] } = await room("MemoryExchange");
    await move(eve, "exchange", "agree");
    await eve.readUntil(ofType("agreed"));
    clock.ms += claimMs;
    const ends: [Player, (result: Wire) => void][] = [
      [ada, ({ verdict: { by, outcome } }) => {
        assert.deepEqual([by, outcome], ["claim", "left by p2"]);
      }],
      [eve, (result) => assert.deepEqual(result, { released: false, claimed: ["p2"] })],
    ];
    for (const [player, check] of ends) {
      const waiting = await signedInAgain(server.url, player);
      await claimOnceHeard(waiting);
      check((await firstOf(waiting, "bot:end")).body.result);
      await bothAccept(waiting);
    }
  });
});

Deno.test("nobody claims the time that the game's clock leaves an opponent", async (t) => {
  const { clock, clocks } = movableClock();
  await using server = await testServer({}, clocks);
  const move_s = 3 * 86_400;
  for (const [preset, params] of [["GuessBot", {}], ["RockPaperScissors", {}]] as const) {
    await t.step(preset, async () => {
      const begun = clock.ms;
      const wanted = { slots: SLOTS, bot_preset: preset, sealed: true };
      const bot_params = { ...params, clock: { move_s } };
      const { players: [ann, bob] } = await roomOf(
        server.url,
        { ...wanted, bot_params },
        2,
      ) as Wire;
      await bob.readUntil(ofType("bot:turn"));
      if (preset === "RockPaperScissors") {
        await move(bob, "rps", "throw", "rock");
        await bob.readUntil(ofType("bot:turn", { player: "p1" }));
      }
      clock.ms += claimMs;
      const bob2 = await signedInAgain(server.url, bob);
      const early = await refuses(claimOnceHeard(bob2), "BAD_OP");
      assert.match(early.detail, /you may claim the game from/);
      clock.ms = begun + move_s * 1_000 - 1;
      await refuses(claimOnceHeard(await signedInAgain(server.url, bob)), "BAD_OP");
      const ann2 = await signedInAgain(server.url, ann);
      if (preset === "GuessBot") await ann2.guess(1);
      else await move(ann2, "rps", "throw", "paper");
      ann2.cursor = ann.cursor;
      await ann2.readUntil(ofType("judge"));
      await bothAccept(ann2);
    });
  }
});

Deno.test("nobody claims the time for which an admin had paused the referee", async (t) => {
  const { clock, clocks } = movableClock();
  await using server = await testServer({}, clocks);
  const move_s = 3_600;
  for (const bot_preset of ["TicTacToe", "GuessBot"]) {
    await t.step(bot_preset, async () => {
      const wanted = { slots: SLOTS, bot_preset, bot_params: { clock: { move_s } } };
      const room: Wire = await roomOf(server.url, wanted, 2);
      const { host, created: { host_token }, players: [ann, bob] } = room;
      const { channel_id } = ann;
      await bob.readUntil(ofType("bot:turn", { player: "p1" }));
      const slot_id = "s0";
      const ops = (type: string) => ({ channel_id, ops: [{ type, slot_id }] });
      await host.call("update_channel", ops("pause_bot"));
      clock.ms += 2 * claimMs;
      const bob2 = await signedInAgain(server.url, bob);
      await assert.rejects(claimGame(bob2), /has yet to answer/);
      const host2 = await Player.at(server.url);
      await host2.call("update_channel", { ...ops("resume_bot"), rejoin_token: host_token });
      const { body } = await firstOf(bob2, "bot:turn");
      const left = Date.parse(body.deadline) - clock.ms;
      assert.ok(left > move_s * 1_000 - 60_000 && left <= move_s * 1_000, `${left} ms are left`);
      const early = await refuses(claimOnceHeard(bob2), "BAD_OP");
      const from = new Date(clock.ms + claimMs).toISOString();
      assert.match(early.detail, new RegExp(`claim the game from ${from} on`));
      const ann2 = await signedInAgain(server.url, ann);
      ann2.cursor = bob2.cursor;
      if (bot_preset === "GuessBot") await ann2.guess(1);
      else await move(ann2, "tictactoe", "place", 5);
      await ann2.readUntil(ofType("bot:turn", { player: "p2" }));
      await bothAccept(bob2);
    });
  }
});

Deno.test("who only talks can't keep a turn for ever, and a table of blackjack goes on", async () => {
  const { clock, clocks } = movableClock();
  await using server = await testServer({}, clocks);
  const wanted = { slots: SLOTS, bot_preset: "BlackjackBot" };
  const { players: [ann, bob] } = await roomOf(server.url, wanted, 2) as Wire;
  await ann.readUntil(ofType("player_joined", { player: "p2" }));
  await ann.say("bet 5");
  await ann.readUntil(ofType("bet", { player: "p1" }));
  let talker: Player = bob;
  for (let day = 0; day < claimTurnTimes; day++) {
    talker = await signedInAgain(server.url, talker);
    await talker.say("wait");
    clock.ms += claimMs - 60_000;
  }
  clock.ms += claimTurnTimes * 60_000;
  const ann2 = await signedInAgain(server.url, ann);
  await claimOnceHeard(ann2);
  await ann2.readUntil(ofType("end_asked", { player: "p2" }));
  // Nobody else need bet now, and a player who has may begin.
  await ann2.say("deal");
});
