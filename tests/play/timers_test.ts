/** Timers of bots over HTTP: they survive a restart, and stop in an abandoned channel. */
import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { ofType, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const CLOCK = `export default class Clock {
  constructor(ctx, params) { this.ctx = ctx; this.params = params; }
  on_init() { if (this.params.at_once) this.ctx.set_timer("bell", this.params.ms); }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const { set, clear, ms } = msg.body;
    if (set) this.ctx.set_timer(set, ms);
    if (clear) this.ctx.clear_timer(clear);
    this.ctx.post("bot", { heard: msg.id });
  }
  on_timer(name) {
    const rings = (this.ctx.get_state() ?? 0) + 1;
    this.ctx.set_state(rings);
    this.ctx.post("bot", { rang: name, rings, at: Date.now() });
    if (this.params.again) this.ctx.set_timer(name, this.params.ms);
  }
}`;

const withClock = (params: Record<string, unknown> = {}) => ({
  slots: ["bot:clock", "invite:a"],
  bots: [{ inline_code: CLOCK, params }],
});

const rang = ({ body }: Wire) => body?.rang !== undefined;

Deno.test("a timer becomes an entry when it is due, and its hook runs at that entry's time", async () => {
  await using server = await testServer();
  const { players: [alice] } = await roomOf(server.url, withClock(), 1);
  const { msg_id } = await alice!.say({ set: "bell", ms: 30 });
  const read = await alice!.readUntil(rang);
  const timer = read.find(ofType("bot:timer"))!;
  assert.equal(timer.body.name, "bell");
  assert.equal(timer.sender, "system");
  assert.equal(timer.cause, msg_id, "the entry whose hook set the timer");
  const set = read.find(({ id }) => id === msg_id)!;
  assert.equal(Date.parse(timer.body.due), Date.parse(set.ts) + 30);
  assert.ok(timer.ts >= timer.body.due);
  const ring = read.find(rang)!;
  assert.equal(ring.body.at, Date.parse(timer.ts));
  assert.equal(ring.cause, timer.id);
});

Deno.test("a timer that is set again has its new time, and a cleared timer never fires", async () => {
  await using server = await testServer();
  const { players: [alice] } = await roomOf(server.url, withClock(), 1);
  await alice!.say({ set: "gone", ms: 0 + 60_000 });
  await alice!.say({ clear: "gone" });
  await alice!.say({ set: "bell", ms: 60_000 });
  await alice!.say({ set: "bell", ms: 1 });
  const read = await alice!.readUntil(rang);
  assert.deepEqual(read.filter(ofType("bot:timer")).map(({ body }) => body.name), ["bell"]);
});

Deno.test("timers survive a restart, and overdue timers fire at once", async () => {
  await using server = await testServer();
  const { players: [alice] } = await roomOf(server.url, withClock(), 1);
  await alice!.say({ set: "bell", ms: 250 });
  await alice!.readUntil(({ body }) => body?.heard !== undefined);
  await server.restart();
  alice!.moveTo(server.url);
  // On a slow machine the timer has fired before the stop, and alice has read its entry.
  alice!.cursor = 0;
  const read = await alice!.readUntil(rang);
  assert.equal(read.filter(ofType("bot:timer")).length, 1);
});

Deno.test("timers stop in an abandoned channel: they count against the bots' budget until a member posts", async () => {
  await using server = await testServer();
  const clock = withClock({ again: true, ms: 0 });
  const { players: [alice] } = await roomOf(server.url, clock, 1);
  await alice!.say({ set: "bell", ms: 0 });
  const read = await alice!.readUntil(ofType("bot:budget_spent"));
  const rings = read.filter(rang).length;
  // Each ring is two entries: the timer and the bot's post.
  assert.ok(Math.abs(rings - BOT_LIMITS.chainedEntries / 2) <= 1, `${rings} rings`);
  await alice!.say("still here");
  const after = await alice!.readUntil(ofType("bot:budget_spent"));
  assert.ok(after.filter(rang).length >= rings - 1, "the waiting timer fires");
  const all = [...read, ...after];
  assert.equal(all.filter(ofType("bot:timer")).length, all.filter(rang).length);
});

Deno.test("a removed bot's timers never fire", async () => {
  await using server = await testServer();
  const room = await roomOf(server.url, withClock(), 1);
  const { host, players: [alice], created } = room;
  await alice!.say({ set: "bell", ms: 300 });
  await alice!.readUntil(({ body }) => body?.heard !== undefined);
  const [{ bot_id }] = created.bots;
  const { channel_id } = created;
  await host.call("update_channel", { channel_id, ops: [{ type: "remove_bot", bot_id }] });
  await alice!.readUntil(ofType("remove_bot_applied"));
  const next = { slots: ["bot:clock", "invite:a"], bots: [{ inline_code: CLOCK }] };
  const other = await roomOf(server.url, next, 1);
  await other.players[0]!.say({ set: "bell", ms: 300 });
  await other.players[0]!.readUntil(rang); // set later, so the first timer would have fired before
  const rest = await alice!.call("sync_messages", {
    channel_id,
    cursor: alice!.cursor,
    timeout_ms: 0,
  });
  assert.deepEqual(rest.messages, []);
});
