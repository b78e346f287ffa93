/** Fairness: a principal with many channels and busy bots slows down others only a little. Bots
 *  take turns by the creators of their channels, their time has a budget, answers report a spent
 *  budget, and the backlog of a channel's bots is bounded. */
import assert from "node:assert/strict";
import { SHARED_WORK } from "../../src/domain/limits/work.ts";
import { ofType, Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { dataFile, startProcess } from "../support/process.ts";
import { testServer } from "../support/server.ts";

const HOUR = 3_600_000;

const ECHO = `export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) { if (msg.kind === "user") this.ctx.post("bot", { type: "echo", of: msg.id }); }
}`;
/** Takes many times as long as the echo bot. */
const BUSY = `export default class Busy {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    for (let i = 0; i < 1e6; i++) ;
    this.ctx.post("bot", { type: "echo", of: msg.id });
  }
}`;

/** A player in a channel of their own with a bot. */
async function own(host: Player, url: string, bot_code: string, more = {}): Promise<Player> {
  const { invites } = await host.call("create_channel", {
    name: "own",
    slots: ["bot:referee", "invite:a"],
    bot_code,
    ...more,
  });
  const player = new Player(url, host.token);
  await player.join(invites[0]);
  return player;
}

/** The number of messages that the bot of a player's channel has answered. */
async function answered(player: Player): Promise<number> {
  const { messages } = await player.call("sync_messages", {
    channel_id: player.channel_id,
    cursor: 0,
    timeout_ms: 0,
    limit: 500,
  });
  return messages.filter(ofType("echo")).length;
}

async function answeredIn(players: Player[]): Promise<number> {
  const counts = await Promise.all(players.map(answered));
  return counts.reduce((sum, count) => sum + count, 0);
}

const POSTS = 3;

/** Posts to the bots of many channels at once, and meanwhile to a neighbour's. Returns how many
 *  answers the many bots had given once the neighbour had all of its answers. */
async function meanwhile(flooders: Player[], neighbour: Player): Promise<number> {
  await Promise.all(flooders.map(async (flooder) => {
    for (let i = 0; i < POSTS; i++) await flooder.say(`${i}`);
  }));
  for (let i = 0; i < 3; i++) {
    const { msg_id } = await neighbour.say("and mine?");
    await neighbour.readUntil(ofType("echo", { of: msg_id }));
  }
  return await answeredIn(flooders);
}

Deno.test("a guest with 30 channels of busy bots does not hold up a neighbour's bot", async () => {
  await using file = dataFile();
  const env = { KV_URL: file.path, SANDBOX_HOSTS: "2" };
  const server = await startProcess(env);
  try {
    const [guest, neighbour] = [await Player.at(server.url), await Player.at(server.url)];
    const mine = await own(neighbour, server.url, ECHO);
    const flooders: Player[] = [];
    for (let i = 0; i < 30; i++) flooders.push(await own(guest, server.url, BUSY));
    const count = await meanwhile(flooders, mine);
    assert.ok(count < flooders.length * POSTS / 2, `${count} were answered before the neighbour's`);
  } finally {
    await server.kill("SIGTERM");
  }
});

Deno.test("a guest's backlog from before a restart does not hold up a neighbour's bot", async () => {
  const spent = { hook_ms: { quota: 1, windowMs: HOUR } };
  await using server = await testServer({ rateLimits: true, testRates: spent, sandboxHosts: 2 });
  const [guest, neighbour] = [await Player.at(server.url), await Player.at(server.url)];
  const everybody = [await own(neighbour, server.url, ECHO)];
  for (let i = 0; i < 8; i++) everybody.push(await own(guest, server.url, BUSY));
  for (const player of everybody) {
    for (let i = 0; i < POSTS; i++) await player.say(`${i}`);
  }
  assert.equal(await answeredIn(everybody), 0);
  await server.restart({ rateLimits: false });
  for (const player of everybody) player.moveTo(server.url);
  const [mine, ...flooders] = everybody as [Player, ...Player[]];
  while (await answered(mine) < POSTS) await mine.readUntil(() => true);
  const count = await answeredIn(flooders);
  assert.ok(count < flooders.length * POSTS / 2, `${count} were answered before the neighbour's`);
  // The hooks run later, but all of them run: the budget does not decide which.
  for (const flooder of flooders) {
    while (await answered(flooder) < POSTS) await flooder.readUntil(() => true);
  }
});

Deno.test("bots wait while their principal's time is spent, answers say so, and the bots go on", async () => {
  const rates = { hook_ms: { quota: 10, windowMs: 200 } };
  await using server = await testServer({ rateLimits: true, testRates: rates });
  const guest = await Player.at(server.url);
  const player = await own(guest, server.url, BUSY);
  const { channel_id } = player;
  const posted: number[] = [];
  let info: Wire;
  do {
    posted.push((await player.say("go on")).msg_id);
    info = await player.call("get_channel_info", { channel_id });
  } while (!info.bots_wait);
  assert.ok(info.bots_wait.entries > 0 && info.bots_wait.for_ms > 0);
  assert.match(info.next, /bots have used up their time for now: .* in about \d+ s/);
  const read = await player.readUntil(ofType("echo", { of: posted.at(-1) }));
  const said = read.filter(ofType("echo")).map(({ body }) => body.of);
  assert.deepEqual(said, posted, "each post was answered once, in order");
});

Deno.test("nobody delays a sealed game by busy bots elsewhere, nor beyond its own reserve", async () => {
  await using server = await testServer({ rateLimits: false });
  const guest = await Player.at(server.url);
  const busy = await own(guest, server.url, BUSY);
  const echo = await own(guest, server.url, ECHO, { sealed: true });
  const hungry = await own(guest, server.url, BUSY, { sealed: true });
  const testRates = {
    calls: { quota: 1_000_000, windowMs: HOUR },
    hook_ms: { quota: 1, windowMs: HOUR },
    sealed_hook_ms: { quota: 500, windowMs: HOUR },
  };
  await server.restart({ rateLimits: true, testRates });
  for (const player of [busy, echo, hungry]) player.moveTo(server.url);
  const untilSpent = async (player: Player) => {
    const { channel_id } = player;
    do await player.say("go on"); while (
      !(await player.call("get_channel_info", { channel_id })).bots_wait
    );
  };
  const isAnswered = async (player: Player) => {
    const { msg_id } = await player.say("and mine?");
    await player.readUntil(ofType("echo", { of: msg_id }));
  };

  await untilSpent(busy);
  await isAnswered(echo);
  // The reserve is that of one channel alone.
  await untilSpent(hungry);
  await isAnswered(echo);
});

Deno.test("the time budget is that of the channels' creator, for all of its channels", async () => {
  const rates = { hook_ms: { quota: 1, windowMs: HOUR } };
  await using server = await testServer({ rateLimits: true, testRates: rates });
  const [guest, neighbour] = [await Player.at(server.url), await Player.at(server.url)];
  // The inspection of the source takes the guest's time; later attachments skip it.
  const [first, second] = [
    await own(guest, server.url, ECHO),
    await own(guest, server.url, ECHO),
  ];
  const other = await own(neighbour, server.url, ECHO);
  for (const player of [first, second]) {
    const { channel_id } = player;
    const { next } = await player.say("hello");
    const read = await player.call("sync_messages", { channel_id, cursor: 0, timeout_ms: 0 });
    const info = await player.call("get_channel_info", { channel_id });
    for (const text of [next, read.next, info.next]) assert.match(text, /used up their time/);
    assert.ok(info.bots_wait.entries > 0 && info.bots_wait.for_ms > 0);
  }
  const { msg_id } = await other.say("hello");
  await other.readUntil(ofType("echo", { of: msg_id }));
  const bot = { inline_code: `${ECHO} // another one` };
  const attach = guest.call("attach_bot", { channel_id: first.channel_id, bot });
  assert.match((await refuses(attach, "RATE_LIMIT")).detail, /used up their time/);
});

Deno.test("the backlog of a channel's bots is bounded and drains", async (t) => {
  const rates = { hook_ms: { quota: 1, windowMs: HOUR } };
  await using server = await testServer({ rateLimits: true, testRates: rates });
  const { host, players: [ann, bob], created } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a", "invite:b", "invite:c"],
    bot_code: ECHO,
  }, 2);
  const { channel_id } = created;
  const posted: number[] = [];
  const post = async () => posted.push((await ann!.say("x")).msg_id);
  await t.step("the server refuses a post beyond the bound before it writes", async () => {
    while (posted.length < SHARED_WORK.backlogEntries - 20) {
      await Promise.all(Array.from({ length: 20 }, post));
    }
    const refusal = await (async () => {
      for (let i = 0; i < 40; i++) {
        try {
          await post();
        } catch (error) {
          return error as { code: string; detail: string };
        }
      }
      throw new Error("the server accepted every post");
    })();
    assert.equal(refusal.code, "RATE_LIMIT");
    assert.match(refusal.detail, /messages wait for this channel's bots/);
    const head = async () =>
      (await ann!.call("sync_messages", { channel_id, cursor: posted.at(-1), timeout_ms: 0 }))
        .messages;
    assert.deepEqual(await head(), []);
    await refuses(ann!.guess(1), "RATE_LIMIT");
    await refuses((await Player.at(server.url)).join(created.invites[2]), "RATE_LIMIT");
  });
  await t.step("the refusal has retry_after_ms", async () => {
    const response = await fetch(`${server.url}/post_message`, {
      method: "POST",
      headers: { authorization: `Bearer ${ann!.token}`, "content-type": "application/json" },
      body: JSON.stringify({ channel_id, body: "x" }),
    });
    const { code, retry_after_ms } = await response.json();
    assert.deepEqual([response.status, code], [429, "RATE_LIMIT"]);
    assert.ok(retry_after_ms > 0);
  });
  await t.step("leaving and administration still work", async () => {
    await bob!.call("leave_channel", { channel_id });
    const ops = [{ type: "rename", name: "still here" }];
    await host.call("update_channel", { channel_id, ops });
  });
  await t.step("the server accepts posts again once the bots have caught up", async () => {
    await server.restart({ rateLimits: false });
    for (const player of [host, ann!]) player.moveTo(server.url);
    const read = await ann!.readUntil(ofType("echo", { of: posted.at(-1) }));
    const said = read.filter(ofType("echo")).map(({ body }) => body.of);
    assert.deepEqual(said, posted, "each post was answered once, in order");
    const { msg_id } = await ann!.say("again");
    await ann!.readUntil(ofType("echo", { of: msg_id }));
  });
});

Deno.test("an admin can close a channel whose bots are too far behind, or remove the bots", async () => {
  const rates = { hook_ms: { quota: 1, windowMs: HOUR } };
  await using server = await testServer({ rateLimits: true, testRates: rates });
  const rooms = [];
  for (let i = 0; i < 2; i++) {
    rooms.push(await roomOf(server.url, { slots: ["bot:b", "invite:a"], bot_code: ECHO }, 1));
  }
  for (const { players: [player] } of rooms) {
    const posts = Array.from({ length: SHARED_WORK.backlogEntries + 40 }, () => player!.say("x"));
    const refused = (await Promise.allSettled(posts)).filter(({ status }) => status === "rejected");
    assert.ok(refused.length > 0);
  }
  const [first, second] = rooms as [Wire, Wire];
  const update = ({ host, created: { channel_id } }: Wire, op: Wire) =>
    host.call("update_channel", { channel_id, ops: [op] });
  await update(first, { type: "close" });
  await refuses(first.players[0].say("x"), "CHANNEL_CLOSED");
  await update(second, { type: "remove_bot", bot_id: second.created.bots[0].bot_id });
  await second.players[0].say("among ourselves");
});
