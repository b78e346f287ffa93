/** The changes that an admin may make, which every member sees. */
import assert from "node:assert/strict";
import { ofType, Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const update = (admin: Player, ...ops: unknown[]) =>
  admin.call("update_channel", { channel_id: admin.channel_id, ops });

Deno.test("update_channel: every operation takes effect and is an entry for all members", async (t) => {
  await using server = await testServer();
  const { host, players: [alice, bob] } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_preset: "EchoBot",
  }, 2);

  await t.step("rename", async () => {
    const { view } = await update(host, { type: "rename", name: "new name" });
    assert.equal(view.name, "new name");
    await alice!.readUntil(ofType("rename_applied"));
  });
  await t.step("set_admin", async () => {
    await refuses(update(alice!, { type: "rename", name: "mine" }), "NOT_ADMIN");
    await update(host, { type: "set_admin", slot_id: "s1" });
    const { view } = await update(alice!, { type: "rename", name: "alice's" });
    assert.deepEqual(view.slots.map(({ admin }: Wire) => admin), [true, true, false]);
  });
  await t.step("set_bot replaces the bot in the slot and reveals the old one's seed", async () => {
    const bot_def = { code_ref: "builtin://GuessBot" };
    const { bots } = await update(host, { type: "set_bot", slot_id: "s0", bot_def });
    assert.deepEqual(bots.map(({ name }: Wire) => name), ["GuessBot"]);
    const read = await alice!.readUntil(ofType("bot:turn"));
    assert.match(read.find(ofType("bot:detach")).body.seed, /^[0-9a-f]{64}$/);
    assert.equal(
      read.find(ofType("game_start")).body.players.length,
      2,
      "the new bot knows the seated players",
    );
  });
  await t.step("remove_bot", async () => {
    const { bots, view } = await update(host, { type: "remove_bot", slot_id: "s0" });
    assert.deepEqual([bots, view.slots[0].filled_by], [[], null]);
    await alice!.readUntil(ofType("remove_bot_applied"));
  });
  await t.step("yield_slot frees a seat and makes a new invite", async () => {
    const { invites, view } = await update(host, { type: "yield_slot", slot_id: "s2" });
    assert.equal(view.slots[2].filled_by, null);
    await refuses(bob!.say("still here?"), "NOT_MEMBER");
    const carol = await Player.at(server.url);
    const joined = await carol.join(invites[0]);
    assert.notEqual(joined.player_id, bob!.player_id, "a new player id");
  });
  await t.step("all or none", async () => {
    const ops = [{ type: "rename", name: "half" }, { type: "set_admin", slot_id: "s9" }];
    await refuses(update(host, ...ops), "BAD_OP");
    const { view } = await host.call("get_channel_info", { channel_id: host.channel_id });
    assert.notEqual(view.name, "half");
  });
  await t.step("an unknown operation", async () => {
    await refuses(update(host, { type: "explode" }), "INVALID_REQUEST");
  });
  await t.step("close ends the channel, but its entries stay readable", async () => {
    await update(host, { type: "close" });
    await refuses(alice!.say("too late"), "CHANNEL_CLOSED");
    await refuses(update(host, { type: "rename", name: "x" }), "CHANNEL_CLOSED");
    await alice!.readUntil(ofType("close_applied"));
  });
});

Deno.test("close reveals the bots' committed seeds", async () => {
  await using server = await testServer();
  const { host, players: [alice], created } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a"],
    bot_preset: "GuessBot",
  }, 1);
  await update(host, { type: "close" });
  const [{ body }] = (await alice!.readUntil(ofType("close_applied"))).slice(-1);
  const [{ bot_id, seed }] = body.op.seeds;
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.fromHex(seed));
  const commit = `sha256:${new Uint8Array(digest).toHex()}`;
  assert.deepEqual([bot_id, commit], [created.bots[0].bot_id, created.bots[0].seed_commit]);
});

Deno.test("a sealed channel refuses every change of the referee, even from its creator", async () => {
  await using server = await testServer();
  const { host, players: [alice] } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a"],
    bot_preset: "GuessBot",
    sealed: true,
  }, 1);
  const bot = { code_ref: "builtin://EchoBot" };
  const touching = [
    () => update(host, { type: "set_bot", slot_id: "s0", bot_def: bot }),
    () => update(host, { type: "remove_bot", slot_id: "s0" }),
    () => update(host, { type: "yield_slot", slot_id: "s0" }),
    () => update(host, { type: "yield_slot", slot_id: "s1", to: "bot" }),
    () => host.call("attach_bot", { channel_id: host.channel_id, bot }),
  ];
  for (const touch of touching) await refuses(touch(), "CHANNEL_SEALED");
  await update(host, { type: "rename", name: "still renamable" });
  assert.equal((await alice!.call("who", { channel_id: alice!.channel_id })).bots.length, 1);
});

Deno.test("create_channel refuses invalid input and names the field", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const host = await Player.at(server.url);
  const table: [string, Record<string, unknown>, RegExp][] = [
    ["no name", { slots: ["invite:a"] }, /name/],
    ["no slots", { name: "x", slots: [] }, /slots/],
    ["a slot of another kind", { name: "x", slots: ["chair:a"] }, /slots\[0\]/],
    ["too many slots", { name: "x", slots: Array(33).fill("invite:a") }, /slots/],
    ["a long name", { name: "x".repeat(121), slots: ["invite:a"] }, /name/],
    ["a bad bot name", { name: "x", slots: ["bot:b"], bots: [{ name: "a b" }] }, /bots\.0\.name/],
  ];
  for (const [name, input, expected] of table) {
    await t.step(name, async () => {
      const { detail } = await refuses(host.call("create_channel", input), "INVALID_REQUEST");
      assert.match(detail, expected);
    });
  }
  await t.step("an unknown bot: no channel is created without its referee", async () => {
    const slots = ["bot:b", "invite:a"];
    const input = { name: "no referee", slots, bot_preset: "NoBot" };
    await refuses(host.call("create_channel", input), "BOT_NOT_FOUND");
    const { channels } = await host.call("list_channels", { query: "no referee" });
    assert.deepEqual(channels, []);
  });
});

Deno.test("a bot attached in the change that removes a member sees the member and the departure", async () => {
  await using server = await testServer();
  const { host, players: [alice, bob] } = await roomOf(server.url, {
    slots: ["invite:alice", "invite:bob", "bot:referee"],
  }, 2);
  const { channel_id } = host;
  const inline_code = `export default class Counts {
    constructor(ctx) { this.ctx = ctx; }
    on_init() { this.#tell("init"); }
    on_leave() { this.#tell("left"); }
    #tell(at) { this.ctx.post("bot", { at, players: this.ctx.players().map((p) => p.player_id) }); }
  }`;
  await host.call("update_channel", {
    channel_id,
    ops: [{ type: "set_bot", slot_id: "s2", bot_def: { inline_code } }, {
      type: "yield_slot",
      slot_id: "s1",
      to: "invite",
    }],
  });
  const read = await alice!.readUntil(({ body }) => body.at === "left");
  const seen = (at: string) => read.find(({ body }) => body.at === at)!.body.players;
  assert.deepEqual(seen("init"), [alice!.player_id, bob!.player_id]);
  assert.deepEqual(seen("left"), [alice!.player_id]);
});
