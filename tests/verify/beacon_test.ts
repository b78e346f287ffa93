/** Public randomness in exports: the verifier finds the lies of a dishonest server that mends all
 *  its hashes and signatures, and no timestamp that such a server could try changes a die. */
import assert from "node:assert/strict";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { chainHash } from "../../src/kernel/drand.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { type CheckName, reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { drandNetwork } from "../support/drand_network.ts";
import { ofType } from "../support/player.ts";
import { beaconedChannel } from "./beaconed.ts";
import { Forger } from "./forger.ts";
import { SERVER_KEY } from "./genuine.ts";
import { secondVerdicts } from "./second_verifier.ts";

Deno.test("exports with public randomness", async (t) => {
  await using drand = drandNetwork();
  await using other = drandNetwork();
  const genuine = await beaconedChannel(drand);
  const trustedChains = [drand.chain.hash];
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000 });
  const replayer = replayerOn(sandbox);
  const verified = (file: unknown) => verifyExport(file, { replayer, trustedChains });
  /** Changes the log and mends all its hashes, as a dishonest server would. */
  const forged = (change: (forger: Forger) => void) => {
    const forger = new Forger(genuine);
    change(forger);
    forger.mend(SERVER_KEY);
    return forger.file;
  };
  /** Asserts that the verifier refuses a change at a check and an entry, and so does the second
   *  verifier, unless only a replay shows it. */
  const refused = async (
    change: (forger: Forger) => number | void,
    id?: number,
    check: CheckName = "beacon",
  ) => {
    let expected: number | void = id;
    const file = forged((forger) => expected = change(forger) ?? id);
    const { checks } = await verified(file);
    const wrong = checks.find(({ verdict }) => verdict === "failed");
    assert.equal(wrong?.check, check, JSON.stringify(wrong));
    if (expected !== undefined) assert.equal(wrong?.id, expected, wrong?.text);
    if (check === "replay") return;
    const [second] = await secondVerdicts([{ file, receipts: [] }]);
    assert.equal(second!.check, check, JSON.stringify(second));
  };
  const { entries } = genuine;
  const idOf = (type: string) => entries.find(ofType(type))!.id;
  const lastOf = (type: string) => entries.findLast(ofType(type))!.id;
  const [beacon, attach, join] = ["beacon", "bot:attach", "member_joined"].map(idOf) as [
    number,
    number,
    number,
  ];
  const late = lastOf("member_joined");
  const bodyAt = ({ file }: Forger, id: number) => file.entries[id - 1]!.body!;
  const after = (ts: string, ms: number) => new Date(Date.parse(ts) + ms).toISOString();

  try {
    await t.step("both verifiers accept the genuine export", async () => {
      const report = await verified(genuine);
      assert.ok(report.ok, reportText(report));
      assert.ok(report.checks.every(({ verdict }) => verdict === "passed"), reportText(report));
      assert.equal(report.hooks.unknown, 0);
      assert.ok(report.hooks.replayed >= 7);
      assert.deepEqual(await secondVerdicts([{ file: genuine, receipts: [] }]), [{}]);
    });

    await t.step("no timestamp that the server could try changes a die", async () => {
      const first = lastOf("member_joined") + 1;
      const file = forged(({ file }) => {
        for (const entry of file.entries.slice(first)) entry.ts = after(entry.ts, 3_600_000);
      });
      const report = await verified(file);
      assert.ok(report.ok, reportText(report));
      assert.equal(report.hooks.unknown, 0);
    });

    await t.step("a false `entropy` of a player changes no die either", async () => {
      const report = await verified(forged((f) => void (bodyAt(f, late).entropy = "mine")));
      assert.ok(report.ok, reportText(report));
    });

    await t.step("a die that does not follow from the round", async () => {
      const last = entries.findLast(ofType("rolled"))!.id;
      await refused((f) => void (bodyAt(f, last).die = 6), last, "replay");
    });

    await t.step("a signature that is not the chain's for the round", async () => {
      const { round } = entries[beacon - 1]!.body!;
      const signatures = [drand.sign(Number(round) + 1), other.sign(Number(round)), "c0", ""];
      for (const signature of signatures) {
        await refused((f) => void (bodyAt(f, beacon).signature = signature), beacon);
      }
    });

    await t.step("a named round that is past or too far ahead", async () => {
      for (const id of [attach, join, late]) {
        const { beacon_round } = entries[id - 1]!.body!;
        for (const by of [-2, -1, 1, 1_000]) {
          await refused((f) => void (bodyAt(f, id).beacon_round = Number(beacon_round) + by), id);
        }
        await refused((f) => void delete bodyAt(f, id).beacon_round, id);
      }
    });

    await t.step(
      "timestamps set back, so that a past round seems to be in the future",
      async () => {
        await refused(
          ({ file }) => {
            for (const entry of file.entries) entry.ts = after(entry.ts, -60_000);
            for (const { body } of file.entries) {
              if (typeof body?.beacon_round === "number") body.beacon_round -= 60;
              if (body?.type !== "beacon") continue;
              body.round = Number(body.round) - 60;
              body.signature = drand.sign(body.round);
            }
            // Everything is consistent except the dice.
          },
          undefined,
          "replay",
        );
        await refused(({ file }) => {
          for (const entry of file.entries.slice(0, beacon)) entry.ts = after(entry.ts, -2_000);
          for (const { body } of file.entries.slice(0, beacon)) {
            if (typeof body?.beacon_round === "number") body.beacon_round -= 2;
          }
        });
      },
    );

    await t.step("dice drawn before the round is published, or without it", async () => {
      await refused(({ file }) => {
        const [published] = file.entries.splice(beacon - 1, 1);
        const first = file.entries.findIndex(ofType("rolled"));
        file.entries.splice(first + 1, 0, published!);
        published!.ts = file.entries[first]!.ts;
        return first + 1;
      });
      await refused(({ file }) => {
        file.entries.splice(beacon - 1, 1);
        return file.entries.findIndex(ofType("rolled")) + 1;
      });
    });

    await t.step("a round published twice, or never named", async () => {
      await refused(({ file }) => {
        const again = structuredClone(file.entries[beacon - 1]!);
        file.entries.splice(-1, 0, { ...again, ts: file.entries.at(-1)!.ts });
        return file.entries.length - 1;
      });
      await refused((f) => {
        const body = bodyAt(f, beacon);
        body.round = Number(body.round) - 1;
        body.signature = drand.sign(Number(body.round));
      }, beacon);
    });

    await t.step("a chain of the server's own is not trusted", async () => {
      const own = forged(({ file }) => {
        file.entries[0]!.body!.beacon = { ...other.chain, genesis_time: drand.chain.genesis_time };
        const { hash: _, ...facts } = file.entries[0]!.body!.beacon as typeof other.chain;
        file.entries[0]!.body!.beacon = { ...facts, hash: chainHash(facts) };
        for (const { body } of file.entries) {
          if (body?.type === "beacon") body.signature = other.sign(Number(body.round));
        }
      });
      const { checks } = await verifyExport(own, { trustedChains });
      const { verdict, text } = checks.find(({ check }) => check === "beacon")!;
      assert.equal(verdict, "failed", text);
      assert.match(text, /do not list chain .* as trusted/);
      const unasked = (await verifyExport(own)).checks.find(({ check }) => check === "beacon")!;
      assert.equal(
        unasked.verdict,
        "unknown",
        "without trusted chains, an unknown chain is undecided",
      );
      await refused((f) => {
        bodyAt(f, 1).beacon = { ...other.chain, hash: drand.chain.hash };
      }, 1);
    });

    await t.step("rounds without a chain, and a chain in a file of format 1", async () => {
      await refused((f) => {
        delete bodyAt(f, 1).beacon;
        f.file.format = "mcp-multiplayer/export/1";
      }, attach);
      await refused((f) => void (f.file.format = "mcp-multiplayer/export/1"), 1);
    });
  } finally {
    await sandbox.close();
  }
});
