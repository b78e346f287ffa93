/** A wait ends when the channel fits and its bots have answered, and in the end in any case. */
import assert from "node:assert/strict";
import { type Fit, until, type WaitDeps } from "../../../src/channels/reading/until.ts";
import { CHANNEL_LIMITS } from "../../../src/domain/limits/channel.ts";
import { Waiters } from "../../../src/channels/reading/waiters.ts";
import { stateOf } from "../../domain/channel/said.ts";

/** A channel with one entry, which a bot has yet to hear. */
function room() {
  const waiters = new Waiters({});
  let heard = 0;
  let loads = 0;
  const registry = {
    load: () => {
      loads++;
      return Promise.resolve(
        stateOf([["p1", { text: "7" }]], { bots: ["a"], cursors: { a: heard } }),
      );
    },
  };
  const deps = { registry, waiters } as unknown as WaitDeps;
  return {
    wait: (fit: () => Fit, signal = new AbortController().signal) =>
      until(deps, "chn_x", { timeoutMs: 2 ** 31 - 1, signal }, fit),
    /** The bot hears the entry. */
    hear() {
      heard = 1;
      waiters.wake("chn_x");
    },
    stop: () => waiters.close(),
    loads: () => loads,
  };
}

/** Lets everything go on that does not wait for a timer. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("until() returns at once what fits at once", async () => {
  const { wait, loads } = room();
  await wait(() => "yes");
  assert.equal(loads(), 1);
});

Deno.test("until() waits for the bots' answer to what woke it", async () => {
  const { wait, hear } = room();
  let isOver = false;
  const waiting = wait(() => "settled").then(() => isOver = true);
  await settle();
  assert.ok(!isOver);
  hear();
  await waiting;
});

Deno.test("until() waits for bots a moment, and no longer", async () => {
  await room().wait(() => "settled");
});

Deno.test("until() goes on when what woke it has passed before the bots answered", async () => {
  const { wait, hear } = room();
  const fits: Fit[] = ["no", "settled", "no"];
  const waited = Promise.withResolvers<void>();
  let isOver = false;
  const waiting = wait(() => {
    if (fits.length === 1) waited.resolve();
    return fits.length > 1 ? fits.shift()! : fits[0]!;
  }).then(() => isOver = true);
  await settle();
  hear();
  await waited.promise;
  // Longer than the time that bots have.
  await new Promise((resolve) => setTimeout(resolve, CHANNEL_LIMITS.settleMs + 200));
  assert.ok(!isOver);
  fits[0] = "yes";
  hear();
  await waiting;
});

Deno.test("until() ends when its caller has gone, and when the server stops", async () => {
  const controller = new AbortController();
  const gone = room().wait(() => "no", controller.signal);
  await settle();
  controller.abort();
  await gone;
  const { wait, stop } = room();
  const waiting = wait(() => "no");
  await settle();
  stop();
  await waiting;
});
