/** Each kind of entry that the server writes is declared once, and read as it is written. */
import assert from "node:assert/strict";
import { announcedIn, ANNOUNCEMENTS } from "../../../src/domain/announcements/all.ts";
import { DRAFTS } from "./drafts.ts";

Deno.test("announcedIn() reads what each declaration writes, and nothing more", () => {
  for (const { type, rule, in: readIn } of ANNOUNCEMENTS) {
    const draft = DRAFTS[type];
    assert.deepEqual(announcedIn(draft), { body: draft.body, rule }, type);
    assert.deepEqual(readIn(draft), draft.body);
    assert.equal(draft.cause !== undefined, rule.caused, type);
    assert.equal(announcedIn({ ...draft, body: { ...draft.body, more: 1 } }), undefined, type);
    const kind = rule.kind === "system" ? "control" : "system";
    assert.equal(announcedIn({ ...draft, kind }), undefined, type);
    assert.equal(readIn({ ...draft, sender: "p1" }), undefined, type);
  }
});

Deno.test("no kind of entry is declared twice, and each says in a sentence what it means", () => {
  const types = ANNOUNCEMENTS.map(({ type }) => type);
  assert.deepEqual(types.toSorted(), Object.keys(DRAFTS).toSorted());
  for (const { type, says } of ANNOUNCEMENTS) assert.match(says, /^[A-Z].+\.$/, type);
});
