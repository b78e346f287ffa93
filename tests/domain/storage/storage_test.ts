/** Stored bytes are counted for the right account, and a refusal names the one that is full. */
import assert from "node:assert/strict";
import { bodyOf } from "../../../src/domain/transcript/body.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import type { Channel } from "../../../src/domain/channel/channel.ts";
import { freshMemory } from "../../../src/domain/referee/bot_memory.ts";
import { openChannel, slotsFrom } from "../../../src/domain/channel/opening.ts";
import {
  EVIDENCE_BYTES,
  NEW_CHANNEL,
  noRoomFor,
  refuseLargeRecord,
  storedBytesAfter,
  totalBytes,
} from "../../../src/domain/storage/storage.ts";

function channelOf(labels: string[]): Channel {
  const slots = slotsFrom(labels.map((label) => `invite:${label}`), () => "0".repeat(64));
  return openChannel({
    channel_id: "chn_a",
    name: "a",
    creator: "guest:ann",
    host_hash: "",
    visibility: "private",
    sealed: false,
    spectators: false,
    created_at: "2026-01-01T00:00:00.000Z",
    secret: new Uint8Array(32),
  }, slots).channel;
}

Deno.test("storedBytesAfter() counts entries for good, and frees replaced parts", () => {
  const entryOf = (text: string) => ({
    drafts: [{ sender: "p1", body: bodyOf({ text }) }],
    bots: [],
  });
  const one = storedBytesAfter(NEW_CHANNEL, entryOf("a"));
  const bytes = totalBytes(one) - totalBytes(NEW_CHANNEL);
  assert.ok(bytes >= '{"text":"a"}'.length, "an entry counts at least its body");
  const wide = totalBytes(storedBytesAfter(one, entryOf("€"))) - totalBytes(one);
  assert.equal(wide - bytes, 2, "the euro sign has three bytes");

  const memory = freshMemory("00", []);
  const memories = (state: string | null) =>
    new Map([["bot_a", state === null ? null : { ...memory, state }]]);
  const small = storedBytesAfter(one, { drafts: [], bots: [], memories: memories("x") });
  const large = storedBytesAfter(small, {
    drafts: [],
    bots: [],
    memories: memories("x".repeat(1_001)),
  });
  assert.equal(totalBytes(large) - totalBytes(small), 1_000);
  assert.deepEqual(
    storedBytesAfter(large, { drafts: [], bots: [], memories: memories(null) }),
    one,
  );

  const [few, many] = [["a"], ["a", "b", "c"]].map(channelOf) as [Channel, Channel];
  const before = storedBytesAfter(one, { drafts: [], bots: [], channel: few });
  const after = storedBytesAfter(before, { drafts: [], bots: [], channel: many });
  assert.ok(totalBytes(after) > totalBytes(before));
  assert.deepEqual(storedBytesAfter(after, { drafts: [], bots: [], channel: few }), before);
});

Deno.test("storedBytesAfter() counts the same whatever a bot makes of private words", () => {
  const heard = { ...freshMemory("00", []), blind: "00".repeat(32) };
  const evidence = (exchanges: JsonObject[]) => ({
    sender: "system",
    body: bodyOf({ type: "bot:evidence", bot_id: "bot_a", hook: "on_message", exchanges }),
    to: ["p1"],
  });
  const ask = {
    request: { kind: "tls", host: "a.example", port: 443 },
    answer: { kind: "failed" },
  };
  const rows = [
    { drafts: [evidence([ask])], memory: heard },
    {
      drafts: [evidence([ask, ask])],
      memory: { ...heard, state: "x".repeat(999), state_version: 12, timers: { "a long one": 5 } },
    },
  ];
  const countsOf = (given: typeof rows, listens: boolean) =>
    given.map(({ drafts, memory }) =>
      totalBytes(storedBytesAfter(NEW_CHANNEL, {
        drafts,
        bots: [{ bot_id: "bot_a", private: listens }],
        memories: new Map([["bot_a", memory]]),
      }))
    );
  const counts = countsOf(rows, false);
  assert.equal(counts[0], counts[1]);
  const unasked = ["short", "a long answer to a question that comes later"].map((state) => ({
    drafts: [],
    memory: { ...freshMemory("00", []), state },
  }));
  const [short, long] = countsOf(unasked, true);
  assert.equal(short, long, "nor what it keeps to itself before it hears any");
  assert.ok(counts[0]! > EVIDENCE_BYTES, "evidence counts with its bodies");
});

Deno.test("storedBytesAfter() counts records of older servers once they are written again", () => {
  const kept = storedBytesAfter(undefined, {
    drafts: [{ sender: "p1", body: bodyOf({}) }],
    bots: [],
  });
  assert.equal(kept.record, 0);
  assert.ok(totalBytes(kept) > 0);
});

Deno.test("noRoomFor() names the limit that is reached, and the way out", () => {
  const [free, full] = [{ bytes: 0, limit: 2 * 1024 ** 2 }, { bytes: 9, limit: 9 }];
  const standing = { channel: free, maker: free, guests: free };
  assert.equal(noRoomFor(9, standing), undefined);
  const table: [Partial<typeof standing>, RegExp][] = [
    [{ channel: full }, /create_channel/],
    [{ maker: full }, /one guest.*somebody else.*STORAGE_PER_GUEST_MB/s],
    [{ guests: full }, /all guests.*STORAGE_GUESTS_MB/s],
  ];
  for (const [part, way] of table) {
    const refusal = noRoomFor(1, { ...standing, ...part })!;
    assert.equal(refusal.code, "TOO_LARGE");
    assert.match(refusal.text, way);
  }
  const person = noRoomFor(1, { channel: free, maker: full })!;
  assert.match(person.text, /one person.*STORAGE_PER_PERSON_MB/s);
});

Deno.test("refuseLargeRecord() names the large parts, and lets a large record shrink", () => {
  const escaped = (count: number) => channelOf(Array(count).fill("\u0001".repeat(60)));
  const large = { ...escaped(32), former: Array(64).fill("x".repeat(900)) };
  const refused = { name: "Refusal", code: "TOO_LARGE" };
  assert.throws(() => refuseLargeRecord(null, large), { ...refused, text: /labels of slots/ });
  assert.throws(() => refuseLargeRecord(escaped(1), large), { ...refused, text: /leave_channel/ });
  refuseLargeRecord(null, escaped(32));
  refuseLargeRecord(large, { ...large, former: large.former.slice(1) });
});
