/** A server dies, or its database fails, between any two commits: the remaining channel verifies,
 *  it honours every receipt, and every hook is replayed with equal results. */
import assert from "node:assert/strict";
import type { AppParts } from "../../src/compose/app.ts";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { reportText } from "../../src/verify/report.ts";
import { DrandRelays } from "../../src/outbound/drand_relays.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { instances } from "../support/apps.ts";
import { checkChannel } from "../support/check_channel.ts";
import { drandNetwork } from "../support/drand_network.ts";
import { faultyKv } from "../support/faulty_kv.ts";
import { type Player, Problem, roomOf, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";
import { THOROUGH } from "../support/thorough.ts";

const SANDBOX = { hosts: 1, hookTimeoutMs: 30_000 };
/** A fixed public URL, whatever the port, so that all receipts belong to one log. */
const PUBLIC_URL = "http://127.0.0.1:8100";

async function botsFrom(...files: string[]): Promise<Record<string, unknown>[]> {
  return await Promise.all(files.map(async (file) => ({
    inline_code: await Deno.readTextFile(new URL(`user_bots/${file}`, import.meta.url)),
  })));
}

/** Waits until each bot has answered an entry. */
async function answered(player: Player, id: number, bots: number): Promise<void> {
  const heard = new Set<string>();
  await player.readUntil(({ cause, sender }) => cause === id && heard.add(sender).size >= bots);
}

/** Downloads an export from the server's real address `at`, and asserts that every check passes. */
async function verifies(player: Player, at: string, sandbox: Sandbox, receipts: string[]) {
  const { url } = await player.call("export_channel", { channel_id: player.channel_id });
  const { pathname, search } = new URL(url);
  const file = await (await fetch(at + pathname + search)).json();
  const report = await verifyExport(file, { replayer: replayerOn(sandbox), receipts });
  assert.ok(report.ok, reportText(report));
  const rest = report.checks.filter(({ verdict }) => verdict !== "passed");
  const names = rest.map(({ check }) => check).filter((check) => check !== "replay");
  assert.deepEqual(names, ["beacon"], reportText(report));
  // The channel may close before the bots have processed every entry.
  const replayed = report.checks.find(({ check }) => check === "replay")!.text;
  assert.match(
    replayed,
    /results(; not replayed: \d+ because the bot was removed or the channel closed[^,]*)?$/,
  );
  return report;
}

/** Pseudo-random numbers, the same in every run (Park and Miller). */
function* numbers(seed: number): Generator<number, never> {
  for (let x = seed;;) yield x = (x * 48271) % 2147483647;
}

Deno.test("a server that is killed again and again leaves a channel that verifies", async () => {
  await using file = dataFile();
  const start = () => startProcess({ KV_URL: file.path, PUBLIC_URL });
  let server = await start();
  const bots = await botsFrom("dice.js", "auction.js", "scratch.js");
  const { host, players: [alice, bob], created } = await roomOf(server.url, {
    slots: [...bots.map((_, i) => `bot:b${i}`), "invite:alice", "invite:bob"],
    bots,
  }, 2);
  assert.equal(created.bot_errors, undefined);
  const receipts: string[] = [];
  const delays = numbers(5);
  for (let round = 0; round < 5; round++) {
    const posts = Array.from({ length: 12 }, async (_, i) => {
      const by = i % 2 === 0 ? alice! : bob!;
      const { receipt } = await by.say({ dice: 2, bid: 10 + round * 12 + i }, { receipt: true });
      receipts.push(receipt.checkpoint);
    });
    const settled = Promise.allSettled(posts);
    await new Promise((resolve) => setTimeout(resolve, delays.next().value % 150));
    const hosts = await server.children();
    await server.kill("SIGKILL");
    await settled;
    await gone(hosts);
    server = await start();
    for (const player of [host, alice!, bob!]) player.moveTo(server.url);
  }
  const { msg_id, receipt } = await alice!.say({ dice: 1 }, { receipt: true });
  receipts.push(receipt.checkpoint);
  await answered(alice!, msg_id, bots.length);
  const { channel_id } = host;
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  const sandbox = await openSandbox(SANDBOX);
  try {
    const { hooks } = await verifies(alice!, server.url, sandbox, receipts);
    assert.ok(hooks.replayed > 10);
  } finally {
    await sandbox.close();
  }
  await server.kill("SIGTERM");
  await checkStore(file.path);
});

/** Repeats a call after a 5xx answer. */
async function insisting<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Problem) || error.status < 500 || tries === 5) throw error;
    }
  }
}

