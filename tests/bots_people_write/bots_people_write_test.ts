/** Bots as people and models write them from docs/bots.md: each does what its author meant, or is
 *  refused with words that mend it, and every channel of theirs verifies, on a sandbox that has run
 *  bots all along and on a fresh one. */
import assert from "node:assert/strict";
import { type App, createApp } from "../../src/compose/app.ts";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { type Report, reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { patient } from "../support/patient_replayer.ts";
import { THOROUGH } from "../support/thorough.ts";
import { type Played, playRow } from "./play_row.ts";
import type { Row } from "./row.ts";
import { openSite } from "./site.ts";
import { ROWS } from "./table.ts";

/** Long enough that no clock ends a hook which runs out of its budget, however busy the machine
 *  is. */
const HOOK_MS = 60_000;
const HOSTS = 2;
/** How many channels are played, or verified, at once. */
const AT_ONCE = 6;
const NETWORK = { schemes: "http", denied: [], test: { loopback: true, caCerts: [] } } as const;

/** Does something for each of many, a few at a time. */
async function forEach<T>(all: readonly T[], act: (each: T) => Promise<void>): Promise<void> {
  const rest = all.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const each of rest) await act(each);
  }));
}

/** A server in this process, so that a test sees in the database when its bots have nothing left to
 *  do. */
async function openServer(sandbox: Sandbox) {
  await using opened = new AsyncDisposableStack();
  const kv = await Deno.openKv(":memory:");
  opened.defer(() => kv.close());
  const ready = Promise.withResolvers<App>();
  const listener = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request, info) => await (await ready.promise).fetch(request, info),
  );
  const url = `http://127.0.0.1:${listener.addr.port}`;
  const app = await createApp({
    kv,
    shared: false,
    sandbox,
    builtins: new Map(),
    publicUrl: url,
    guests: true,
    version: "test",
    guide: "# Bots",
    log: () => {},
    now: () => new Date(),
    nowMs: () => performance.now(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  });
  ready.resolve(app);
  opened.defer(() => app.close());
  opened.defer(() => listener.shutdown());
  opened.defer(() => app.release());
  const open = opened.move();
  return { url, kv, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** Why a channel does not verify, if it does not. */
async function alarm({ file, seesAll }: Played, sandbox: Sandbox): Promise<string | undefined> {
  const replayer = patient(replayerOn(sandbox));
  const report: Report = await verifyExport(JSON.parse(file!), { replayer });
  if (!report.ok) return reportText(report);
  const { replayed, unknown } = report.hooks;
  if (seesAll && (unknown > 0 || replayed === 0)) return `not run again: ${reportText(report)}`;
}

Deno.test("bots that people write", async (t) => {
  await using opened = new AsyncDisposableStack();
  const warm = await openSandbox({ hosts: HOSTS, hookTimeoutMs: HOOK_MS, network: NETWORK });
  opened.defer(() => warm.close());
  const site = opened.use(openSite());
  const server = opened.use(await openServer(warm));

  const played = new Map<Row, Played>();
  const alarms = new Map<Row, string>();
  await forEach(ROWS, async (row) => {
    try {
      const came = await playRow(row, { ...server, site });
      played.set(row, came);
      // The fresh sandbox, below, does the same.
      const why = THOROUGH && came.file && await alarm(came, warm);
      if (why) alarms.set(row, why);
    } catch (error) {
      played.set(row, { wrong: String(error), seesAll: false });
    }
  });
  for (const row of ROWS) {
    await t.step(`${row.language}: ${row.name}`, () => {
      assert.equal(played.get(row)!.wrong, undefined, `what its author meant`);
      assert.equal(alarms.get(row), undefined, "replayed where it has run");
    });
  }

  await t.step("every channel verifies on a fresh sandbox", async () => {
    const cold = await openSandbox({ hosts: HOSTS, hookTimeoutMs: HOOK_MS });
    const found: string[] = [];
    try {
      // In another order, so that no bot has the same neighbours as when it was played.
      await forEach(ROWS.toReversed(), async (row) => {
        const { file, seesAll } = played.get(row)!;
        const why = file && await alarm({ file, seesAll }, cold);
        if (why) found.push(`${row.language}: ${row.name}: ${why}`);
      });
    } finally {
      await cold.close();
    }
    assert.deepEqual(found, []);
  });
});

Deno.test("the table has at least 150 bots, and a quarter of them in each language", () => {
  const names = new Set(ROWS.map(({ language, name }) => `${language}: ${name}`));
  assert.equal(names.size, ROWS.length);
  assert.ok(ROWS.length >= 150);
  for (const language of ["javascript", "typescript", "python"]) {
    assert.ok(ROWS.filter((row) => row.language === language).length >= ROWS.length / 4);
  }
});
