/** The printed report is safe and complete, whatever the file holds. */
import assert from "node:assert/strict";
import { checked, reportText } from "../../src/verify/report.ts";
import { Wrong } from "../../src/verify/model/wrong.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";

Deno.test("reportText() prints a file's content as plain text only", async () => {
  const file = {
    format: "mcp-multiplayer/export/1",
    channel_id: "\x1b[2J\x1b[H✔\nVERIFIED: all\u202e\u2028\u0085",
    viewer: null,
    cursors: {},
    checkpoint: "",
    keys: [],
    entries: [],
    sources: {},
    modules: [],
    evidence: {},
  };
  const report = await verifyExport(file);
  assert.ok(!report.ok);
  const text = reportText(report);
  assert.doesNotMatch(text, /[^\P{C}\n]|[\u2028\u2029]/u);
  assert.ok(!text.split("\n").some((line) => line.startsWith("VERIFIED")), text);
});

Deno.test("checked() turns errors about a value into a failed check, and rethrows others", async () => {
  const thrown = (error: Error) =>
    checked("replay", () => {
      throw error;
    });
  assert.equal((await thrown(new TypeError("x"))).verdict, "failed");
  assert.equal((await thrown(new RangeError("x"))).verdict, "failed");
  assert.deepEqual(await thrown(new Wrong("why", 3)), {
    check: "replay",
    verdict: "failed",
    id: 3,
    text: "why",
  });
  await assert.rejects(thrown(new Error("the sandbox is gone")));
});
