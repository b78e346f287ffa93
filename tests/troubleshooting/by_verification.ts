/** What a verification says of a file that was changed: one change for each check. */
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { forgeries } from "../verify/forgeries.ts";
import { genuineChannel } from "../verify/genuine.ts";
import type { Said } from "./page.ts";

/** An export of another channel. */
const OTHER = new URL("../verify/golden/0.2.0/board_games.json", import.meta.url);

/** By the name of the check. */
export async function saidByVerifier(sandbox: Sandbox): Promise<Said> {
  const { file } = await genuineChannel();
  const said: Said = {};
  for (const { file: forged, check } of forgeries(file)) {
    if (said[check]) continue;
    const { checks } = await verifyExport(forged, { replayer: replayerOn(sandbox) });
    said[check] = [checks.find(({ verdict }) => verdict === "failed")!.text];
  }
  const { checkpoint } = JSON.parse(await Deno.readTextFile(OTHER));
  const { checks } = await verifyExport(file, { receipts: [checkpoint] });
  said.receipt = checks.filter(({ verdict }) => verdict === "failed").map(({ text }) => text);
  return said;
}
