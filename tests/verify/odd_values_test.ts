/** Whatever replaces a value in an export, the verifier returns a report. */
import assert from "node:assert/strict";
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { CHECKS } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { Forger } from "./forger.ts";
import { SERVER_KEY } from "./genuine.ts";

const ODD: readonly unknown[] = [null, undefined, {}, [], "", "x", 1, -1.5, true, [null]];

type Path = (string | number)[];

/** The paths of all values in JSON. */
function pathsIn(value: Wire, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((name) => {
    const at = [...path, Array.isArray(value) ? Number(name) : name];
    return [at, ...pathsIn(value[name], at)];
  });
}

Deno.test("verifyExport() never throws for a value in a file, even a signed one", async () => {
  await using server = await testServer({ sandbox: "off", signingKey: SERVER_KEY });
  const slots = ["invite:alice", "invite:bob"];
  const { host, players: [alice, bob] } = await roomOf(server.url, { slots }, 2);
  const { channel_id } = alice!;
  const { receipt } = await alice!.say("good luck", { receipt: true });
  const { commit, salt } = await bob!.call("make_commitment", { value: "rock" });
  const { msg_id } = await bob!.say({ type: "commit", commit });
  await bob!.say({ type: "reveal", of: msg_id, value: "rock", salt });
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  const file = ChannelExport.parse(JSON.parse(await exportOf(alice!)));
  const receipts = [receipt.checkpoint];
  const genuine = await verifyExport(file, { receipts });
  assert.ok(genuine.ok, JSON.stringify(genuine.checks));
  for (const path of pathsIn(file)) {
    for (const odd of ODD) {
      for (const isSigned of [false, true]) {
        const forger = new Forger(file);
        const parent = path.slice(0, -1).reduce((at: Wire, name) => at[name], forger.file);
        parent[path.at(-1)!] = odd;
        try {
          if (isSigned) forger.mend(SERVER_KEY);
        } catch {
          continue; // no server could sign such a value
        }
        const json = JSON.parse(JSON.stringify(forger.file));
        const report = await verifyExport(json, { receipts }).catch((error) =>
          assert.fail(`${path.join(".")} = ${JSON.stringify(odd)}: ${error.stack}`)
        );
        assert.ok(report.checks.every(({ check }) => CHECKS.includes(check)));
      }
    }
  }
});
