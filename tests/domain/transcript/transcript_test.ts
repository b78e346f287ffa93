import assert from "node:assert/strict";
import { bodyOf } from "../../../src/domain/transcript/body.ts";
import {
  bytesToHex,
  concatBytes,
  hashText,
  hexToBytes,
  sha256,
  utf8ToBytes,
} from "../../../src/kernel/hash.ts";
import { BOT_LIMITS } from "../../../src/domain/limits/bot.ts";
import {
  append,
  bodyHash,
  type Draft,
  EMPTY_HEAD,
  isAnswered,
  saltKeys,
  saltOf,
} from "../../../src/domain/transcript/transcript.ts";

const SECRET = new Uint8Array(32).fill(7);
const NOON = new Date("2026-01-01T12:00:00.000Z");
const draftOf = (text: string, more: Partial<Draft> = {}): Draft => ({
  sender: "p1",
  kind: "user",
  body: bodyOf({ text }),
  ...more,
});

Deno.test("append() numbers entries 1, 2, 3 however they are batched", () => {
  const together = append(
    EMPTY_HEAD,
    [draftOf("a"), draftOf("b"), draftOf("c")],
    "chn_x",
    SECRET,
    NOON,
  );
  let head = EMPTY_HEAD;
  const apart = ["a", "b", "c"].map((text) => {
    const one = append(head, [draftOf(text)], "chn_x", SECRET, NOON);
    head = one.head;
    return one.entries[0]!;
  });
  assert.deepEqual(together.entries.map(({ id }) => id), [1, 2, 3]);
  assert.deepEqual(apart, together.entries);
  assert.deepEqual(head, together.head);
});

Deno.test("append() hashes an entry by the documented bytes", () => {
  const { entries: [entry] } = append(
    EMPTY_HEAD,
    [draftOf("hi", { to: ["p2"] })],
    "chn_x",
    SECRET,
    NOON,
  );
  const salt = saltOf(SECRET, { id: 1, to: ["p2"] });
  const body = hashText(concatBytes(salt, utf8ToBytes('{"text":"hi"}')));
  assert.equal(bodyHash(salt, { text: "hi" }), body);
  const leaf =
    `{"body_hash":"${body}","channel_id":"chn_x","id":1,"kind":"user","sender":"p1","to":["p2"],"ts":"2026-01-01T12:00:00.000Z"}`;
  const hash = sha256(concatBytes(Uint8Array.of(0), utf8ToBytes(leaf)));
  assert.equal(entry!.hash, `sha256:${bytesToHex(hash)}`);
  assert.equal(entry!.root, bytesToHex(hash), "one leaf is its own tree head");
});

Deno.test("append() never lets time go back", () => {
  const first = append(EMPTY_HEAD, [draftOf("a")], "chn_x", SECRET, NOON);
  const earlier = new Date(NOON.getTime() - 60_000);
  const second = append(first.head, [draftOf("b")], "chn_x", SECRET, earlier);
  assert.equal(second.entries[0]!.ts, first.entries[0]!.ts);
});

Deno.test("append() counts the entries that bots cause in a row", () => {
  const drafts = [draftOf("a"), ...Array(65).fill(draftOf("b", { cause: 1 })), draftOf("c")];
  const { entries, head } = append(EMPTY_HEAD, drafts, "chn_x", SECRET, NOON);
  assert.deepEqual(entries.map(({ chained }) => chained), [...Array(66).keys(), 0]);
  assert.deepEqual(entries.filter((entry) => !isAnswered(entry)).map(({ id }) => id), [66]);
  assert.equal(BOT_LIMITS.chainedEntries, 64);
  assert.equal(head.chained, 0);
});

Deno.test("append() keeps a chain marked as spent until a member posts", () => {
  const spent = { ...EMPTY_HEAD, chained: 70, chain_spent: true };
  const caused = append(spent, [draftOf("b", { cause: 1 })], "chn_x", SECRET, NOON);
  assert.equal(caused.head.chain_spent, true);
  assert.equal(append(caused.head, [draftOf("c")], "chn_x", SECRET, NOON).head.chain_spent, false);
});

Deno.test("saltOf() differs by entry, by channel, and by whether an entry is addressed", () => {
  const other = hexToBytes("08".repeat(32));
  const salts = [SECRET, other].flatMap((secret) =>
    [1, 2, 3].flatMap((id) => [saltOf(secret, { id }), saltOf(secret, { id, to: ["p1"] })])
  );
  assert.equal(new Set(salts.map(bytesToHex)).size, 12);
});

Deno.test("saltKeys() returns two keys that differ from each other and from the secret", () => {
  const { open, addressed } = saltKeys(SECRET);
  assert.equal(new Set([open, addressed, SECRET].map(bytesToHex)).size, 3);
});
