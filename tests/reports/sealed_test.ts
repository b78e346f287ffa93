/** A sealed channel binds its host, over HTTP with real clients: nobody is put out of a game, and
 *  nobody ends a game that they are losing. */
import assert from "node:assert/strict";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, Problem, signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore, testServer } from "../support/server.ts";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import type { Report } from "./report.ts";

interface Row extends Report {
  /** Whether the host plays, too, from the first seat. */
  hostPlays?: true;
  /** Each step with its result: `closed`, `open` (answered, and the channel goes on), or the code
   *  of a refusal. `ann` and `bob` sit in s1 and s2. */
  steps: [step: string, right: string][];
}

const ROWS: Row[] = [
  {
    report: 10,
    what: "the host can't put its opponent out, nor end the game",
    steps: [
      ["host frees s2", "CHANNEL_SEALED"],
      ["host frees s1 for a bot", "CHANNEL_SEALED"],
      ["host closes", "CHANNEL_SEALED"],
      ["host renames", "open"],
    ],
  },
  {
    what: "a host that plays can't end the game alone either, but its close counts as its request",
    hostPlays: true,
    steps: [
      ["ann closes", "CHANNEL_SEALED"],
      ["ann closes", "CHANNEL_SEALED"],
      ["bob closes", "closed"],
    ],
  },
  {
    what: "every seated player asks",
    steps: [["ann closes", "open"], ["ann closes", "open"], ["bob closes", "closed"]],
  },
  {
    what: "the host closes once all players have asked, and not before",
    steps: [["ann closes", "open"], ["host closes", "CHANNEL_SEALED"], ["bob closes", "closed"]],
  },
  {
    what: "a request ends when its player goes on",
    steps: [
      ["ann closes", "open"],
      ["ann says", "open"],
      ["bob closes", "open"],
      ["ann closes", "closed"],
    ],
  },
  {
    what: "a request ends when another sign-in takes the seat",
    steps: [
      ["ann closes", "open"],
      ["cleo takes ann", "open"],
      ["bob closes", "open"],
      ["cleo closes", "closed"],
    ],
  },
  {
    report: 433,
    what: "a player who leaves is not asked",
    steps: [["ann leaves", "open"], ["bob closes", "closed"]],
  },
  {
    what: "a host alone may close",
    steps: [["ann leaves", "open"], ["bob leaves", "open"], ["host closes", "closed"]],
  },
  {
    what: "the host gives a free slot a new invite",
    steps: [["ann leaves", "open"], ["host frees s1", "open"]],
  },
  {
    what: "once the bots have ended, the host closes, and a player only asks",
    steps: [["ann ends", "open"], ["bob closes", "open"], ["host closes", "closed"]],
  },
  {
    what: "strangers ask nothing",
    steps: [["eve closes", "CHANNEL_NOT_FOUND"]],
  },
];

/** Ends when a player says "end". */
const REFEREE = `export default class Referee {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) { if (msg.body.text === "end") this.ctx.end({ winner: msg.sender }); }
}`;

Deno.test("a sealed channel binds its host", async (t) => {
  await using file = dataFile();
  const settings = { KV_URL: file.path, RATE_LIMITS: "off" };
  const server = await startProcess(settings, { viaTask: true });
  const { url } = server;
  for (const { what, hostPlays, steps } of ROWS) {
    await t.step(what, async () => {
      await using host = await mcpClient("v2 modern", url, await signIn(url));
      const made = { name: "sealed", sealed: true, bot_code: REFEREE };
      const slots = ["bot:referee", "invite:ann", "invite:bob"];
      const created = await host.call("create_channel", { ...made, slots });
      const { channel_id, invites } = created;
      const players = new Map<string, Player>();
      const call = async (who: string, name: string, input: Wire) => {
        if (who === "host" || hostPlays && who === "ann") return await host.call(name, input);
        const player = players.get(who) ?? await Player.at(url);
        players.set(who, player);
        return await player.call(name, input);
      };
      const tokens: Record<string, string> = {};
      for (const [i, who] of ["ann", "bob"].entries()) {
        const joined = await call(who, "join_channel", { invite_code: invites[i] });
        tokens[who] = joined.rejoin_token;
      }
      for (const [step, right] of steps) {
        const [who, verb, what, forBot] = step.split(" ") as [string, string, string?, string?];
        const update = (...ops: Wire[]) => call(who, "update_channel", { channel_id, ops });
        const say = (body: string) => call(who, "post_message", { channel_id, body });
        const acts: Record<string, () => Promise<Wire>> = {
          closes: () => update({ type: "close" }),
          renames: () => update({ type: "rename", name: "renamed" }),
          frees: () => update({ type: "yield_slot", slot_id: what, ...(forBot && { to: "bot" }) }),
          says: () => say("on we go"),
          ends: async () => {
            const { msg_id } = await say("end");
            const read = { channel_id, cursor: msg_id };
            assert.equal((await call(who, "sync_messages", read)).messages[0].body.type, "bot:end");
          },
          leaves: () => call(who, "leave_channel", { channel_id }),
          takes: () => call(who, "join_channel", { invite_code: tokens[what!] }),
        };
        const result = await codeOr(acts[verb]!());
        const { view } = await host.call("get_channel_info", { channel_id });
        assert.equal(result ?? (view.closed ? "closed" : "open"), right, step);
        assert.equal(view.closed, right === "closed", step);
      }
    });
  }
  await t.step("everybody sees who asked, and the answers say who is still to ask", async () => {
    const host = await Player.at(url);
    const slots = ["bot:referee", "invite:ann", "invite:bob"];
    const made = { name: "sealed", sealed: true, bot_code: REFEREE, slots };
    const { channel_id, invites, bots } = await host.call("create_channel", made);
    const [ann, bob] = [await Player.at(url), await Player.at(url)];
    await ann.join(invites[0]);
    await bob.join(invites[1]);
    const close = { channel_id, ops: [{ type: "close" }] };
    const { next, view } = await ann.call("update_channel", close);
    assert.match(next, /You asked to close .*when p2 ask.*168 hours/);
    assert.deepEqual(view.close_asked, ["p1"]);
    const refused = await host.call("update_channel", close).catch(String);
    assert.match(refused, /CHANNEL_SEALED: .*when p2 ask for it.*\(p1 asked\)/);
    await bob.call("update_channel", close);
    const { messages } = await bob.call("sync_messages", { channel_id, cursor: 0 });
    const said = messages.map(({ body }: Wire) => [body.type, body.player_id]).slice(-3);
    assert.deepEqual(said, [["close_asked", "p1"], ["close_asked", "p2"], [
      "close_applied",
      undefined,
    ]]);
    const { op: { seeds } } = messages.at(-1).body;
    assert.equal(seeds[0].bot_id, bots[0].bot_id, "the seeds are revealed in the end");
  });
  const hosts = await server.children();
  await server.kill("SIGTERM");
  await gone(hosts);
  await checkStore(file.path);
});

