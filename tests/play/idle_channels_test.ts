/** Channels that nobody uses any more: the server warns, and closes them later, as entry 1 states.
 *  Both verifiers hold it to that. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { ChannelExport, type ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { startServer } from "../../src/server.ts";
import { kvConnect } from "../support/kv_connect.ts";
import { ofType, Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import { TEST_CONFIG, testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { SERVER_KEY } from "../verify/genuine.ts";
import { Liar } from "../verify/liar.ts";
import { secondVerdicts } from "../verify/second_verifier.ts";

const HOUR = 60 * 60 * 1000;
const { idleMs, idleNoticeMs } = CHANNEL_LIMITS;

/** Answers everything that it hears, the warning too. */
const CHATTY = `export default class Chatty {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) { this.ctx.post("bot", { type: "heard", heard: msg.body.type ?? msg.kind }); }
}`;
const DAILY = `export default class Daily {
  constructor(ctx) { this.ctx = ctx; }
  on_init() { this.ctx.set_timer("next", 20 * 24 * 60 * 60 * 1000); }
  on_timer() { this.on_init(); this.ctx.post("bot", { type: "news" }); }
}`;

/** By name, the change of a log that the server has closed; it returns the entry that the verifiers
 *  must refuse. */
const LIES: Record<string, (liar: Liar) => ExportedEntry> = {
  "a warning before its time": (liar) => shifted(liar, liar.typed("idle_warning"), -HOUR - 1),
  "a warning that leaves too little time": (liar) => {
    const warning = liar.typed("idle_warning");
    const at = new Date(Date.parse(warning.ts) + idleNoticeMs - 1).toISOString();
    const text = String(warning.body!.text).replace(String(warning.body!.at), at);
    return liar.says(warning, { at, text });
  },
  "a warning in other words": (liar) =>
    liar.says(liar.typed("idle_warning"), { text: "p1 has lost" }),
  "a warning that follows another one": (liar) => {
    const warning = liar.typed("idle_warning");
    return liar.after(warning, { body: warning.body! });
  },
  "a warning where entry 1 states no such rule": (liar) => {
    delete liar.file.entries[0]!.body!.idle;
    return liar.typed("idle_warning");
  },
  "a close by the server before the time that it named": (liar) =>
    shifted(liar, liar.typed("close_applied"), -1),
  "a close by the server without a warning": (liar) => {
    const warning = liar.typed("idle_warning");
    warning.body = { type: "rename_applied", op: { type: "rename", name: "x" }, by: "host" };
    return liar.typed("close_applied");
  },
  "a close by the server although a member has posted since": (liar) => {
    const warning = liar.typed("idle_warning");
    liar.after(warning, { sender: "p1", kind: "user", body: { text: "I am here" } });
    return liar.typed("close_applied");
  },
  "another operation by the server": (liar) => {
    const op = { type: "rename", name: "x" };
    const body = { type: "rename_applied", op, by: "server" };
    return liar.after(liar.typed("member_joined"), { body });
  },
};

/** Moves an entry and all later ones in time. */
function shifted(liar: Liar, from: ExportedEntry, ms: number): ExportedEntry {
  for (const later of liar.file.entries.slice(liar.file.entries.indexOf(from))) {
    later.ts = new Date(Date.parse(later.ts) + ms).toISOString();
  }
  return from;
}

