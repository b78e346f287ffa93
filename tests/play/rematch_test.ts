/** Another game in the same channel: its players ask for it, and nobody else has a say. */
import assert from "node:assert/strict";
import { ofType, Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore, testServer } from "../support/server.ts";
import { bothAccept } from "../verify/second_verifier.ts";

const SLOTS = ["bot:referee", "invite:ann", "invite:bob"];
const GUESS = { slots: SLOTS, bot_preset: "GuessBot", sealed: true };

const update = (player: Player, ...ops: Wire[]) =>
  player.call("update_channel", { channel_id: player.channel_id, ops });
const ask = (player: Player, more: Wire = {}) => update(player, { type: "rematch", ...more });
const all = async (player: Player): Promise<Wire[]> =>
  (await player.call("sync_messages", {
    channel_id: player.channel_id,
    cursor: 0,
    limit: 500,
    proof: true,
  })).messages;
const nextFor = async (player: Player): Promise<string> =>
  (await player.call("get_channel_info", { channel_id: player.channel_id })).next;

/** The game ends, because a player gives up. */
async function concede(loser: Player, reader: Player): Promise<void> {
  await loser.call("make_game_move", {
    channel_id: loser.channel_id,
    game: "guess",
    action: "concede",
  });
  await reader.readUntil(ofType("bot:end"));
}

Deno.test("in a sealed channel, players alone begin game after game, with seats swapped", async () => {
  await using server = await testServer();
  const { host, players: [ann, bob] } = await roomOf(server.url, GUESS, 2) as Wire;
  await ann.readUntil(ofType("bot:turn"));
  await refuses(ask(ann), "BAD_OP"); // no game has ended
  await concede(ann, bob);
  assert.match(await nextFor(bob), /For a rematch here, call update_channel with ops/);

  const asked = await ask(ann);
  assert.match(asked.next, /You asked for a rematch/);
  assert.deepEqual(asked.bots[0].rematch_asked, ["p1"]);
  const { length } = await all(ann);
  await ask(ann); // once is enough
  assert.equal((await all(ann)).length, length);
  assert.match(await nextFor(ann), /begins when p2 asks, too/);
  assert.match(await nextFor(bob), /p1 asked for a rematch: to play it, call/);
  const told = await bob.call("wait_for_turn", { channel_id: bob.channel_id, wait_ms: 0 });
  assert.deepEqual([told.why, /p1 asked for a rematch/.test(told.next)], ["over", true]);
  const eve = await Player.at(server.url);
  eve.channel_id = ann.channel_id;
  await refuses(ask(eve), "CHANNEL_NOT_FOUND");
  await refuses(ask(host), "NOT_MEMBER");
  await refuses(ask(bob, { bot_id: "bot_GuessBot_7" }), "BAD_OP");

  // Whoever has asked waits for the others, not for a word about the game that is over.
  const waiting = ann.call("wait_for_turn", { channel_id: ann.channel_id, wait_ms: 45_000 });
  assert.match((await ask(bob)).next, /The next game has begun/);
  await waiting;
  await bob.readUntil(ofType("bot:turn", { player: "p2" }));
  const log = await all(ann);
  const [first, second] = log.filter(ofType("bot:attach")).map(({ body }) => body);
  assert.deepEqual(
    [second.bot_id, second.rematch_of, second.seats],
    ["bot_GuessBot_1", "bot_GuessBot_0", ["p2", "p1"]],
  );
  assert.equal(second.code_hash, first.code_hash);
  assert.notEqual(second.seed_commit, first.seed_commit);
  assert.deepEqual(log.findLast(ofType("game_start")).body.players, ["p2", "p1"]);
  const [before, after] = log.filter(ofType("bot:commit")).map(({ body }) => body.commit);
  assert.notEqual(before, after);
  // The next game goes on: its host can't end it either.
  await refuses(update(host, { type: "close" }), "CHANNEL_SEALED");

  for (let game = 2; game < 12; game++) {
    const [mover, other] = game % 2 === 0 ? [bob, ann] : [ann, bob];
    await concede(mover, other);
    await ask(mover);
    const { view } = await ask(other);
    assert.equal(view.slots[0].filled_by, `bot:bot_GuessBot_${game}`);
    const first = game % 2 === 0 ? "p1" : "p2";
    await mover.readUntil(ofType("bot:turn", { player: first }));
  }
  const { bots } = await ann.call("get_channel_info", { channel_id: ann.channel_id });
  assert.equal(bots.length, 1, "ended bots leave their slot");
  await bothAccept(ann);
});

