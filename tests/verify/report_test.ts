/** What a verification prints, whatever is in the file. */
import assert from "node:assert/strict";
import { checked, reportText } from "../../src/verify/report.ts";
import { Wrong } from "../../src/verify/model/wrong.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";

Deno.test("nothing in a file reaches the terminal as more than text", async () => {
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

Deno.test("what is thrown for a value's form is a failed check, what is thrown for the machine is thrown", async () => {
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
