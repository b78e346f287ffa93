/** Plays channels of generated bots over HTTP, exports them, and verifies each file as the server
 *  wrote it and as another program may have saved it. None may fail. `GENERATED_EXPORTS=1000` plays
 *  that many channels. */
import assert from "node:assert/strict";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { patient } from "../support/patient_replayer.ts";
import { Player, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { runs } from "../support/thorough.ts";
import { exportOf } from "../support/verifier.ts";
import { type GeneratedBot, generatedBot } from "./bot_grammar.ts";

const SEED = Number(Deno.env.get("GENERATED_SEED") ?? 20_261_129);
const EXPORTS = Number(Deno.env.get("GENERATED_EXPORTS") ?? runs(60));
/** The number of channels played at a time. */
const LANES = 3;
/** The reasons that a machine under load causes: only hooks that a time limit ended may be missing
 *  from a replay. */
const BY_A_CLOCK = /\d+ because ([^,]* at its time limit|[^,]* took too long here)/g;
const HOOK_MS = 60_000;

/** Plays one channel, closes it and returns its export. */
async function played(url: string, bot: GeneratedBot): Promise<string> {
  const player = await Player.at(url);
  const { language, source: inline_code, params, bodies } = bot;
  let created: Wire;
  for (let tries = 1;; tries++) {
    const bots = [{ inline_code, language, params, slot: "bot:b" }];
    created = await player.call("create_channel", {
      name: "generated",
      slots: ["bot:b", "invite:alice"],
      bots,
    });
    if (!created.bot_errors) break;
    // An inspection has two seconds and the start of a host fifteen, which a busy machine may
    // exceed.
    const error = JSON.stringify(created.bot_errors);
    assert.ok(/too long|try again/i.test(error) && tries < 20, `${error}\n${inline_code}`);
    await new Promise((resolve) => setTimeout(resolve, 200 * tries));
  }
  await player.join(created.invites[0]);
  for (const body of bodies) {
    const { msg_id } = await player.say(body);
    await player.readUntil(({ cause }) => cause === msg_id);
  }
  const { channel_id } = player;
  await player.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  return await exportOf(player);
}

/** The same JSON with the keys of every object sorted by `compare`. */
function reordered(json: Wire, compare: (a: string, b: string) => number): Wire {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((item) => reordered(item, compare));
  const names = Object.keys(json).sort(compare);
  return Object.fromEntries(names.map((name) => [name, reordered(json[name], compare)]));
}

/** The ways in which other programs may save the file. */
const SAVED: Record<string, (text: string) => string> = {
  "with its keys sorted": (text) =>
    JSON.stringify(reordered(JSON.parse(text), (a, b) => a < b ? -1 : 1)),
  "with its keys in reverse order": (text) =>
    JSON.stringify(reordered(JSON.parse(text), (a, b) => a < b ? 1 : -1)),
  "over many lines": (text) => JSON.stringify(JSON.parse(text), null, 2),
  "sorted by length, over many lines": (text) =>
    JSON.stringify(reordered(JSON.parse(text), (a, b) => a.length - b.length), null, "\t"),
};

Deno.test(`${EXPORTS} exports of generated bots verify, also after another program saved them`, async () => {
  await using server = await testServer({ hookTimeoutMs: HOOK_MS, sandboxHosts: 2 });
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs: HOOK_MS });
  const replayer = patient(replayerOn(sandbox));
  let replayed = 0;
  let skipped = 0;
  try {
    const numbers = Array.from({ length: EXPORTS }, (_, n) => n).values();
    await Promise.all(Array.from({ length: LANES }, async () => {
      for (const n of numbers) {
        const bot = generatedBot(SEED, n);
        const text = await played(server.url, bot);
        const [how, save] = Object.entries(SAVED)[n % 4]!;
        for (const [name, file] of [["as it was written", text], [how, save(text)]] as const) {
          const report = await verifyExport(JSON.parse(file), { replayer });
          const what = `seed ${SEED}, bot ${n}, ${name}\n${bot.source}\n${reportText(report)}`;
          assert.ok(report.ok, what);
          const finding = report.checks.find(({ check }) => check === "replay")!.text;
          const clocked = [...finding.matchAll(BY_A_CLOCK)].map(([count]) => parseInt(count));
          const ended = clocked.reduce((sum, count) => sum + count, 0);
          skipped += ended;
          assert.equal(report.hooks.unknown, ended, what);
          assert.ok(report.hooks.replayed > bot.bodies.length || ended > 0, what);
          replayed += report.hooks.replayed;
        }
      }
    }));
  } finally {
    await sandbox.close();
  }
  assert.ok(replayed > EXPORTS * 6, `${replayed} hooks replayed, ${skipped} skipped`);
});
