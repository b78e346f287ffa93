/** More than a hundred lies of a dishonest operator with the server's key. The verifier must refuse
 *  each at its entry, and must accept every honest file, whoever its viewer is. */
import assert from "node:assert/strict";
import type { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { reportText } from "../../src/verify/report.ts";
import { checkSpeakers } from "../../src/verify/who_may_speak.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import type { Wire } from "../support/player.ts";
import { verify } from "../support/verifier.ts";
import { busyChannel } from "./busy.ts";
import { claimedRematch } from "./claimed_rematch.ts";
import { lies } from "./lies.ts";
import { secondVerdicts } from "./second_verifier.ts";

Deno.test("the verifier refuses what no honest server writes, at its entry", async (t) => {
  const busy = await busyChannel();
  const honest = { ...busy, claimed: await claimedRematch() };
  const files: [string, ChannelExport][] = Object.entries(honest);

  await t.step("accepts the honest files of every viewer", async () => {
    for (const [name, file] of files) {
      const report = await verifyExport(file);
      assert.ok(report.ok, `${name}: ${reportText(report)}`);
    }
    const verdicts = await secondVerdicts(files.map(([, file]) => ({ file, receipts: [] })));
    assert.deepEqual(verdicts, files.map(() => ({})));
  });

  await t.step("accepts every beginning of the log", () => {
    const { entries } = busy.alice;
    // As if the export had been taken directly before a member's post.
    for (const { id } of entries.filter(({ kind }) => kind === "user")) {
      const begun = { ...busy.alice, viewer: null, entries: entries.slice(0, id - 1) };
      const cursors = cursorsIn(begun);
      checkSpeakers({ ...begun, cursors });
    }
  });

  const table = lies(honest);
  await t.step(`refuses ${table.length} lies, each at its entry`, async () => {
    assert.ok(table.length >= 120, `${table.length}`);
    for (const { name, file, check, id } of table) {
      const { checks } = await verifyExport(file);
      const wrong = checks.find(({ verdict }) => verdict === "failed");
      assert.deepEqual([wrong?.check, wrong?.id], [check, id], `${name}: ${wrong?.text}`);
    }
  });

  await t.step("the verify task reports it, and exits with 1", async () => {
    for (const { name, file, check, id } of [table[0]!, table.at(-1)!]) {
      const { code, report } = await verify(JSON.stringify(file));
      const wrong = report.checks.find(({ verdict }: Wire) => verdict === "failed");
      assert.deepEqual([code, report.ok, wrong.check, wrong.id], [1, false, check, id], name);
    }
  });

  await t.step("the second verifier refuses each at the same entry", async () => {
    const verdicts = await secondVerdicts(table.map(({ file }) => ({ file, receipts: [] })));
    for (const [i, { name, check, id }] of table.entries()) {
      assert.deepEqual([verdicts[i]!.check, verdicts[i]!.id], [check, id], name);
    }
  });
});

/** The cursors of a log's active bots, each at its end. */
function cursorsIn({ entries }: Pick<ChannelExport, "entries">): Record<string, number> {
  const cursors: Record<string, number> = {};
  for (const { body } of entries) {
    if (body?.type === "bot:attach") cursors[String(body.bot_id)] = entries.length;
    if (body?.type === "bot:detach" || body?.type === "bot:end") {
      delete cursors[String(body.bot_id)];
    }
  }
  return cursors;
}
