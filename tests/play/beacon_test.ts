/** Public randomness for bots (SEED_BEACON=drand), over HTTP, with the test's own drand chain. */
import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { startServer } from "../../src/server.ts";
import { DrandRelays } from "../../src/outbound/drand_relays.ts";
import { instances } from "../support/apps.ts";
import { checkChannel, checkReferees } from "../support/check_channel.ts";
import { type DrandNetwork, drandNetwork } from "../support/drand_network.ts";
import { ofType, Player, roomOf, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore, TEST_CONFIG, testServer } from "../support/server.ts";
import { exportOf, verify } from "../support/verifier.ts";

const DICE = `export default class Dice {
  constructor(ctx) { this.ctx = ctx; }
  on_init() { this.ctx.post("bot", { type: "ready", die: Math.random() }); }
  on_message(msg) { if (msg.kind === "user") this.ctx.post("bot", { type: "rolled", die: Math.random() }); }
}`;
const TABLE = {
  slots: ["bot:dice", "invite:alice", "invite:bob"],
  bots: [{ inline_code: DICE }],
};

const settings = ({ chain, origin }: DrandNetwork, ...before: string[]) => ({
  beacon: { used: true, chain: chain.hash, relays: [...before, origin] },
});

const beaconRounds = (read: Wire[]) => read.filter(ofType("beacon")).map(({ body }) => body.round);
const named = (read: Wire[]) => read.flatMap(({ body }) => body?.beacon_round ?? []);

Deno.test("bots wait for a round that the server named before anybody could know it", async () => {
  await using drand = drandNetwork();
  await using server = await testServer(settings(drand));
  const { host, created } = await roomOf(server.url, TABLE, 0);
  const alice = await Player.at(server.url);
  const before = Date.now();
  const joined = await alice.join(created.invites[0]);
  const { chain, awaits } = joined.view.beacon;
  assert.equal(chain, drand.chain.hash);
  assert.ok(Date.parse(awaits.at) > before, "by the player's own clock");
  assert.match(joined.next, new RegExp(`drand round ${awaits.round}`));
  const { receipt } = joined;

  await alice.say({ roll: 1 });
  const read = await alice.readUntil(ofType("rolled"));
  const [opening] = read;
  assert.deepEqual(opening.body.beacon, drand.chain);
  assert.deepEqual(
    [...new Set(beaconRounds(read))],
    [...new Set(named(read))],
    "each round is published once",
  );
  const at = (type: string) => read.findIndex(ofType(type));
  assert.ok(at("beacon") < at("ready"), "the first randomness waits, too");
  const roundOfJoin = read.findIndex(ofType("beacon", { round: awaits.round }));
  assert.ok(roundOfJoin < at("rolled"));
  for (const { ts, body } of read.filter(ofType("beacon"))) {
    assert.equal(body.signature, drand.sign(body.round));
    assert.ok(Date.parse(ts) >= 1000 * (drand.chain.genesis_time + body.round - 1));
  }
  const info = await alice.call("get_channel_info", { channel_id: host.channel_id });
  assert.deepEqual(info.view.beacon, { chain }, "the bots no longer wait");

  const { channel_id } = host;
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  const file = await exportOf(alice);
  const trusted = await verify(file, { receipt: receipt.checkpoint, args: ["--chain", chain] });
  assert.equal(trusted.code, 0, trusted.text);
  const check = (report: Wire) => report.checks.find((c: Wire) => c.check === "beacon");
  assert.equal(check(trusted.report).verdict, "passed");
  const entry = JSON.parse(file).entries[receipt.id - 1];
  assert.equal(
    entry.body.beacon_round,
    awaits.round,
    "the server is bound to the round that it named",
  );
  assert.deepEqual(trusted.report.hooks, { replayed: 2, unknown: 0 });
  const strange = await verify(file);
  assert.equal(strange.code, 0);
  assert.equal(check(strange.report).verdict, "unknown", "an unknown chain");
});

