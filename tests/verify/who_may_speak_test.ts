/** Entries that the check of senders must accept although a viewer can't see their reason. */
import assert from "node:assert/strict";
import {
  botPaused,
  budgetSpent,
  pausedText,
  SPENT_TEXT,
} from "../../src/domain/announcements/hooks.ts";
import { ChannelExport, type ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import type { Draft } from "../../src/domain/transcript/transcript.ts";
import { checkBeacon } from "../../src/verify/beacon.ts";
import { checkSpeakers } from "../../src/verify/who_may_speak.ts";

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

/** The genuine log as a spectator's export, with entries appended. */
function fileWith(...more: Partial<ExportedEntry>[]): ChannelExport {
  const added = more.map((entry, i): ExportedEntry => ({
    id: last.id + 1 + i,
    channel_id: last.channel_id,
    sender: "system",
    kind: "control",
    ts: last.ts,
    hash: last.hash,
    ...entry,
  }));
  const cursors = { [bot_id]: last.id + added.length };
  return { ...genuine, viewer: null, cursors, entries: [...genuine.entries, ...added] };
}

/** A whisper, and a withheld entry about the hook that it called: a failure, or evidence. */
const whispered = (id: number): Partial<ExportedEntry>[] => [
  { sender: "p1", kind: "user", body_hash: last.hash, to: ["p1"] },
  { body_hash: last.hash, to: ["p1"], cause: id },
];
/** A draft of the server as an entry in a log. */
const entryOf = ({ body, ...draft }: Draft): Partial<ExportedEntry> => ({
  ...draft,
  body: body.value,
});
const pausedAt = (cause: number) =>
  entryOf(botPaused.draft({ bot_id, kills: 3, text: pausedText(3) }, { cause }));

Deno.test("checkSpeakers() accepts a pause after enough withheld failures, and not after fewer", () => {
  const [first, second, third] = [1, 3, 5].map((more) => last.id + more) as [
    number,
    number,
    number,
  ];
  const all = [first, second, third].flatMap(whispered);
  checkSpeakers(fileWith(...all, pausedAt(third)));
  assert.throws(() => checkSpeakers(fileWith(...all.slice(0, 4), pausedAt(second))), {
    id: second + 2,
  });
  assert.throws(() => checkSpeakers(fileWith(...all, pausedAt(second))), { id: third + 2 });
  const said = { sender: "p1", kind: "user" as const, body: { text: "so?" } };
  assert.throws(() => checkSpeakers(fileWith(...all, said, pausedAt(third))), { id: third + 3 });
});

Deno.test("checkBeacon() accepts bot:budget_spent before the round is published, but no post", async () => {
  const file = ChannelExport.parse(beaconed);
  const at = file.entries.findIndex(({ body }) => body?.type === "beacon");
  const before = file.entries[at - 1]!;
  const withEntry = (entry: Partial<ExportedEntry>) => {
    const { to: _, body_hash: __, ...open } = before;
    const added: ExportedEntry = { ...open, sender: "system", cause: before.id, ...entry };
    const entries = file.entries.toSpliced(at, 0, added).map((e, i) => ({
      ...e,
      id: i + 1,
      ...(i > at && e.cause !== undefined && e.cause > at && { cause: e.cause + 1 }),
    }));
    return checkBeacon({ ...file, entries });
  };
  const spent = budgetSpent.draft({ bot_id: "bot_Dice_0", entries: 64, text: SPENT_TEXT });
  await withEntry(entryOf(spent));
  const word = { sender: "bot:bot_Dice_0", body: { type: "rolled", bot_id: "bot_Dice_0" } };
  await assert.rejects(() => Promise.resolve(withEntry(word)), { id: at + 1 });
});
