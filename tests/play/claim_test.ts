/** A player who waits may claim a game whose next move does not come; not before its time. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { ChannelExport, type ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { ofType, Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { SERVER_KEY } from "../verify/genuine.ts";
import { Liar } from "../verify/liar.ts";
import { secondVerdicts } from "../verify/second_verifier.ts";

const SLOTS = ["bot:referee", "invite:ann", "invite:bob"];
const { claimMs, claimTurnTimes } = CHANNEL_LIMITS;

const claim = (player: Player) =>
  player.call("update_channel", { channel_id: player.channel_id, ops: [{ type: "claim" }] });

/** Claims the game as soon as the bot has heard what was said before. */
async function claimOnceHeard(player: Player): Promise<Wire> {
  for (let tries = 0; tries < 500; tries++) {
    try {
      return await claim(player);
    } catch (error) {
      if (!/has yet to answer/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error("the bot has not heard the messages");
}

/** The same player under a new sign-in: access tokens end sooner than a turn. */
async function again(url: string, player: Player): Promise<Player> {
  const next = await Player.at(url);
  await next.join(player.rejoin_token);
  next.cursor = player.cursor;
  return next;
}

function movableClock() {
  const clock = { ms: Date.now() };
  return { clock, clocks: { now: () => new Date(clock.ms), nowMs: () => performance.now() } };
}

/** By name, the change; it returns the entry that the verifiers must refuse. */
const LIES: Record<string, (liar: Liar) => ExportedEntry> = {
  "a claim before its time": (liar) => {
    const entry = liar.typed("claim_applied");
    for (const later of liar.file.entries.slice(entry.id - 1)) {
      later.ts = new Date(Date.parse(later.ts) - 1).toISOString();
    }
    return entry;
  },
  "a claim of the player who has the turn": (liar) => {
    const entry = liar.typed("claim_applied");
    (entry.body as Wire).op.player_id = "p1";
    return entry;
  },
  "a claim of a message that gives no turn": (liar) => {
    const entry = liar.typed("claim_applied");
    (entry.body as Wire).op.turn_id = 1;
    return entry;
  },
  "a claim where entry 1 states no time": (liar) => {
    delete liar.file.entries[0]!.body!.claim_ms;
    return liar.typed("claim_applied");
  },
};

Deno.test("a silent opponent loses the game, and both verifiers hold the server to the time", async (t) => {
  const { clock, clocks } = movableClock();
  await using server = await testServer({ signingKey: SERVER_KEY }, clocks);
  const wanted = { slots: SLOTS, bot_preset: "GuessBot", sealed: true };
  const { players: [ann, bob] } = await roomOf(server.url, wanted, 2) as Wire;
  await bob.readUntil(ofType("bot:turn", { player: "p1" }));
  await refuses(claimOnceHeard(ann), "BAD_OP"); // its own turn
  const early = await refuses(claimOnceHeard(bob), "BAD_OP");
  assert.match(early.detail, /you may claim the game from \d{4}-.*Z on/);
  clock.ms += claimMs / 2;
  const ann2 = await again(server.url, ann);
  await ann2.say("hm");
  clock.ms += claimMs - 1;
  const bob2 = await again(server.url, bob);
  await refuses(claimOnceHeard(bob2), "BAD_OP");
  const { next } = await bob2.call("wait_for_turn", { channel_id: bob2.channel_id, timeout_ms: 0 });
  assert.match(next, /If they stay silent, you may claim the game from .*, by update_channel/);
  clock.ms += 1;
  await claimOnceHeard(bob2);
  const read = await bob2.readUntil(ofType("bot:end"));
  const { result, winners } = read.find(ofType("bot:end")).body.result;
  assert.deepEqual([result, winners], ["claimed", ["p2"]]);
  const genuine = ChannelExport.parse(JSON.parse(await exportOf(bob2)));
  const report = await verifyExport(genuine);
  assert.ok(report.ok, reportText(report));
  assert.deepEqual(await secondVerdicts([{ file: genuine, receipts: [] }]), [{}]);
  for (const [name, change] of Object.entries(LIES)) {
    await t.step(name, async () => {
      const liar = new Liar(genuine);
      const { id } = change(liar);
      liar.mend(SERVER_KEY);
      const { checks } = await verifyExport(liar.file);
      const wrong: Wire = checks.find(({ verdict }) => verdict === "failed");
      assert.deepEqual([wrong?.check, wrong?.id], ["speakers", id], wrong?.text);
      const [second] = await secondVerdicts([{ file: liar.file, receipts: [] }]);
      assert.deepEqual([second!.check, second!.id], ["speakers", id], "the second verifier");
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
    talker = await again(server.url, talker);
    await talker.say("wait");
    clock.ms += claimMs - 60_000;
  }
  clock.ms += claimTurnTimes * 60_000;
  const ann2 = await again(server.url, ann);
  await claimOnceHeard(ann2);
  await ann2.readUntil(ofType("end_asked", { player: "p2" }));
  // Nobody else need bet now, and a player who has may begin.
  await ann2.say("deal");
});
