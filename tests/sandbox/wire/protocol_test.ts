import assert from "node:assert/strict";
import { lines } from "../../../src/sandbox/wire/lines.ts";
import { SeedStream } from "../../../src/sandbox/guest/seed_stream.ts";
import {
  deadlineOf,
  readAnswer,
  type Request,
  requestLine,
  START_MS,
} from "../../../src/sandbox/wire/protocol.ts";
import { initJob } from "../job.ts";

const SEED = "00".repeat(32);

function stream(...chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks).pipeThrough(new TextEncoderStream());
}

Deno.test("lines() joins chunks and refuses a line that is too long", async () => {
  const all = await Array.fromAsync(lines(stream("a", "b\n\nc", "d\ne"), 10));
  assert.deepEqual(all, ["ab", "", "cd"]);
  await assert.rejects(
    Array.fromAsync(lines(stream("12345\n", "1234", "56\n"), 5)),
    /over 5 bytes/,
  );
  await assert.rejects(Array.fromAsync(lines(stream("123", "456"), 5)), /over 5 bytes/);
});

Deno.test("lines() decodes a character that two chunks share", async () => {
  const bytes = new TextEncoder().encode("é\n");
  const halves = ReadableStream.from([bytes.slice(0, 1), bytes.slice(1)]);
  assert.deepEqual(await Array.fromAsync(lines(halves, 10)), ["é"]);
});

Deno.test("SeedStream gives the same bytes in any portions", () => {
  const whole = new Uint8Array(100);
  new SeedStream(SEED, "math").fill(whole);
  const pieces = new Uint8Array(100);
  const again = new SeedStream(SEED, "math");
  for (const [from, to] of [[0, 1], [1, 33], [33, 33], [33, 100]]) {
    again.fill(pieces.subarray(from, to));
  }
  assert.deepEqual(pieces, whole);
  const other = new Uint8Array(100);
  new SeedStream(SEED, "crypto").fill(other);
  assert.notDeepEqual(other, whole);
});

Deno.test("readAnswer() accepts only an answer of the request's kind", () => {
  const probe = { kind: "probe" } as const;
  const probed = { kind: "probed", engine: `quickjs:sha256:${"0".repeat(64)}`, open: [] };
  assert.deepEqual(readAnswer(probe, JSON.stringify(probed)), probed);
  const inspect = { kind: "inspect" as const, source: "", hooks: [] };
  assert.equal(readAnswer(inspect, JSON.stringify(probed)), undefined);
  assert.equal(readAnswer(probe, "{}"), undefined);
  assert.equal(readAnswer(probe, ""), undefined);
});

Deno.test("a new host's test has the time of a start, however short the hooks' time is", () => {
  const job = initJob("", { net: ["example.org"] });
  const hook: Request = { kind: "run", job };
  const test: Request = { ...hook, first: true };
  assert.equal(deadlineOf(hook, 1_000), 1_000);
  assert.equal(deadlineOf(test, 1_000), START_MS);
  assert.match(requestLine("nonce", hook), /^nonce example\.org \{/);
  assert.match(requestLine("nonce", test), new RegExp(`^nonce example\\.org@${START_MS} \\{`));
  assert.doesNotMatch(requestLine("nonce", test), /"first"/);
});
