import assert from "node:assert/strict";
import { abortable } from "../../src/kernel/abortable.ts";

const never = new Promise<never>(() => {});

/** A signal that counts its listeners. */
function watchedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  return { controller, signal, listeners: () => listeners };
}

Deno.test("abortable() settles like the work, and leaves no listener", async () => {
  const { signal, listeners } = watchedSignal();
  assert.equal(await abortable(Promise.resolve("done"), signal), "done");
  await assert.rejects(abortable(Promise.reject(new Error("failed")), signal), /failed/);
  assert.equal(listeners(), 0);
});

Deno.test("abortable() rejects with the signal's reason, or settles like `aborted`", async () => {
  const controller = new AbortController();
  const waiting = abortable(never, controller.signal);
  const own = abortable<string>(never, controller.signal, () => "stopped");
  controller.abort(new Error("no longer"));
  await assert.rejects(waiting, /no longer/);
  assert.equal(await own, "stopped");
  await assert.rejects(abortable(never, controller.signal), /no longer/, "aborted before");
});

Deno.test("abortable() ignores a later failure of the work", async () => {
  const work = Promise.withResolvers<string>();
  await assert.rejects(abortable(work.promise, AbortSignal.abort(new Error("over"))), /over/);
  work.reject(new Error("Nobody waits for this."));
  await new Promise((resolve) => setTimeout(resolve));
});