/** The faults of one commit. */
const FAULTS: Record<string, (commit: () => Promise<unknown>) => Promise<unknown>> = {
  "fails": () => Promise.reject(new Error("the database is away")),
  "succeeds, but its answer is lost": async (commit) => {
    await commit();
    throw new Error("connection reset");
  },
};

/** Plays a short game in which the n-th commit meets a fault, and verifies the channel. Returns the
 *  number of commits. */
async function shortGame(
  { bots, ...parts }: { sandbox: Sandbox; bots: Wire[] } & Partial<AppParts>,
  n: number,
  fault?: keyof typeof FAULTS,
): Promise<number> {
  const { sandbox } = parts;
  await using sound = await instances(1, parts);
  let commits = -Infinity; // not counted until the players have joined
  const kv = faultyKv(sound.kv, {
    commit: (commit) => ++commits === n && fault ? FAULTS[fault]!(commit) : commit(),
  });
  await using ill = await instances(1, { ...parts, kv });
  const url = ill.urls[0]!;
  const { host, players: [alice], created: { channel_id } } = await roomOf(url, {
    slots: ["bot:dice", "bot:auction", "invite:alice"],
    bots,
  }, 1);
  commits = 0;
  const receipts: string[] = [];
  let last = 0;
  for (const body of [{ bid: 11 }, { bid: 12, dice: 2 }, { bid: 5 }]) {
    const { msg_id, receipt } = await insisting(() => alice!.say(body, { receipt: true }));
    receipts.push(receipt.checkpoint);
    last = msg_id;
  }
  await answered(alice!, last, bots.length);
  await insisting(() =>
    host.call("update_channel", { channel_id, ops: [{ type: "rename", name: "late" }] })
  );
  await insisting(() => host.call("update_channel", { channel_id, ops: [{ type: "close" }] }));
  const made = commits;
  await verifies(alice!, url, sandbox, receipts);
  await checkChannel(sound.kv, channel_id);
  return made;
}

Deno.test("the channel verifies, whichever commit fails or loses its answer", async (t) => {
  const sandbox = await openSandbox(SANDBOX);
  try {
    const bots = await botsFrom("dice.js", "auction.js");
    const commits = await shortGame({ sandbox, bots }, 0);
    assert.ok(commits > 5);
    for (const [i, fault] of Object.keys(FAULTS).entries()) {
      for (let n = 1; n <= commits; n++) {
        if (!THOROUGH && n % 2 === i) continue;
        await t.step(`commit ${n} ${fault}`, async () => {
          await shortGame({ sandbox, bots }, n, fault);
        });
      }
    }
  } finally {
    await sandbox.close();
  }
});

Deno.test("the same with bots that wait for rounds of public randomness", async (t) => {
  await using drand = drandNetwork();
  const sandbox = await openSandbox(SANDBOX);
  const bots = await botsFrom("dice.js", "auction.js");
  const { chain } = drand;
  const game = { sandbox, bots, chain, beacon: new DrandRelays([drand.origin]) };
  try {
    const commits = await shortGame(game, 0);
    for (const fault of Object.keys(FAULTS)) {
      await t.step(`each commit ${fault}`, async () => {
        const each = Array.from({ length: commits }, (_, i) => shortGame(game, i + 1, fault));
        await Promise.all(each);
      });
    }
  } finally {
    await sandbox.close();
  }
});
