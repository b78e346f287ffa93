/** The bots of docs/patterns.md: random games find no fault in any of them. */
import assert from "node:assert/strict";
import { playGames } from "../../src/cli/bot/play_games.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/patterns.md", import.meta.url));

Deno.test("docs/patterns.md: each pattern is a sound bot", async (t) => {
  const sources = [...PAGE.matchAll(/^## \d+\. (.+)$[^]*?(?=^## |$(?![^]))/gm)]
    .flatMap(([section, name]) => {
      const code = /^```js\n([^]*?)^```/m.exec(section)?.[1];
      return code ? [{ name: name!, code }] : [];
    });
  assert.equal(sources.length, 9);
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000, lateSpare: true });
  for (const { name, code } of sources) {
    await t.step(name, async () => {
      const { faults, ended } = await playGames(sandbox, {
        bot: { inline_code: code },
        seats: name === "Teams" ? 4 : 2,
        games: 4,
        moves: 100,
        seed: name,
      });
      assert.deepEqual(faults, []);
      assert.equal(ended, name === "An oracle with a quorum" ? 0 : 4);
    });
  }
  await sandbox.close();
});
