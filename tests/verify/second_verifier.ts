/** Runs the second verifier, which is in Python: see second_verifier.py. */
import assert from "node:assert/strict";
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import type { Player, Wire } from "../support/player.ts";
import { exportOf } from "../support/verifier.ts";

export interface Case {
  file: unknown;
  receipts: string[];
}

/** For each case, the failed check and, if there is one, the first entry at fault. */
export async function secondVerdicts(
  cases: readonly Case[],
): Promise<{ check?: string; id?: number }[]> {
  const python = new Deno.Command("python3", {
    args: ["-I", "-B", new URL("./second_verifier.py", import.meta.url).pathname],
    env: { PYTHONIOENCODING: "utf-8" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = python.stdin.getWriter();
  const writing = writer.write(
    new TextEncoder().encode(cases.map((c) => JSON.stringify(c) + "\n").join("")),
  ).then(() => writer.close());
  const [{ success, stdout }] = await Promise.all([python.output(), writing]);
  assert.ok(success);
  return new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Asserts that both verifiers accept the log of a player's channel. Returns its entries. */
export async function bothAccept(player: Player): Promise<Wire[]> {
  const file = ChannelExport.parse(JSON.parse(await exportOf(player)));
  const report = await verifyExport(file);
  assert.ok(report.ok, reportText(report));
  assert.deepEqual(await secondVerdicts([{ file, receipts: [] }]), [{}]);
  return file.entries;
}
