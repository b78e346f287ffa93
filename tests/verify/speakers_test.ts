/** What must not be taken for a lie: told to others, or told of nothing. */
import assert from "node:assert/strict";
import { ChannelExport, type ExportedEntry } from "../../src/domain/channel_export.ts";
import { checkBeacon } from "../../src/verify/beacon.ts";
import { checkSpeakers } from "../../src/verify/speakers.ts";

const { default: golden } = await import("./golden/0.2.0/open_game.json", {
  with: { type: "json" },
});
const { default: beaconed } = await import("./golden/0.2.0/beaconed.json", {
  with: { type: "json" },
});
const genuine = ChannelExport.parse(golden);
const attach = genuine.entries.find(({ body }) => body?.type === "bot:attach")!;
const bot_id = String(attach.body!.bot_id);
const last = genuine.entries.at(-1)!;

/** The genuine log with more of what the server says of a hook of its bot. */
function fileWith(...more: Partial<ExportedEntry>[]): ChannelExport {
  const added = more.map((entry, i): ExportedEntry => ({
    id: last.id + 1 + i,
    channel_id: last.channel_id,
    sender: "system",
    kind: "control",
    ts: last.ts,
    hash: last.hash,
    cause: last.id,
    ...entry,
  }));
  return { ...genuine, entries: [...genuine.entries, ...added] };
}
const paused = { body: { type: "bot:paused", bot_id, kills: 3, text: "" } };
const withheld = { body_hash: last.hash, to: ["p1"] };

Deno.test("a pause after a failure that this viewer may not read is no lie, one after nothing is", () => {
  checkSpeakers(fileWith(withheld, paused));
  assert.throws(() => checkSpeakers(fileWith(paused)), { id: last.id + 1 });
  const elsewhere = { ...withheld, cause: last.id - 1 };
  assert.throws(() => checkSpeakers(fileWith(elsewhere, paused)), { id: last.id + 2 });
});

Deno.test("that hooks are not run any more may be told while a round is waited for, their words may not", async () => {
  const file = ChannelExport.parse(beaconed);
  const at = file.entries.findIndex(({ body }) => body?.type === "beacon");
  const before = file.entries[at - 1]!;
  const told = (entry: Partial<ExportedEntry>) => {
    const { to: _, body_hash: __, ...open } = before;
    const added: ExportedEntry = { ...open, sender: "system", cause: before.id, ...entry };
    const entries = file.entries.toSpliced(at, 0, added).map((e, i) => ({
      ...e,
      id: i + 1,
      ...(i > at && e.cause !== undefined && e.cause > at && { cause: e.cause + 1 }),
    }));
    return checkBeacon({ ...file, entries });
  };
  const spent = { type: "bot:budget_spent", bot_id: "bot_Dice_0", entries: 64, text: "" };
  await told({ body: spent });
  const word = { sender: "bot:bot_Dice_0", body: { type: "rolled", bot_id: "bot_Dice_0" } };
  await assert.rejects(() => Promise.resolve(told(word)), { id: at + 1 });
});
