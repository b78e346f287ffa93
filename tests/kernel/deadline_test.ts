import assert from "node:assert/strict";
import { withDeadline } from "../../src/kernel/deadline.ts";

const never = new Promise<never>(() => {});
const LONG_MS = 60_000;

/** Deno fails a test that leaves a timer open. */
Deno.test("withDeadline() settles like work that ends in time", async () => {
  assert.equal(await withDeadline(Promise.resolve("done"), LONG_MS, () => "late"), "done");
  await assert.rejects(
    withDeadline(Promise.reject(new Error("failed")), LONG_MS, () => "late"),
    /failed/,
  );
});

Deno.test("withDeadline() settles like `late` if the work takes too long", async () => {
  assert.equal(await withDeadline<string>(never, 0, () => "late"), "late");
  await assert.rejects(
    withDeadline(never, 0, () => {
      throw new Error("late");
    }),
    /late/,
  );
});

Deno.test("withDeadline() ignores a later failure of the work", async () => {
  const work = Promise.withResolvers<string>();
  assert.equal(await withDeadline(work.promise, 0, () => "late"), "late");
  work.reject(new Error("Nobody waits for this."));
  await new Promise((resolve) => setTimeout(resolve));
});
