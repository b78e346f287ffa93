import assert from "node:assert/strict";
import {
  bytesToHex,
  concatBytes,
  hashText,
  hexToBytes,
  sha256,
  utf8ToBytes,
} from "../../src/domain/hash.ts";
import { LIMITS } from "../../src/domain/limits.ts";
import { append, bodyHash, type Draft, EMPTY_HEAD, saltOf } from "../../src/domain/transcript.ts";

const SECRET = new Uint8Array(32).fill(7);
const NOON = new Date("2026-01-01T12:00:00.000Z");
const said = (text: string, more: Partial<Draft> = {}): Draft => ({
  sender: "p1",
  kind: "user",
  body: { text },
  ...more,
});

Deno.test("append() numbers entries 1, 2, 3 however they are batched", () => {
  const together = append(EMPTY_HEAD, [said("a"), said("b"), said("c")], "chn_x", SECRET, NOON);
  let head = EMPTY_HEAD;
  const apart = ["a", "b", "c"].map((text) => {
    const one = append(head, [said(text)], "chn_x", SECRET, NOON);
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
    [said("hi", { to: ["p2"] })],
    "chn_x",
    SECRET,
    NOON,
  );
  const body = hashText(concatBytes(saltOf(SECRET, 1), utf8ToBytes('{"text":"hi"}')));
  assert.equal(bodyHash(saltOf(SECRET, 1), { text: "hi" }), body);
  const leaf =
    `{"body_hash":"${body}","channel_id":"chn_x","id":1,"kind":"user","sender":"p1","to":["p2"],"ts":"2026-01-01T12:00:00.000Z"}`;
  const hash = sha256(concatBytes(Uint8Array.of(0), utf8ToBytes(leaf)));
  assert.equal(entry!.hash, `sha256:${bytesToHex(hash)}`);
  assert.equal(entry!.root, bytesToHex(hash), "one leaf is its own tree head");
});

Deno.test("append() never lets time go back", () => {
  const first = append(EMPTY_HEAD, [said("a")], "chn_x", SECRET, NOON);
  const earlier = new Date(NOON.getTime() - 60_000);
  const second = append(first.head, [said("b")], "chn_x", SECRET, earlier);
  assert.equal(second.entries[0]!.ts, first.entries[0]!.ts);
});

Deno.test("append() renews the bots' budget for what no hook caused", () => {
  const { head } = append(EMPTY_HEAD, [said("a")], "chn_x", SECRET, NOON);
  assert.equal(head.chain, LIMITS.chainedHooks);
  const spent = append({ ...head, chain: 0 }, [said("b", { cause: 1 })], "chn_x", SECRET, NOON);
  assert.equal(spent.head.chain, 0);
});

Deno.test("saltOf() differs for every entry and every channel", () => {
  const salts = [1, 2, 3].map((id) => bytesToHex(saltOf(SECRET, id)));
  const others = [1, 2, 3].map((id) => bytesToHex(saltOf(hexToBytes("08".repeat(32)), id)));
  assert.equal(new Set([...salts, ...others]).size, 6);
});