Deno.test("the server closes idle channels after a warning, by the rule that each was opened with", async (t) => {
  const begun = Date.parse("2026-11-23T12:00:00Z");
  const clock = { ms: begun };
  const clocks = { now: () => new Date(clock.ms), nowMs: () => performance.now() };
  // A channel that was opened before the operator had such a rule.
  await using server = await testServer({ idleMs: undefined, signingKey: SERVER_KEY }, clocks);
  const unlisted = { visibility: "unlisted" };
  const before = await roomOf(server.url, { slots: ["invite:a"], ...unlisted }, 1);
  const startAt = async (ms: number) => {
    clock.ms = ms;
    await server.restart({ idleMs });
  };
  await startAt(begun);
  const open = (more: Wire, players: number) =>
    roomOf(server.url, { slots: ["bot:b", "invite:a", "invite:b"], ...unlisted, ...more }, players);
  const talked = await open({ bot_code: CHATTY, spectators_speak: true }, 2);
  await talked.players[0]!.say("hi");
  await talked.players[0]!.readUntil(ofType("heard", { heard: "user" }));
  const sealed = await open({ bot_preset: "GuessBot", sealed: true }, 2);
  await sealed.players[0]!.readUntil(ofType("bot:turn"));
  const kept = await open({ bot_preset: "EchoBot" }, 1);
  const news = await open({ bot_code: DAILY }, 1);

  /** Reads as somebody who watches: to take a seat back would be a sign of life. */
  const watch = async ({ host: { channel_id } }: { host: Player }) => {
    const player = await Player.at(server.url);
    player.channel_id = channel_id;
    return player;
  };
  const until = async (room: typeof talked, type: string): Promise<Wire> =>
    (await (await watch(room)).readUntil(ofType(type))).find(ofType(type));
  const all = async (room: typeof talked): Promise<Wire[]> => {
    const { channel_id } = room.host;
    const reader = await watch(room);
    return (await reader.call("sync_messages", { channel_id, limit: 500, timeout_ms: 0 })).messages;
  };

  // Some are due on this day, none at this hour.
  await startAt(begun + idleMs - HOUR);
  const warnedAt = begun + idleMs + HOUR;
  await startAt(warnedAt);
  let closesAt = 0;
  for (const room of [talked, sealed, kept]) {
    const { body, ts } = await until(room, "idle_warning");
    assert.equal(Date.parse(ts), warnedAt, "not by the server an hour before");
    closesAt = Date.parse(body.at);
    assert.ok(
      closesAt >= warnedAt + idleNoticeMs && closesAt <= warnedAt + idleNoticeMs + 2 * HOUR,
    );
    const { channel_id } = room.host;
    const info = await (await watch(room)).call("get_channel_info", { channel_id });
    assert.equal(info.closes_at, body.at);
    assert.match(body.text, new RegExp(`close this channel at ${body.at}, unless a member posts`));
  }
  await until(talked, "heard"); // the bot answers the warning, which changes nothing
  await (await watch(talked)).say("a spectator's word is no sign of a member's life");
  const [here] = kept.players as [Player];
  const back = await Player.at(server.url);
  await back.join(here.rejoin_token);
  await back.say("I am here");
  const { closes_at } = await back.call("get_channel_info", { channel_id: back.channel_id });
  assert.equal(closes_at, undefined);

  await startAt(closesAt - 1);
  await startAt(closesAt);
  for (const room of [talked, sealed]) {
    const { body, ts } = await until(room, "close_applied");
    assert.equal(body.by, "server");
    assert.equal(Date.parse(ts), closesAt);
    assert.equal(body.op.seeds.length, 1);
  }
  await refuses((await again(server.url, talked.players[0]!)).say("late"), "CHANNEL_CLOSED");
  for (const [room, warnings] of [[kept, 1], [news, 0], [before, 0]] as const) {
    const messages = await all(room);
    assert.equal(messages.filter(ofType("idle_warning")).length, warnings);
    assert.ok(!messages.some(ofType("close_applied")));
    await (await again(server.url, room.players[0]!)).say("still open");
  }
  assert.equal((await all(before))[0].body.idle, undefined);
  assert.deepEqual((await all(kept))[0].body.idle, {
    warned_after_ms: idleMs,
    closed_after_ms: idleNoticeMs,
  });

  const files: [string, ChannelExport][] = [];
  for (const [name, room] of [["open", talked], ["sealed", sealed], ["kept", kept]] as const) {
    files.push([name, ChannelExport.parse(JSON.parse(await exportOf(await watch(room))))]);
  }
  await t.step("both verifiers accept what it did", async () => {
    for (const [name, file] of files) {
      const report = await verifyExport(file);
      assert.ok(report.ok, `${name}: ${reportText(report)}`);
    }
    const verdicts = await secondVerdicts(files.map(([, file]) => ({ file, receipts: [] })));
    assert.deepEqual(verdicts, files.map(() => ({})));
  });
  const made = Object.entries(LIES).map(([name, change]) => {
    const liar = new Liar(files.find(([name]) => name === "sealed")![1]);
    const entry = change(liar);
    liar.mend(SERVER_KEY);
    return { name, file: liar.file, id: entry.id };
  });
  const seconds = await secondVerdicts(made.map(({ file }) => ({ file, receipts: [] })));
  for (const [i, { name, file, id }] of made.entries()) {
    await t.step(name, async () => {
      const { checks } = await verifyExport(file);
      const wrong: Wire = checks.find(({ verdict }) => verdict === "failed");
      assert.deepEqual([wrong?.check, wrong?.id], ["speakers", id], wrong?.text);
      assert.deepEqual(
        [seconds[i]!.check, seconds[i]!.id],
        ["speakers", id],
        "the second verifier",
      );
    });
  }
});

Deno.test("of two processes that look at once, one is killed: each channel is closed once", async () => {
  await using store = await kvConnect();
  (await store.open()).close(); // sets the token for this process
  const now = Date.now();
  let ms = now - 2 * (idleMs + idleNoticeMs);
  const clocks = { now: () => new Date(ms), nowMs: () => performance.now() };
  const config = { ...TEST_CONFIG, kvUrl: store.url, sandbox: "off" as const };
  const all = Array.from({ length: 20 }, (_, i) => `room ${i}`);
  const ids: string[] = [];
  const end = async (url: string, type: string) => {
    const player = await Player.at(url);
    return await Promise.all(ids.map(async (channel_id) => {
      const reader = new Player(url, player.token);
      reader.channel_id = channel_id;
      return (await reader.readUntil(ofType(type))).map(({ body }) => body.type);
    }));
  };
  const past = async (run: (url: string) => Promise<unknown>) => {
    const server = await startServer(config, () => {}, undefined, clocks);
    await run(server.url);
    await server.stop();
  };
  await past(async (url) => {
    const host = await Player.at(url);
    const room = { slots: ["invite:a"], visibility: "unlisted" };
    for (const name of all) {
      ids.push((await host.call("create_channel", { name, ...room })).channel_id);
    }
  });
  ms += idleMs;
  await past((url) => end(url, "idle_warning"));

  const env = { ...store.env, SANDBOX: "off", RATE_LIMITS: "off" };
  const [doomed, other] = await Promise.all([startProcess(env), startProcess(env)]);
  await doomed.kill("SIGKILL");
  for (const types of await end(other.url, "close_applied")) {
    assert.deepEqual(types, ["channel_created", "idle_warning", "close_applied"]);
  }
  await other.kill("SIGTERM");
  await store.check();
});

/** The same player under a new sign-in: access tokens end sooner. */
async function again(url: string, { rejoin_token }: Player): Promise<Player> {
  const next = await Player.at(url);
  await next.join(rejoin_token);
  return next;
}
