/** The latest hooks of bots in the store: of all instances, bounded, for a day, and none of a
 *  deleted channel. */
import assert from "node:assert/strict";
import type { HookRecord } from "../../../src/domain/bot/hook_record.ts";
import { keys } from "../../../src/store/keys.ts";
import { Remains } from "../../../src/store/channel/remains.ts";
import { StorageLedger } from "../../../src/store/channel/storage_ledger.ts";
import { SubscriptionStore } from "../../../src/store/channel/subscription_store.ts";
import { TraceStore } from "../../../src/store/channel/trace_store.ts";

const HOUR_MS = 60 * 60 * 1000;

const hook = (entry: number, more: Partial<HookRecord> = {}): HookRecord => ({
  entry,
  hook: "on_message",
  ended: "done",
  ms: 1,
  ...more,
});
const entriesOf = (hooks: readonly HookRecord[]) => hooks.map(({ entry }) => entry);

Deno.test("instances that write at once keep the latest hooks of both", async () => {
  using kv = await Deno.openKv(":memory:");
  const [here, there] = [1, 2].map(() => new TraceStore({ kv, now: () => new Date() }));
  const odd = Array.from({ length: 15 }, (_, i) => hook(2 * i + 1));
  const even = Array.from({ length: 15 }, (_, i) => hook(2 * i + 2));
  await Promise.all([here!.add("chn", "bot", odd), there!.add("chn", "bot", even)]);
  const stored = await here!.load("chn", "bot");
  assert.deepEqual(entriesOf(stored), Array.from({ length: 20 }, (_, i) => i + 11));
  // A hook that ran again counts once.
  await there!.add("chn", "bot", [hook(30, { ended: "killed" })]);
  assert.deepEqual((await here!.load("chn", "bot")).slice(18), [
    hook(29),
    hook(30, { ended: "killed" }),
  ]);
  assert.deepEqual(await here!.load("chn", "other"), []);
});

Deno.test("logs that need much space are cut from the oldest on", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new TraceStore({ kv, now: () => new Date() });
  const long = (char: string) =>
    [1, 2, 3, 4].map((entry) => hook(entry, { log: Array(8).fill(char.repeat(1_000)) }));
  await store.add("chn", "bot", long("a"));
  assert.deepEqual(entriesOf(await store.load("chn", "bot")), [3, 4]);
  // Six bytes each.
  const bytes = await store.add("chn", "bot", long("\u0001"));
  assert.deepEqual(entriesOf(await store.load("chn", "bot")), [4]);
  assert.ok(bytes > 8 * 1_000 * 6 && bytes < 60 * 1024, `${bytes} bytes`);
});

Deno.test("hooks are forgotten after a day, and with their channel", async () => {
  using kv = await Deno.openKv(":memory:");
  let now = Date.UTC(2026, 11, 1);
  const store = new TraceStore({ kv, now: () => new Date(now) });
  await store.add("chn", "bot", [hook(1)]);
  now += 23 * HOUR_MS;
  assert.deepEqual(entriesOf(await store.load("chn", "bot")), [1]);
  now += HOUR_MS;
  assert.deepEqual(await store.load("chn", "bot"), []);
  await store.add("chn", "bot", [hook(2)]);
  assert.deepEqual(entriesOf(await store.load("chn", "bot")), [2]);

  await kv.set(keys.deleted("chn"), "ann");
  const subscriptions = new SubscriptionStore(kv);
  await new Remains({ kv, ledger: new StorageLedger({ kv }), subscriptions }).sweep("chn");
  assert.deepEqual(await store.load("chn", "bot"), []);
  // An instance that has not yet written its last hooks.
  assert.equal(await store.add("chn", "bot", [hook(3)]), 0);
  assert.deepEqual(await store.load("chn", "bot"), []);
});
