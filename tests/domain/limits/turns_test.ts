import assert from "node:assert/strict";
import { Turns } from "../../../src/domain/limits/turns.ts";

/** Work that runs until the test ends it, in the order in which it started. */
function workshop() {
  const started: { name: string; end: PromiseWithResolvers<void> }[] = [];
  const work = (name: string) => async () => {
    const end = Promise.withResolvers<void>();
    started.push({ name, end });
    await end.promise;
    return name;
  };
  return { started, work, names: () => started.map(({ name }) => name) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("take() limits the concurrent work of each caller, in order", async () => {
  const { started, work, names } = workshop();
  const turns = new Turns(2);
  const all = ["a1", "a2", "a3", "a4"].map((name) => turns.take("ann", work(name)));
  const bob = turns.take("bob", work("b1"));
  await settled();
  assert.deepEqual(names(), ["a1", "a2", "b1"]);
  started[1]!.end.resolve();
  await settled();
  assert.deepEqual(names(), ["a1", "a2", "b1", "a3"]);
  for (let i = 0; i < 5; i++) {
    started[i]?.end.resolve();
    await settled();
  }
  assert.deepEqual(await Promise.all(all), ["a1", "a2", "a3", "a4"]);
  assert.equal(await bob, "b1");
});

Deno.test("take() continues after work that fails", async () => {
  const turns = new Turns(1);
  const failing = turns.take("ann", () => Promise.reject(new Error("failed")));
  const next = turns.take("ann", () => Promise.resolve("done"));
  await assert.rejects(failing, /failed/);
  assert.equal(await next, "done");
});
