/** A bot's cursor, as its export shows it: a replay calls no hook for entries after it. */
import assert from "node:assert/strict";
import type { ChannelExport, ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import { announcedBots } from "../../src/verify/announced_bots.ts";

const HASH = `sha256:${"0".repeat(64)}`;
const bot_id = "bot_Echo_0";
const seed = "0".repeat(64);

const ATTACH = {
  type: "bot:attach",
  bot_id,
  name: "Echo",
  version: "1.0",
  language: "javascript",
  class_name: "Echo",
  code_hash: HASH,
  manifest_hash: HASH,
  engine: "quickjs",
  imports: [],
  net: [],
  seed_commit: HASH,
};
const MANIFEST = {
  type: "bot:manifest",
  bot_id,
  manifest_excerpt: { hooks: [], params: {} },
  manifest: {},
};
const CREATED = { type: "channel_created" };
const END = { type: "bot:end", bot_id, result: null, seed };

/** A log that announces the bot in entries 2 and 3 and then holds `rest`. A hook caused each entry
 *  that has a `cause`. */
function fileOf(rest: [body: JsonObject, cause?: number][], cursors = {}): ChannelExport {
  const bodies: typeof rest = [[CREATED], [ATTACH], [MANIFEST], ...rest];
  const entries = bodies.map(([body, cause], i) =>
    ({ id: i + 1, sender: "system", kind: "system", body, cause }) as ExportedEntry
  );
  return { entries, cursors, modules: [] as unknown[] } as ChannelExport;
}

const detach = (cursor: number | null) => ({ type: "bot:detach", bot_id, seed, cursor });
const close = (cursor: number | null) => ({
  type: "close_applied",
  op: { type: "close", seeds: [{ bot_id, seed, cursor }] },
});

const CASES: [string, ChannelExport, number][] = [
  ["removed in the change that attached it", fileOf([[detach(null)]]), 1],
  ["attached in the change that closed the channel", fileOf([[close(null)]]), 1],
  ["removed before its first hook", fileOf([[detach(1)]]), 1],
  ["removed after some hooks", fileOf([[detach(3)]]), 3],
  ["that has ended itself", fileOf([[END, 3]]), 3],
  ["that has ended, then was removed", fileOf([[END, 2], [detach(null)]]), 2],
  ["that has ended before the close", fileOf([[END, 2], [close(null)]]), 2],
  ["that is still active", fileOf([], { [bot_id]: 2 }), 2],
];
for (const [what, file, cursor] of CASES) {
  Deno.test(`announcedBots() finds the cursor of a bot ${what}`, () => {
    assert.deepEqual(announcedBots(file).map((bot) => bot.cursor), [cursor]);
  });
}
