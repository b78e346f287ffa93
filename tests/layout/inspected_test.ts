/** `bots/inspected.json` is made of the sources as they are: what it says of them is checked in
 *  `tests/games/inspected_test.ts`. */
import assert from "node:assert/strict";
import { builtinBots } from "../../src/compose/builtin_bots.ts";
import { hashText } from "../../src/kernel/hash.ts";
import { vettedSources } from "../../src/sandbox/guest/javascript/vetted_sources.ts";

Deno.test("bots/inspected.json is younger than the bots; else run tests/games/inspect.ts", async () => {
  const { builtins, inspected } = await builtinBots();
  const known = await inspected();
  const hashes = Object.entries(known).map(([name, { code_hash }]) => [name, code_hash]);
  const own = [...builtins].map(([name, source]) => {
    return [name, hashText(new TextEncoder().encode(source))];
  });
  assert.deepEqual(hashes.toSorted(), own.toSorted());
  const modules = (await vettedSources()).map(({ hash }) => hash);
  const imported = Object.values(known).flatMap(({ imports }) => imports.map(({ hash }) => hash));
  assert.deepEqual(imported.filter((hash) => !modules.includes(hash)), []);
});