Deno.test("a sealed channel in which nobody says anything may be closed by anybody in it", async () => {
  let wallMs = Date.now();
  const clocks = { now: () => new Date(wallMs), nowMs: () => performance.now() };
  await using server = await testServer({}, clocks);
  const slots = ["bot:referee", "invite:ann", "invite:bob"];
  const made = { name: "sealed", sealed: true, bot_code: REFEREE, slots };
  const host = await Player.at(server.url);
  const { channel_id, invites } = await host.call("create_channel", made);
  const [ann, bob] = [await Player.at(server.url), await Player.at(server.url)];
  await ann.join(invites[0]);
  await bob.join(invites[1]);
  await ann.say("your move");
  const ops = [{ type: "close" }];
  wallMs += CHANNEL_LIMITS.sealedQuietMs - 1;
  // Access tokens have expired by now.
  const bob2 = await Player.at(server.url);
  await bob2.join(bob.rejoin_token);
  assert.equal((await bob2.call("update_channel", { channel_id, ops })).view.closed, false);
  wallMs += 1;
  const isClosed = async () => (await bob2.call("update_channel", { channel_id, ops })).view.closed;
  let closed = await isClosed();
  // Until the referee has heard of bob's return, it could still set a timer.
  for (let tries = 1; !closed && tries < 1000; tries++) closed = await isClosed();
  assert.equal(closed, true, "a request to close is nothing said");
});

Deno.test("a bet on a far day stays open until its day, however long nobody says anything", async () => {
  let wallMs = Date.now();
  const clocks = { now: () => new Date(wallMs), nowMs: () => performance.now() };
  await using server = await testServer({}, clocks);
  const slots = ["bot:referee", "invite:ann", "invite:bob"];
  const made = { name: "sealed", sealed: true, bot_code: VERDICT_IN_TEN_DAYS, slots };
  const host = await Player.at(server.url);
  const { channel_id, host_token, invites } = await host.call("create_channel", made);
  const ann = await Player.at(server.url);
  await ann.join(invites[0]);
  await ann.readUntil(({ body }) => body?.type === "terms");
  const closeAs = async (more: Record<string, unknown>, invite?: string) => {
    const player = await Player.at(server.url); // access tokens have expired by now
    if (invite !== undefined) await player.join(invite);
    const ops = [{ type: "close" }];
    return await player.call("update_channel", { channel_id, ops, ...more });
  };
  await (await Player.at(server.url)).join(invites[1]);
  wallMs += CHANNEL_LIMITS.sealedQuietMs;
  assert.equal(await codeOr(closeAs({ rejoin_token: host_token })), "CHANNEL_SEALED");
  const asked = await closeAs({}, ann.rejoin_token);
  assert.equal(asked.view.closed, false);
  assert.match(asked.next, /hours and no bot's timer runs\.$/);
  wallMs += 3 * 86_400_000;
  await server.restart(); // its timers would wait by the real clock
  const ann2 = await Player.at(server.url);
  await ann2.join(ann.rejoin_token);
  const said = await ann2.readUntil(({ body }) => body?.type === "bot:end");
  assert.ok(said.some(({ body }) => body?.type === "verdict"));
  assert.equal((await closeAs({ rejoin_token: host_token })).view.closed, true);
});

const VERDICT_IN_TEN_DAYS = `export default class Bet {
  constructor(ctx) { this.ctx = ctx; }
  on_init() {
    this.ctx.set_timer("verdict", 10 * 86_400_000);
    this.ctx.post("bot", { type: "terms" });
  }
  on_timer() {
    this.ctx.post("bot", { type: "verdict" });
    this.ctx.end({ result: "won" });
  }
}`;

/** The code of a refusal; undefined for an answer. */
async function codeOr(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
  } catch (error) {
    return error instanceof Problem ? error.code : (error as Error).message.split(":")[0];
  }
}
