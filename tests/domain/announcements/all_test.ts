/** Each kind of the server's entries is declared once, and is read as it is written. */
import assert from "node:assert/strict";
import { announcedIn, ANNOUNCEMENTS } from "../../../src/domain/announcements/all.ts";
import { ENTRY_SAMPLES } from "./entry_samples.ts";

Deno.test("announcedIn() reads what each declaration writes, and nothing more", () => {
  for (const { type, rule, in: readIn } of ANNOUNCEMENTS) {
    const entry = ENTRY_SAMPLES[type];
    assert.deepEqual(announcedIn(entry), { body: entry.body, rule }, type);
    assert.deepEqual(readIn(entry), entry.body);
    assert.equal(entry.cause !== undefined, rule.caused, type);
    assert.equal(announcedIn({ ...entry, body: { ...entry.body, more: 1 } }), undefined, type);
    const kind = rule.kind === "system" ? "control" : "system";
    assert.equal(announcedIn({ ...entry, kind }), undefined, type);
    assert.equal(readIn({ ...entry, sender: "p1" }), undefined, type);
  }
});

Deno.test("no kind of entry is declared twice, and each has a sentence that explains it", () => {
  const types = ANNOUNCEMENTS.map(({ type }) => type);
  assert.deepEqual(types.toSorted(), Object.keys(ENTRY_SAMPLES).toSorted());
  for (const { type, meaning } of ANNOUNCEMENTS) assert.match(meaning, /^[A-Z].+\.$/, type);
});
