import assert from "node:assert/strict";
import { Turns } from "../../../src/domain/limits/turns.ts";

/** Work that goes on until it is told to end, in the order in which it has begun. */
function workshop() {
  const begun: { name: string; end: PromiseWithResolvers<void> }[] = [];
  const work = (name: string) => async () => {
    const end = Promise.withResolvers<void>();
    begun.push({ name, end });
    await end.promise;
    return name;
  };
  return { begun, work, names: () => begun.map(({ name }) => name) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("take() does so much of a caller's work at a time, in its order, and others' beside it", async () => {
  const { begun, work, names } = workshop();
  const turns = new Turns(2);
  const all = ["a1", "a2", "a3", "a4"].map((name) => turns.take("ann", work(name)));
  const bob = turns.take("bob", work("b1"));
  await settled();
  assert.deepEqual(names(), ["a1", "a2", "b1"]);
  begun[1]!.end.resolve();
  await settled();
  assert.deepEqual(names(), ["a1", "a2", "b1", "a3"]);
  for (let i = 0; i < 5; i++) {
    begun[i]?.end.resolve();
    await settled();
  }
  assert.deepEqual(await Promise.all(all), ["a1", "a2", "a3", "a4"]);
  assert.equal(await bob, "b1");
});

Deno.test("take() goes on after work that fails", async () => {
  const turns = new Turns(1);
  const failing = turns.take("ann", () => Promise.reject(new Error("failed")));
  const next = turns.take("ann", () => Promise.resolve("done"));
  await assert.rejects(failing, /failed/);
  assert.equal(await next, "done");
});
