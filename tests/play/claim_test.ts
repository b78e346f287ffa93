/** A player who waits may claim a game whose next move does not come; not before its time. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { claimOnceHeard, movableClock, signedInAgain } from "../support/claiming.ts";
import { ofType, type Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { bothAccept } from "../verify/second_verifier.ts";

const SLOTS = ["bot:referee", "invite:ann", "invite:bob"];
const { claimMs, claimTurnTimes } = CHANNEL_LIMITS;

Deno.test("a silent opponent loses the game, but not before the time", async () => {
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
