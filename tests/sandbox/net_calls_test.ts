/** The numbering of a guest's network calls. */
import assert from "node:assert/strict";
import type { NetAnswer, NetRequest } from "../../src/domain/bot/evidence.ts";
import type { NetCall } from "../../src/sandbox/wire/net_call.ts";
import { NetCalls } from "../../src/sandbox/guest/javascript/net_calls.ts";

const REQUEST: NetRequest = { kind: "tls", host: "a.example", port: 443 };
const answerOf = (message: string): NetAnswer => ({ kind: "failed", reason: "refused", message });

Deno.test("NetCalls counts 1, 2, 3 in every hook, whatever the earlier ones did", () => {
  const calls = new NetCalls(() => {});
  for (let hook = 0; hook < 3; hook++) {
    calls.begin();
    const numbers: number[] = [calls.ask(REQUEST), calls.ask(REQUEST), calls.ask(REQUEST)];
    assert.deepEqual(numbers, [1, 2, 3]);
  }
});

Deno.test("NetCalls discards a late answer to a call of an earlier hook", async () => {
  const sent: NetCall[] = [];
  const calls = new NetCalls((call) => void sent.push(call));
  calls.begin();
  calls.ask(REQUEST);
  calls.begin();
  calls.ask(REQUEST);
  calls.answered({ call: sent[0]!.call, answer: answerOf("late") });
  calls.answered({ call: sent[1]!.call, answer: answerOf("its own") });
  assert.deepEqual(await calls.next(), { call: 1, answer: answerOf("its own") });
  assert.equal(calls.pending, false);
});

Deno.test("NetCalls returns answers in the order of the calls", async () => {
  const sent: NetCall[] = [];
  const calls = new NetCalls((call) => void sent.push(call));
  calls.begin();
  calls.ask(REQUEST);
  calls.ask(REQUEST);
  for (const { call } of sent.toReversed()) calls.answered({ call, answer: answerOf(`${call}`) });
  assert.deepEqual([await calls.next(), await calls.next()], [
    { call: 1, answer: answerOf("1") },
    { call: 2, answer: answerOf("2") },
  ]);
});
