/** Games of bots that users write, in both languages, through a real client: each bot's hooks run
 *  again with equal results, or are reported as not replayable for the reason that there is. No
 *  false alarm. */
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
/** Long enough that no clock ends a hook which runs out of its budget, however busy the machine
 *  is. */
const HOOK_MS = 60_000;
const HIDDEN = "its seed is not revealed yet";
const GONE = "the bot was gone before they were called";
const WITHHELD = "it was told something that you may not read";

interface Verified {
  report: Report;
  /** Classes of which hooks were run again. */
  replayed: Set<string>;
  /** By reason, how many were not. */
  reasons: Record<string, number>;
}

/** Verifies an export and notes whose hooks are run again. */
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
  const told = report.checks.find(({ check }) => check === "replay")!.text;
  const reasons = Object.fromEntries(
    [...told.matchAll(/(\d+) because ([^,]*)/g)].map(([, count, why]) => [why!, Number(count)]),
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

/** Opens a table and plays it; Alice comes through an MCP client. */
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

/** Verifies a table while it is open, and after its close, as both players. */
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
  assert.deepEqual([...before.replayed].sort(), ended.sort(), "only of revealed seeds");
  assert.deepEqual(Object.keys(before.reasons), ended.length < classes.length ? [HIDDEN] : []);

  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  for (const [name, viewer] of viewers) {
    const closed = await exportOf(viewer);
    assert.ok(!closed.includes(SECRET));
    const { report, replayed, reasons } = await verified(closed, sandbox);
    const expected = new Set(Object.values(notReplayable));
    if (mayNotRead.some((member) => member === name)) expected.add(WITHHELD);
    // The channel is closed while bots have each other's last words before them.
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
  await t.step("the program that people run says the same", async () => {
    const { code, report } = await verify(last);
    assert.equal(code, 0, JSON.stringify(report, null, 1));
    assert.ok(report.hooks.replayed > 0);
  });
});
