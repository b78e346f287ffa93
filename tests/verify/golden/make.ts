/** Plays games on a real server and keeps their exports in a folder that is named after this release: run once before
 *  each release, `deno run -A tests/verify/golden/make.ts`. What is kept is never made again. */
import denoJson from "../../../deno.json" with { type: "json" };
import { replayerOn } from "../../../src/channels/proof/replayer.ts";
import { openSandbox } from "../../../src/sandbox/open_sandbox.ts";
import { verifyExport } from "../../../src/verify/verify_export.ts";
import { ofType, roomOf } from "../../support/player.ts";
import { testServer } from "../../support/server.ts";
import { exportOf } from "../../support/verifier.ts";
import { webServer } from "../../support/web_server.ts";
import { drandNetwork } from "../../support/drand_network.ts";
import { beaconedChannel } from "../beaconed.ts";
import { genuineChannel } from "../genuine.ts";
import { botFrom, play, TABLES } from "../user_bots_table.ts";
import { expectationOf } from "./expectation.ts";

const folder = new URL(`./${denoJson.version}/`, import.meta.url);
await Deno.mkdir(folder);

async function table(name: string): Promise<string> {
  await using site = webServer();
  await using server = await testServer({ hookTimeoutMs: 60_000 });
  const { bots: files, ...rest } = TABLES[name]!(site);
  const bots = await Promise.all(files.map((file) => botFrom(file, site)));
  const slots = [...bots.map((_, i) => `bot:b${i}`), "invite:alice", "invite:bob"];
  const { host, players: [alice, bob] } = await roomOf(server.url, { slots, bots }, 2);
  await play({ bots: files, ...rest }, alice!, bob!);
  const { channel_id } = host;
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  return await exportOf(alice!);
}

/** A game that nobody has ended. */
async function openGame(): Promise<string> {
  await using server = await testServer();
  const slots = ["bot:referee", "invite:alice", "invite:bob"];
  const { players: [alice] } = await roomOf(server.url, { slots, bot_preset: "GuessBot" }, 2);
  await alice!.readUntil(ofType("bot:turn"));
  return await exportOf(alice!);
}

async function beaconedGame(): Promise<string> {
  await using drand = drandNetwork();
  return JSON.stringify(await beaconedChannel(drand));
}

const genuine = await genuineChannel();
await Deno.writeTextFile(new URL("everything.receipt.txt", folder), genuine.receipt);
const exports: Record<string, string> = {
  "everything.json": JSON.stringify(genuine.file),
  "board_games.json": await table("board games"),
  "bots_that_whisper.json": await table("bots that whisper"),
  "open_game.json": await openGame(),
  "beaconed.json": await beaconedGame(),
};
const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 60_000 });
const expected: Record<string, unknown> = {};
for (const [name, text] of Object.entries(exports)) {
  await Deno.writeTextFile(new URL(name, folder), text);
  const report = await verifyExport(JSON.parse(text), { replayer: replayerOn(sandbox) });
  expected[name] = expectationOf(report);
}
await sandbox.close();
await Deno.writeTextFile(new URL("expected.json", folder), JSON.stringify(expected, null, 2));
