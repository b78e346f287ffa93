/** What powers do to a game: in a sealed channel nothing, in an open one nobody wins by them. */
import assert from "node:assert/strict";
import { ofType, Player, Problem, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { bothAccept } from "../verify/second_verifier.ts";

const SLOTS = ["bot:referee", "invite:a", "invite:b", "invite:c"];
const GUESS = { code_ref: "builtin://GuessBot", params: { range: [1, 1_000_000], players: 2 } };

/** A host that plays from s1 against Bob in s2; the game has begun. */
async function duel(url: string, more: Record<string, unknown> = {}) {
  const { host, created } = await roomOf(url, { slots: SLOTS, bots: [GUESS], ...more }, 0);
  await host.join(created.invites[0]);
  const bob = await Player.at(url);
  await bob.join(created.invites[1]);
  await bob.readUntil(ofType("bot:turn"));
  const { channel_id } = host;
  const update = (...ops: unknown[]) => host.call("update_channel", { channel_id, ops });
  return { host, bob, update, channel_id };
}

/** Whatever could put the opponent, the referee or the channel out of the way. */
const POWERS: Record<string, (bob: Player) => Record<string, unknown>> = {
  kick: (bob) => ({ type: "kick", player_id: bob.player_id }),
  ban: (bob) => ({ type: "ban", player_id: bob.player_id }),
  yield_slot: () => ({ type: "yield_slot", slot_id: "s2" }),
  "yield_slot to a bot": () => ({ type: "yield_slot", slot_id: "s2", to: "bot" }),
  remove_bot: () => ({ type: "remove_bot", slot_id: "s0" }),
  set_bot: () => ({ type: "set_bot", slot_id: "s0", bot_def: { code_ref: "builtin://EchoBot" } }),
  mute: (bob) => ({ type: "mute", player_id: bob.player_id }),
  pause_bot: () => ({ type: "pause_bot", slot_id: "s0" }),
  add_slot: () => ({ type: "add_slot", kind: "invite" }),
  close: () => ({ type: "close" }),
};

Deno.test("a host that is losing tries every power in a sealed channel, and loses", async () => {
  await using server = await testServer();
  const { host, bob, update, channel_id } = await duel(server.url, { sealed: true });
  for (const power of Object.values(POWERS)) {
    await refuses(update(power(bob)), "CHANNEL_SEALED");
    await refuses(update({ type: "rename", name: "mine" }, power(bob)), "CHANNEL_SEALED");
  }
  const bot = { code_ref: "builtin://EchoBot", env: { KEY: "a-key-that-nobody-guesses" } };
  await refuses(host.call("attach_bot", { channel_id, bot }), "CHANNEL_SEALED");
  await refuses(
    host.call("leave_channel", { channel_id, rejoin_token: bob.rejoin_token }),
    "NOT_MEMBER",
  );
  await update({ type: "rename", name: "still" }, { type: "resume_bot", slot_id: "s0" });
  await host.call("make_game_move", { channel_id, game: "guess", action: "concede" });
  const end = (await bob.readUntil(ofType("game_end"))).find(ofType("game_end"));
  assert.deepEqual([end.body.winner, end.body.reason], [bob.player_id, "concede"]);
});

Deno.test("in an open channel nobody wins by a power: the game is abandoned", async (t) => {
  await using server = await testServer();
  for (const name of ["kick", "ban", "yield_slot", "yield_slot to a bot"]) {
    await t.step(name, async () => {
      const { host, bob, update } = await duel(server.url);
      await update(POWERS[name]!(bob));
      const read = await host.readUntil(ofType("bot:end"));
      const { winner, reason } = read.find(ofType("game_end")).body;
      assert.deepEqual([winner, reason], [null, "abandoned"]);
      assert.equal(read.find(ofType("concede")), undefined);
      assert.deepEqual(read.find(ofType("abandoned")).body.player, bob.player_id);
      const left = read.find(ofType("member_left")).body;
      assert.deepEqual([left.reason, left.by], [name === "ban" ? "banned" : "removed", "host"]);
      await refuses(bob.say("here?"), "NOT_MEMBER");
    });
  }
  await t.step("a game of three is abandoned, too", async () => {
    const { host, players, created } = await roomOf(server.url, {
      slots: SLOTS,
      bots: [{ ...GUESS, params: { players: 3 } }],
    }, 3);
    await players[0]!.readUntil(ofType("bot:turn"));
    await host.call("update_channel", {
      channel_id: created.channel_id,
      ops: [{ type: "kick", player_id: players[1]!.player_id, reason: " too   slow " }],
    });
    const read = await players[0]!.readUntil(ofType("bot:end"));
    assert.equal(read.find(ofType("game_end")).body.winner, null);
    assert.equal(read.find(ofType("kick_applied")).body.op.reason, "too slow");
  });
  await t.step("who leaves has conceded", async () => {
    const { host, bob, channel_id } = await duel(server.url);
    await bob.call("leave_channel", { channel_id });
    const read = await host.readUntil(ofType("bot:end"));
    assert.equal(read.find(ofType("game_end")).body.winner, host.player_id);
    const { reason, by } = read.find(ofType("member_left")).body;
    assert.deepEqual([reason, by], ["left", bob.player_id]);
  });
  await t.step("a paused game waits, and goes on where it stopped", async () => {
    const { host, bob, update } = await duel(server.url);
    await update({ type: "pause_bot", slot_id: "s0" });
    await refuses(update({ type: "pause_bot", slot_id: "s0" }), "BAD_OP");
    await host.guess(1);
    await update({ type: "resume_bot", slot_id: "s0" });
    const read = await bob.readUntil(ofType("judge"));
    const [resumed, judged] = [ofType("resume_bot_applied"), ofType("judge")].map((fits) =>
      read.findIndex(fits)
    );
    assert.ok(resumed! < judged!);
  });
});

Deno.test("a mute refuses posts and moves, but not while a game needs them", async () => {
  await using server = await testServer();
  const { host, players: [ann, bob], created } = await roomOf(server.url, {
    slots: SLOTS,
    bots: [{ ...GUESS, params: { players: 3 } }],
  }, 2) as { host: Player; players: [Player, Player]; created: Wire };
  const { channel_id } = created;
  const update = (...ops: unknown[]) => host.call("update_channel", { channel_id, ops });
  await update({ type: "set_admin", slot_id: "s1" }, { type: "mute", player_id: bob.player_id });
  await update({ type: "mute", player_id: ann.player_id });
  await refuses(ann.say("an admin"), "MUTED");
  const muted = await refuses(bob.say("hello?"), "MUTED");
  assert.equal(muted.status, 403);
  await refuses(bob.guess(5), "MUTED");
  assert.ok((await bob.readUntil(ofType("mute_applied"))).length > 0, "reading goes on");
  const { view } = await bob.call("get_channel_info", { channel_id });
  assert.deepEqual(view.slots.map((slot: Wire) => slot.muted ?? false), [false, true, true, false]);
  const cat = await Player.at(server.url);
  await cat.join(created.invites[2]);
  await cat.readUntil(ofType("bot:turn"));
  await ann.guess(5);
  await bob.say("I play, so I may speak");
  await cat.call("make_game_move", { channel_id, game: "guess", action: "concede" });
  await ann.call("make_game_move", { channel_id, game: "guess", action: "concede" });
  await cat.readUntil(ofType("bot:end"));
  await refuses(bob.say("won!"), "MUTED");
  await update({ type: "mute", player_id: bob.player_id, muted: false });
  await bob.say("won!");
  await bothAccept(bob);
});

Deno.test("a ban binds a sign-in in all of its seats, and by every way back", async () => {
  await using server = await testServer();
  const { host, players: [ann], created } = await roomOf(server.url, { slots: SLOTS }, 1);
  const { channel_id } = created;
  const update = (...ops: unknown[]) => host.call("update_channel", { channel_id, ops });
  const bob = await Player.at(server.url);
  const { rejoin_token: own, player_id: first } = await bob.join(created.invites[1]);
  await bob.join(created.invites[2]);
  await update({ type: "set_admin", slot_id: "s1" });
  const by = ann!.call("update_channel", { channel_id, ops: [{ type: "ban", player_id: first }] });
  assert.equal((await by).view.slots.filter((s: Wire) => s.filled_by !== null).length, 1);
  const { invites } = await update(
    { type: "new_invite", slot_id: "s2" },
    { type: "new_invite", slot_id: "s3", expires_in_s: 60 },
  );
  await refuses(bob.join(invites[0]), "NOT_MEMBER");
  await refuses(bob.join(own), "REJOIN_TOKEN_INVALID");
  await refuses(bob.join(created.invites[1]), "INVITE_INVALID");
  // Nor by the seat of somebody else.
  await refuses(bob.join(ann!.rejoin_token), "NOT_MEMBER");
  await refuses(update({ type: "unban", player_id: "p1" }), "BAD_OP");
  await update({ type: "unban", player_id: bob.player_id });
  await bob.join(invites[0]);
});

Deno.test("nobody puts out the host or itself, and the last admin is the host", async () => {
  await using server = await testServer();
  const { host, players: [ann, bob], created } = await roomOf(server.url, { slots: SLOTS }, 2);
  const { channel_id } = created;
  const update = (who: Player, op: unknown) =>
    who.call("update_channel", { channel_id, ops: [op] });
  await host.join(created.invites[2]);
  await update(host, { type: "set_admin", slot_id: "s1" });
  const [a, b, h] = [ann!, bob!, host].map(({ player_id }) => player_id);
  for (const type of ["kick", "ban"]) {
    for (const [who, id] of [[host, h], [ann!, a], [ann!, h]] as const) {
      await refuses(update(who, { type, player_id: id }), "BAD_OP");
    }
    await refuses(update(ann!, { type, player_id: "p9" }), "BAD_OP");
  }
  await update(ann!, { type: "mute", player_id: h });
  await refuses(host.say("muted by an admin"), "MUTED");
  await update(host, { type: "ban", player_id: a });
  await refuses(update(ann!, { type: "kick", player_id: b }), "NOT_MEMBER");
  await update(host, { type: "mute", player_id: h, muted: false });
  await host.say("the host stays");
});

Deno.test("uses of powers at the same moment: one order, and no half of one", async () => {
  await using server = await testServer();
  const settled = async (calls: Promise<unknown>[]) =>
    (await Promise.allSettled(calls)).map((each) =>
      each.status === "fulfilled" ? "ok" : (each.reason as Problem).code
    );
  for (let round = 0; round < 5; round++) {
    const { host, bob, update } = await duel(server.url);
    await host.guess(1);
    const kick = { type: "kick", player_id: bob.player_id };
    const [moved, ...kicked] = await settled([bob.guess(2), update(kick), update(kick)]);
    assert.ok(moved === "ok" || moved === "NOT_MEMBER", moved);
    assert.deepEqual(kicked.toSorted(), ["BAD_OP", "ok"]);
    const read = await host.readUntil(ofType("bot:end"));
    const { winner, reason } = read.find(ofType("game_end")).body;
    assert.ok(reason === "abandoned" && winner === null || reason === "correct");

    const { channel_id, invites } = await host.call("create_channel", {
      name: "invites",
      slots: ["invite:a"],
    });
    const revoke = host.call("update_channel", {
      channel_id,
      ops: [{ type: "revoke_invite", slot_id: "s0" }],
    });
    const race = await settled([bob.join(invites[0]), revoke]);
    assert.ok(["ok,BAD_OP", "INVITE_INVALID,ok"].includes(`${race}`), `${race}`);
  }
});

const SLOW = `export default class Slow {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const large = new Uint8Array(1e6);
    for (let i = 0; i < 8; i++) await crypto.subtle.digest("SHA-512", large);
    this.ctx.set_timer("later", 0);
    this.ctx.post("bot", { type: "counted", of: msg.id });
  }
  on_timer() { this.ctx.post("bot", { type: "woke" }); }
}`;

Deno.test("a hook that runs when its bot is paused still counts, and nothing after it", async () => {
  await using server = await testServer();
  const { host, players: [ann], created } = await roomOf(server.url, {
    slots: SLOTS,
    bots: [{ inline_code: SLOW }],
  }, 1);
  const update = (type: string) =>
    host.call("update_channel", {
      channel_id: created.channel_id,
      ops: [{ type, bot_id: "bot_Slow_0" }],
    });
  for (let round = 0; round < 3; round++) {
    await ann!.say("first");
    await update("pause_bot");
    const { msg_id } = await ann!.say("while it is paused");
    await update("resume_bot");
    const read = await ann!.readUntil(ofType("counted", { of: msg_id }));
    const answers = read.filter(ofType("counted"));
    assert.equal(new Set(answers.map(({ body }) => body.of)).size, answers.length, "each once");
  }
  // The verifiers of the server's stop check the order of everything.
  await update("pause_bot");
  await ann!.say("nobody answers");
});
