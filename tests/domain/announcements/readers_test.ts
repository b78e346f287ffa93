/** Readers recognise an entry of the server by its declaration, which also checks the sender. */
import assert from "node:assert/strict";
import { ANNOUNCEMENTS } from "../../../src/domain/announcements/all.ts";
import { sourceFiles } from "../../support/source_graph.ts";

/** The verifier's model compares bodies that a declaration has already parsed and typed. */
const TYPED = "src/verify/model/";

Deno.test("src: no reader compares a type of the server's entries by hand", async () => {
  const types = ANNOUNCEMENTS.map(({ type }) => type).join("|");
  const byHand = new RegExp(`(?:[=!]==?|\\bcase) "(?:${types})"|"(?:${types})" [=!]==?`);
  const wrong = (await sourceFiles())
    .filter(({ path }) => !path.startsWith(TYPED))
    .flatMap(({ path, text }) =>
      text.split("\n").filter((line) => byHand.test(line)).map((line) => `${path}: ${line.trim()}`)
    );
  assert.deepEqual(wrong, []);
});
