import assert from "node:assert/strict";
import * as z from "zod";
import { type Call, operation, type Services } from "../../src/operations/operation.ts";
import { Invocation, perform, whenReady } from "../../src/operations/perform.ts";
import { Turns } from "../../src/domain/limits/turns.ts";

const call = (): Call => ({
  caller: { principal: "guest:ann", conversation: null },
  services: { turns: new Turns(1) } as unknown as Services,
  signal: new AbortController().signal,
});

/** Waits, then answers with what it was given; counts how often its input was parsed. */
function waiting() {
  const seen = { parsed: 0, waited: 0 };
  const parse = (text: string) => (seen.parsed++, text);
  const waitingOperation = operation({
    name: "wait",
    title: "Wait",
    description: "",
    effects: "reads",
    input: z.object({ text: z.string().transform(parse) }),
    output: z.object({ text: z.string() }),
    ready: () => Promise.resolve(void seen.waited++),
    run: (_call, { text }) => Promise.resolve({ text }),
  });
  return { seen, waitingOperation };
}

Deno.test("an input is parsed once, whether its call waits before perform() or in it", async () => {
  for (const early of [true, false]) {
    const { seen, waitingOperation } = waiting();
    const invocation = new Invocation(waitingOperation, { text: "x" });
    const waited = early && await whenReady(invocation, call());
    assert.equal(waited, early);
    const performed = await perform(invocation, { ...call(), waited }, () => {});
    assert.ok(performed.kind === "answered");
    assert.deepEqual(performed.answer.output, { text: "x" });
    assert.deepEqual(seen, { parsed: 1, waited: 1 });
  }
});

Deno.test("whenReady() leaves an input that does not fit to perform()", async () => {
  const { seen, waitingOperation } = waiting();
  const invocation = new Invocation(waitingOperation, { text: 7 });
  assert.equal(await whenReady(invocation, call()), false);
  const performed = await perform(invocation, call(), () => {});
  assert.ok(performed.kind === "refused" && performed.refusal.code === "INVALID_REQUEST");
  assert.deepEqual(seen, { parsed: 0, waited: 0 });
});