Deno.test("who has left is not asked, and who came later plays, but has not to ask", async () => {
  await using server = await testServer();
  const { host, players: [ann, bob] } = await roomOf(server.url, GUESS, 2) as Wire;
  await ann.readUntil(ofType("bot:turn"));
  await bob.call("leave_channel", { channel_id: bob.channel_id });
  await ann.readUntil(ofType("bot:end"));
  const { invites } = await update(host, { type: "yield_slot", slot_id: "s2", to: "invite" });
  const cleo = await Player.at(server.url);
  await cleo.join(invites[0]);
  await refuses(ask(cleo), "BAD_OP");
  assert.match((await ask(ann)).next, /has begun/);
  await cleo.readUntil(ofType("bot:turn"));
  const start = (await all(ann)).findLast(ofType("game_start"));
  assert.deepEqual(start.body.players, ["p1", "p3"]);
  await bothAccept(ann);
});

Deno.test("a request ends with the seat, or when another sign-in takes it", async () => {
  await using server = await testServer();
  const slots = [...SLOTS, "invite:cleo"];
  const wanted = { ...GUESS, slots, bot_params: { players: 3 } };
  const { players: [ann, bob, cleo] } = await roomOf(server.url, wanted, 3) as Wire;
  await ann.readUntil(ofType("bot:turn"));
  for (const loser of [bob, cleo]) {
    await loser.call("make_game_move", {
      channel_id: loser.channel_id,
      game: "guess",
      action: "concede",
    });
  }
  await ann.readUntil(ofType("bot:end"));
  await ask(ann);
  await ask(bob);
  const dan = await Player.at(server.url);
  await dan.join(bob.rejoin_token);
  assert.match((await ask(ann)).next, /You asked/);
  await ask(dan);
  await cleo.call("leave_channel", { channel_id: cleo.channel_id });
  assert.match(await nextFor(ann), /Everyone left has asked for a rematch: call .* once more/);
  assert.match((await ask(ann)).next, /has begun/);
  const attached = (await all(ann)).findLast(ofType("bot:attach")).body;
  assert.deepEqual(attached.seats, ["p2", "p1"]);
  await bothAccept(ann);
});

Deno.test("a table of blackjack is dealt again, with the same parameters", async () => {
  await using server = await testServer();
  const wanted = { slots: SLOTS, bot_preset: "BlackjackBot", bot_params: { chips: 7, rounds: 1 } };
  const { players: [ann, bob] } = await roomOf(server.url, { ...wanted, sealed: true }, 2) as Wire;
  await ann.readUntil(ofType("rules"));
  await ann.say("end");
  await bob.say("end");
  await ann.readUntil(ofType("bot:end"));
  await ask(bob);
  await ask(ann);
  const excerpts = (await all(ann)).filter(ofType("bot:manifest"));
  assert.equal(excerpts.length, 2);
  const [first, second] = excerpts.map(({ body }) => body.manifest_excerpt);
  assert.deepEqual(first, second);
  assert.equal(second.params.chips, 7);
  const isDealt = ({ sender, body }: Wire) =>
    sender === "bot:bot_BlackjackBot_1" && body.type === "rules";
  const { players } = (await bob.readUntil(isDealt)).find(isDealt).body;
  assert.deepEqual(players.map(({ player }: Wire) => player), ["p2", "p1"]);
  await bothAccept(bob);
});

Deno.test("a request survives kill -9", async () => {
  await using file = dataFile();
  const settings = { KV_URL: file.path, RATE_LIMITS: "off" };
  const before = await startProcess(settings);
  const { players: [ann, bob] } = await roomOf(before.url, GUESS, 2) as Wire;
  await ann.readUntil(ofType("bot:turn"));
  await concede(bob, ann);
  await ask(bob);
  const hosts = await before.children();
  await before.kill("SIGKILL");
  await gone(hosts);
  const after = await startProcess(settings);
  for (const player of [ann, bob]) player.moveTo(after.url);
  assert.match((await ask(ann)).next, /has begun/);
  await ann.readUntil(ofType("bot:turn", { player: "p2" }));
  const left = await after.children();
  await after.kill("SIGTERM");
  await gone(left);
  await checkStore(file.path);
});
