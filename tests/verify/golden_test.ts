/** Exports of earlier releases (golden/<release>/) always verify, with this release's verifier and
 *  with the second one. If the engines are still the same, the hooks are replayed, too. */
import assert from "node:assert/strict";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import type { Wire } from "../support/player.ts";
import { type Expectation, expectationOf } from "./golden/expectation.ts";
import { secondVerdicts } from "./second_verifier.ts";

const GOLDEN = new URL("./golden/", import.meta.url);

interface Golden {
  name: string;
  file: Wire;
  receipts: string[];
  expected: Expectation;
}

async function goldens(): Promise<Golden[]> {
  const found: Golden[] = [];
  for await (const { name: release, isDirectory } of Deno.readDir(GOLDEN)) {
    if (!isDirectory) continue;
    const textOf = (name: string) => Deno.readTextFile(new URL(`${release}/${name}`, GOLDEN));
    const all: Record<string, Expectation> = JSON.parse(await textOf("expected.json"));
    for (const [name, expected] of Object.entries(all)) {
      const receipt = await textOf(name.replace(/json$/, "receipt.txt")).catch(() => undefined);
      const receipts = receipt === undefined ? [] : [receipt];
      const file = JSON.parse(await textOf(name));
      found.push({ name: `${release}/${name}`, file, receipts, expected });
    }
  }
  return found;
}

Deno.test("exports of earlier releases verify", async (t) => {
  const files = await goldens();
  assert.ok(files.length >= 4);
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000 });
  const replayer = replayerOn(sandbox);
  const engines = new Set(
    await Promise.all(
      (["javascript", "python"] as const).map(async (language) =>
        (await sandbox.engine(language))?.engine
      ),
    ),
  );
  try {
    for (const { name, file, receipts, expected } of files) {
      await t.step(name, async () => {
        const report = await verifyExport(file, { receipts, replayer });
        assert.ok(report.ok, reportText(report));
        const { entries, hooks, verdicts } = expectationOf(report);
        assert.equal(entries, expected.entries);
        const bots: Wire[] = file.entries.flatMap(({ body }: Wire) =>
          body?.type === "bot:attach" ? [body] : []
        );
        const runsAgain = bots.every(({ engine }) => engines.has(engine));
        for (const [check, verdict] of Object.entries(expected.verdicts)) {
          if (runsAgain || check !== "replay") assert.equal(verdicts[check], verdict, check);
        }
        // Without a revealed seed no hook is replayed, whatever the engine.
        const ranOnce = expected.hooks.replayed > 0;
        if (runsAgain || !ranOnce) assert.deepEqual(hooks, expected.hooks);
        else assert.match(reportText(report), /another release of the engine/);
        assert.equal(verdicts.receipt, receipts.length > 0 ? "passed" : undefined);
      });
    }
  } finally {
    await sandbox.close();
  }

  await t.step("the second verifier accepts them", async () => {
    const verdicts = await secondVerdicts(files.map(({ file, receipts }) => ({ file, receipts })));
    assert.deepEqual(verdicts, files.map(() => ({})));
  });

  await t.step("a change in them is found", async () => {
    for (const { name, file, expected } of files) {
      const id = expected.entries - 1;
      file.entries[id - 1].ts = file.entries[id - 1].ts.replace(/^20/, "19");
      const { checks } = await verifyExport(file);
      const wrong = checks.find(({ check }) => check === "hashes");
      assert.deepEqual([wrong?.verdict, wrong?.id], ["failed", id], name);
    }
  });
});
