/** A verification that reaches its time limit reports its findings so far, and not success. */
import assert from "node:assert/strict";
import type { Replayer } from "../../src/verify/replayer.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { WIDE } from "./hostile_files.ts";

const FILE = WIDE["messages to a bot"]!(3);

Deno.test("verifyExport() marks checks as undecided after the time limit", async () => {
  const report = await verifyExport(FILE, { signal: AbortSignal.abort() });
  const { ok, stopped, checks } = report;
  assert.deepEqual({ ok, stopped }, { ok: false, stopped: true });
  const [format, ...others] = checks;
  assert.equal(format!.verdict, "passed");
  assert.ok(others.every(({ verdict, stopped }) => verdict === "unknown" && stopped));
  assert.match(reportText(report), /^NOT FULLY VERIFIED: chn_hostile/m);
  assert.doesNotMatch(reportText(report), /✘|honest/);
});

Deno.test("verifyExport() stops waiting for a silent engine at the time limit", async () => {
  const ending = new AbortController();
  const silent: Replayer = {
    // Aborts as soon as it is called, so that the test needs no timer.
    engine() {
      ending.abort();
      return Promise.withResolvers<undefined>().promise;
    },
    inspect: () => assert.fail("the time limit was reached"),
    run: () => assert.fail("the time limit was reached"),
  };
  const file = structuredClone(WIDE["bots that are removed again"]!(1));
  const report = await verifyExport(file, { replayer: silent, signal: ending.signal });
  const replay = report.checks.at(-1)!;
  assert.deepEqual([report.ok, report.stopped, replay.check, replay.verdict], [
    false,
    true,
    "replay",
    "unknown",
  ]);
  assert.match(replay.text, /^0 hooks replayed.*not completed within the time limit$/);
});

Deno.test("verifyExport() still reports a failure that it found", async () => {
  const file = structuredClone(FILE);
  file.entries[2]!.id = 9;
  const ending = new AbortController();
  const report = await verifyExport(file, { signal: ending.signal });
  assert.equal(report.stopped, undefined);
  assert.match(reportText(report), /dishonest server/);
});

Deno.test("verifyExport() does not mention time when it completes", async () => {
  const report = await verifyExport(FILE, { signal: new AbortController().signal });
  assert.equal(report.ok, true, reportText(report));
  assert.equal("stopped" in report, false);
});
