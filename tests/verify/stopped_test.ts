/** A verification that was given too little time says what it came to, and does not call it
 *  verified. */
import assert from "node:assert/strict";
import type { Replayer } from "../../src/verify/replayer.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { WIDE } from "./hostile_files.ts";

const FILE = WIDE["messages to a bot"]!(3);

Deno.test("verifyExport() checks nothing that there is no time for, and says so", async () => {
  const report = await verifyExport(FILE, { signal: AbortSignal.abort() });
  const { ok, stopped, checks } = report;
  assert.deepEqual({ ok, stopped }, { ok: false, stopped: true });
  const [format, ...others] = checks;
  assert.equal(format!.verdict, "passed");
  assert.ok(others.every(({ verdict, stopped }) => verdict === "unknown" && stopped));
  assert.match(reportText(report), /^NOT VERIFIED TO THE END: chn_hostile/m);
  assert.doesNotMatch(reportText(report), /✘|honest/);
});

Deno.test("verifyExport() leaves engines that do not answer when the time is over", async () => {
  const ending = new AbortController();
  const silent: Replayer = {
    // Asked once the time runs: nothing is waited for that a clock would have to end.
    engine() {
      ending.abort();
      return Promise.withResolvers<undefined>().promise;
    },
    inspect: () => assert.fail("the time is over"),
    run: () => assert.fail("the time is over"),
  };
  const file = structuredClone(WIDE["bots that are taken out again"]!(1));
  const report = await verifyExport(file, { replayer: silent, signal: ending.signal });
  const replay = report.checks.at(-1)!;
  assert.deepEqual([report.ok, report.stopped, replay.check, replay.verdict], [
    false,
    true,
    "replay",
    "unknown",
  ]);
  assert.match(replay.text, /^0 hooks say the same.*the time that was given was over$/);
});

Deno.test("verifyExport() calls wrong what is wrong, also when the time is over", async () => {
  const file = structuredClone(FILE);
  file.entries[2]!.id = 9;
  const ending = new AbortController();
  const report = await verifyExport(file, { signal: ending.signal });
  assert.equal(report.stopped, undefined);
  assert.match(reportText(report), /can't come from an honest server/);
});

Deno.test("verifyExport() with time enough says nothing of time", async () => {
  const report = await verifyExport(FILE, { signal: new AbortController().signal });
  assert.equal(report.ok, true, reportText(report));
  assert.equal("stopped" in report, false);
});
