/** Each kind of entry that the server writes is declared once, and read as it is written. */
import assert from "node:assert/strict";
import { announcedIn, ANNOUNCEMENTS } from "../../../src/domain/announcements/all.ts";
import { SAID } from "./said.ts";

Deno.test("announcedIn() reads what each declaration writes, and nothing more", () => {
  for (const { type, rule, in: readIn } of ANNOUNCEMENTS) {
    const said = SAID[type];
    assert.deepEqual(announcedIn(said), { body: said.body, rule }, type);
    assert.deepEqual(readIn(said), said.body);
    assert.equal(said.cause !== undefined, rule.caused, type);
    assert.equal(announcedIn({ ...said, body: { ...said.body, more: 1 } }), undefined, type);
    const kind = rule.kind === "system" ? "control" : "system";
    assert.equal(announcedIn({ ...said, kind }), undefined, type);
    assert.equal(readIn({ ...said, sender: "p1" }), undefined, type);
  }
});

Deno.test("no kind of entry is declared twice, and each says in a sentence what it means", () => {
  const types = ANNOUNCEMENTS.map(({ type }) => type);
  assert.deepEqual(types.toSorted(), Object.keys(SAID).toSorted());
  for (const { type, says } of ANNOUNCEMENTS) assert.match(says, /^[A-Z].+\.$/, type);
});
