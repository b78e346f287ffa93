/** Channels with user-written bots in both languages, played through a real client. The verifier
 *  replays each bot's hooks with equal results, or reports the right reason why it can't. It raises
 *  no false alarm. */
import assert from "node:assert/strict";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Replayer } from "../../src/verify/replayer.ts";
import { type Report, reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, roomOf, type Wire } from "../support/player.ts";
import { patient } from "../support/patient_replayer.ts";
import { testServer } from "../support/server.ts";
import { exportOf, verify } from "../support/verifier.ts";
import { webServer } from "../support/web_server.ts";
import { botFrom, play, SECRET, type Table, TABLES } from "./user_bots_table.ts";

const NETWORK = { botNetwork: "http", testNetwork: { loopback: true, caCerts: [] } } as const;
/** Long enough that a hook uses up its budget before the time limit ends it, even on a busy
 *  machine. */
const HOOK_MS = 60_000;
const HIDDEN = "the bot's seed is not revealed yet";
const GONE = "the bot was removed or the channel closed before they ran";
const WITHHELD = "the bot read an entry that you may not read";

interface Verified {
  report: Report;
  /** The classes whose hooks were replayed. */
  replayed: Set<string>;
  /** By reason, the number of hooks that were not replayed. */
  reasons: Record<string, number>;
}

/** Verifies an export and notes which classes' hooks are replayed. */
async function verified(text: string, sandbox: Sandbox): Promise<Verified> {
  const replayed = new Set<string>();
  const real = patient(replayerOn(sandbox));
  const replayer: Replayer = {
    ...real,
    async run(job, recorded) {
      replayed.add(job.class_name);
      return await real.run(job, recorded);
    },
  };
  const report = await verifyExport(JSON.parse(text), { replayer });
  assert.ok(report.ok, reportText(report));
  const finding = report.checks.find(({ check }) => check === "replay")!.text;
  const reasons = Object.fromEntries(
    [...finding.matchAll(/(\d+) because ([^,]*)/g)].map(([, count, why]) => [why!, Number(count)]),
  );
  return { report, replayed, reasons };
}

interface Announced {
  classes: string[];
  ended: string[];
}

function announcedIn(text: string): Announced {
  const bodies: Wire[] = JSON.parse(text).entries.map(({ body }: Wire) => body ?? {});
  const attached = bodies.filter(({ type }) => type === "bot:attach");
  const ended = new Set(bodies.filter(({ type }) => type === "bot:end").map((b) => b.bot_id));
  const classOf = ({ class_name }: Wire) => class_name;
  return {
    classes: attached.map(classOf),
    ended: attached.filter(({ bot_id }) => ended.has(bot_id)).map(classOf),
  };
}

/** Opens a channel with these bots. Alice uses an MCP client, Bob uses REST. */
async function roomAt(url: string, bots: Record<string, unknown>[]) {
  const slots = [...bots.map((_, i) => `bot:b${i}`), "invite:alice", "invite:bob"];
  const { host, created } = await roomOf(url, { slots, bots }, 0);
  assert.equal(created.bot_errors, undefined);
  const alice = await Player.at(url);
  const client = await mcpClient("v2 modern", `${url}/mcp`, alice.token);
  alice.call = (name, input) => client.call(name, input);
  const bob = await Player.at(url);
  await alice.join(created.invites[0]);
  await bob.join(created.invites[1]);
  return { host, alice, bob, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}

/** Plays a table and verifies its exports: Alice's while it is open, both players' after the
 *  close. */
async function checkTable(table: Table, url: string, bots: Wire[], sandbox: Sandbox) {
  await using room = await roomAt(url, bots);
  const { host, alice, bob } = room;
  await play(table, alice, bob);
  const { channel_id } = host;
  const { notReplayable = {}, mayNotRead = [] } = table;
  const viewers = Object.entries({ alice, ...(!table.steps.includes("leaves") && { bob }) });

  const open = await exportOf(alice);
  const { classes, ended } = announcedIn(open);
  assert.equal(classes.length, table.bots.length);
  const before = await verified(open, sandbox);
  assert.deepEqual([...before.replayed].sort(), ended.sort(), "only bots whose seeds are revealed");
  assert.deepEqual(Object.keys(before.reasons), ended.length < classes.length ? [HIDDEN] : []);

  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  for (const [name, viewer] of viewers) {
    const closed = await exportOf(viewer);
    assert.ok(!closed.includes(SECRET));
    const { report, replayed, reasons } = await verified(closed, sandbox);
    const expected = new Set(Object.values(notReplayable));
    if (mayNotRead.some((member) => member === name)) expected.add(WITHHELD);
    // The channel may close before the bots have processed each other's last posts.
    delete reasons[GONE];
    assert.deepEqual(Object.keys(reasons), [...expected], reportText(report));
    const again = classes.filter((name) => notReplayable[name] === undefined);
    assert.deepEqual([...replayed].sort(), again.sort(), reportText(report));
    assert.ok(report.hooks.replayed >= again.length);
    const { verdict } = report.checks.find(({ check }) => check === "salts")!;
    assert.equal(verdict, "passed", "the key of the salts is revealed");
  }
  return await exportOf(alice);
}

Deno.test("games of user-written bots verify", async (t) => {
  await using site = webServer();
  await using server = await testServer({ ...NETWORK, hookTimeoutMs: HOOK_MS });
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: HOOK_MS });
  const seen = new Set<string>();
  let last = "";
  try {
    for (const [name, tableAt] of Object.entries(TABLES)) {
      await t.step(name, async () => {
        const table = tableAt(site);
        const bots = await Promise.all(table.bots.map((file) => botFrom(file, site)));
        last = await checkTable(table, server.url, bots, sandbox);
        for (const file of table.bots) seen.add(file);
      });
    }
  } finally {
    await sandbox.close();
  }
  await t.step("at least twenty bots, half of them in Python", () => {
    const files = [...seen];
    const python = files.filter((file) => file.endsWith(".py"));
    assert.ok(python.length >= 10 && files.length - python.length >= 10, files.join(" "));
  });
  await t.step("the verify task agrees", async () => {
    const { code, report } = await verify(last);
    assert.equal(code, 0, JSON.stringify(report, null, 1));
    assert.ok(report.hooks.replayed > 0);
  });
});
