/** Two hundred forgeries of one genuine export: two verifiers without shared code refuse each at
 *  the first entry at fault, and accept the genuine export. */
import assert from "node:assert/strict";
import { TreeSigner } from "../../src/channels/proof/tree_signer.ts";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import type { PublishedKey } from "../../src/domain/proof/channel_export.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Replayer } from "../../src/verify/replayer.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { Forger } from "./forger.ts";
import { forgeries } from "./forgeries.ts";
import { genuineChannel, SERVER_KEY } from "./genuine.ts";
import { secondVerdicts } from "./second_verifier.ts";

function keyOf(secret: string): PublishedKey {
  const { publicKey } = new TreeSigner({ key: Uint8Array.fromHex(secret), publicUrl: "http://x" });
  const since = "2026-01-01T00:00:00.000Z";
  return { algorithm: "Ed25519", public_key: publicKey.toBase64(), since, until: null };
}

/** The first failed check, and its entry. */
async function found(file: unknown, replayer: Replayer, receipts: string[] = []) {
  const { ok, checks } = await verifyExport(file, { replayer, receipts });
  const wrong = checks.find(({ verdict }) => verdict === "failed");
  assert.equal(ok, wrong === undefined);
  return wrong && { check: wrong.check, ...(wrong.id !== undefined && { id: wrong.id }) };
}

Deno.test("the verifiers refuse forged exports and accept the genuine one", async (t) => {
  const { file, receipt } = await genuineChannel();
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000 });
  try {
    const replayer = replayerOn(sandbox);
    await t.step("the genuine export and its receipt verify", async () => {
      const report = await verifyExport(file, { replayer, receipts: [receipt] });
      assert.ok(report.ok, JSON.stringify(report.checks, null, 1));
      assert.ok(report.hooks.replayed > 10);
      assert.deepEqual(await secondVerdicts([{ file, receipts: [receipt] }]), [{}]);
    });

    const table = forgeries(file);
    await t.step(`${table.length} forgeries, at least two hundred`, async () => {
      assert.ok(table.length >= 200, `${table.length}`);
      for (const { name, file, check, id } of table) {
        const wrong = await found(file, replayer);
        assert.equal(wrong?.check, check, `${name}: ${JSON.stringify(wrong)}`);
        if (id !== undefined) assert.equal(wrong?.id, id, name);
        if (check === "replay") assert.ok(wrong?.id, name);
      }
    });

    await t.step("the second verifier agrees wherever no replay is needed", async () => {
      const cases = table.filter(({ check }) => check !== "replay");
      const verdicts = await secondVerdicts(cases.map(({ file }) => ({ file, receipts: [] })));
      for (const [i, { name, check }] of cases.entries()) {
        assert.equal(verdicts[i]!.check, check, `${name}: ${JSON.stringify(verdicts[i])}`);
      }
    });

    await t.step(
      "a receipt counts in every copied form, and under an old server name",
      async () => {
        const [, size, root] = receipt.split("\n");
        const signer = new TreeSigner({
          key: Uint8Array.fromHex(SERVER_KEY),
          publicUrl: "http://x",
        });
        const renamed = signer.signed({
          origin: `old.example/${file.channel_id}`,
          size: Number(size),
          root: Uint8Array.fromBase64(root!),
        });
        const copies = [
          receipt.trimEnd(),
          receipt.replaceAll("\n", "\r\n"),
          JSON.stringify(receipt),
        ];
        const receipts = [...copies, renamed];
        const { checks } = await verifyExport(file, { receipts: [...receipts, "what?"] });
        const verdicts = checks.filter(({ check }) => check === "receipt").map((c) => c.verdict);
        assert.deepEqual(verdicts, [...receipts.map(() => "passed"), "unknown"]);
        const changed = receipt.replace(`\n${size}\n`, `\n${Number(size) - 1}\n`);
        const wrong = (await verifyExport(file, { receipts: [changed] })).checks
          .find(({ check }) => check === "receipt")!;
        assert.match(wrong.text, /it was changed/);
      },
    );

    await t.step(
      "a receipt reveals a truncated or forked history, and another channel",
      async () => {
        const size = Number(receipt.split("\n")[1]);
        const histories: Record<string, (forger: Forger) => void> = {
          truncated: ({ file }) => file.entries.splice(size - 1),
          forked: ({ file }) => file.entries[size - 1]!.body = { text: "bad luck" },
        };
        for (const [name, rewrite] of Object.entries(histories)) {
          const forger = new Forger(file);
          rewrite(forger);
          forger.mend(SERVER_KEY);
          const verdict = await verifyExport(forger.file, { receipts: [receipt] });
          const wrong = verdict.checks.find(({ check }) => check === "receipt");
          assert.equal(wrong?.verdict, "failed", name);
          const [second] = await secondVerdicts([{ file: forger.file, receipts: [receipt] }]);
          assert.equal(second!.check, "receipt", name);
        }
        const both = new Forger(file);
        both.mend("0b".repeat(32));
        both.file.keys.push(keyOf("0b".repeat(32)));
        const { checks } = await verifyExport(both.file, { receipts: [receipt] });
        const held = checks.find(({ check }) => check === "receipt")!;
        assert.equal(held.verdict, "unknown", "a file names its own keys");
        const replaced = structuredClone(file);
        replaced.keys[0]!.until = "2020-01-01T00:00:00.000Z";
        const signed = (await verifyExport(replaced)).checks;
        assert.equal(signed.find(({ check }) => check === "signature")!.verdict, "unknown");
        const foreign = receipt.replaceAll(file.channel_id, "chn_other");
        assert.equal((await found(file, replayer, [foreign]))?.check, "receipt");
      },
    );
  } finally {
    await sandbox.close();
  }
});