Deno.test("while relays lie or are down, members talk and bots wait, even after a restart", async () => {
  await using drand = drandNetwork();
  const nobody = "http://127.0.0.1:1";
  await using server = await testServer(settings(drand, nobody));
  drand.mood = "lies";
  const { players: [alice, bob] } = await roomOf(server.url, TABLE, 2);
  await alice!.say({ roll: 1 });
  await bob!.readUntil((m) => m.body?.roll === 1);
  const { channel_id } = bob!;
  for (
    const [name, more] of [["sync_messages", { cursor: 0 }], ["get_channel_info", {}]] as const
  ) {
    const { next } = await bob!.call(name, { channel_id, ...more });
    assert.match(next, /Bots wait for round \d+ of public randomness/, name);
  }
  const asked = () => drand.asked.filter((path) => path.includes("/public/")).length;
  const askedMore = async (than: number) => {
    while (asked() <= than) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await askedMore(0);
  drand.mood = "away";
  await askedMore(asked());
  const failures = asked();
  for (let i = 0; i < 30; i++) await bob!.say({ idle: i });
  assert.ok(asked() - failures < 15, "many messages cause few requests to relays");
  drand.mood = "honest";
  await server.restart();
  for (const player of [alice!, bob!]) player.moveTo(server.url);
  const read = await alice!.readUntil(ofType("rolled"));
  assert.deepEqual(beaconRounds(read).toSorted(), [...new Set(named(read))].toSorted());
  const postponed = server.logged.filter(({ event }) => event === "round_postponed");
  assert.ok(postponed.length > 0, "the log has the failures");
});

Deno.test("a channel keeps its source of randomness when the setting changes", async () => {
  await using drand = drandNetwork();
  await using server = await testServer({ beacon: { ...settings(drand).beacon, used: false } });
  const without = await roomOf(server.url, TABLE, 1);
  await server.restart(settings(drand));
  const withOne = await roomOf(server.url, TABLE, 1);
  await server.restart({ beacon: { used: false, chain: "", relays: [drand.origin] } });
  for (const [room, beaconed] of [[without, false], [withOne, true]] as const) {
    const { players: [alice], created } = room;
    alice!.moveTo(server.url);
    const bob = await Player.at(server.url);
    await bob.join(created.invites[1]);
    await bob.say({ roll: 1 });
    const read = await bob.readUntil(ofType("rolled"));
    assert.equal(named(read).length, beaconed ? 3 : 0);
    assert.equal(beaconRounds(read).length > 0, beaconed);
  }
});

Deno.test("kill -9 while bots wait for a round: the next start publishes it", async () => {
  await using drand = drandNetwork();
  await using file = dataFile();
  const env = {
    KV_URL: file.path,
    SEED_BEACON: "drand",
    DRAND_CHAIN: drand.chain.hash,
    DRAND_RELAYS: drand.origin,
  };
  let server = await startProcess(env);
  const { players: [alice] } = await roomOf(server.url, TABLE, 1);
  await alice!.say({ roll: 1 });
  const hosts = await server.children();
  await server.kill("SIGKILL");
  await gone(hosts);
  server = await startProcess(env, { viaTask: true });
  alice!.moveTo(server.url);
  const read = await alice!.readUntil(ofType("rolled"));
  assert.deepEqual(beaconRounds(read), [...new Set(named(read))]);
  const stopped = await server.children();
  await server.kill("SIGTERM");
  await gone(stopped);
  await checkStore(file.path);
});

Deno.test("an unknown or different chain stops the start with one clear line", async () => {
  await using drand = drandNetwork();
  const { hash } = drand.chain;
  const startWith = (beacon: Config["beacon"]) => startServer({ ...TEST_CONFIG, beacon }, () => {});
  for (const [chain, relays] of [["0".repeat(64), [drand.origin]], [hash, []]] as const) {
    const starting = startWith({ used: true, chain, relays });
    await assert.rejects(starting, { name: "ConfigError", message: /^Cannot start: DRAND_CHAIN/ });
  }
  drand.chain.period = 2; // no longer matches the hash
  const starting = startWith({ used: true, chain: hash, relays: [drand.origin] });
  await assert.rejects(starting, { name: "ConfigError", message: /is not valid/ });
});

Deno.test("two instances on one database publish each named round once", async () => {
  await using drand = drandNetwork();
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000 });
  try {
    await using apps = await instances(2, {
      sandbox,
      beacon: new DrandRelays([drand.origin]),
      chain: drand.chain,
    });
    const [one, other] = apps.urls as [string, string];
    const { players: [alice], created } = await roomOf(one, TABLE, 1);
    const bob = await Player.at(other);
    await bob.join(created.invites[1]);
    await bob.say({ roll: 1 });
    const read = await alice!.readUntil(ofType("rolled"));
    assert.deepEqual(beaconRounds(read).toSorted(), [...new Set(named(read))].toSorted());
    const entries = await checkChannel(apps.kv, alice!.channel_id);
    await checkReferees(apps.kv, alice!.channel_id, entries, replayerOn(sandbox));
  } finally {
    await sandbox.close();
  }
});
