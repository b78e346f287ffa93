/** The writer on a real database, with injected faults. */
import assert from "node:assert/strict";
import type { ChannelState } from "../../../src/channels/writing/change.ts";
import { ChannelRegistry } from "../../../src/channels/writing/registry.ts";
import { openChannel, slotsFrom } from "../../../src/domain/channel/opening.ts";
import { Refusal } from "../../../src/kernel/refusal.ts";
import { bodyOf } from "../../../src/domain/transcript/body.ts";
import { append, type Draft, EMPTY_HEAD } from "../../../src/domain/transcript/transcript.ts";
import { ChannelStore } from "../../../src/store/channel/channel_store.ts";
import { checkChannel } from "../../support/check_channel.ts";
import { faultyKv } from "../../support/faulty_kv.ts";

const CHANNEL = "chn_test";
const SECRET = new Uint8Array(32).fill(1);
let ids = 0;

/** Opens a database with one empty channel, and a registry for each instance. */
async function open(instances: number, kvOf = (kv: Deno.Kv) => kv) {
  const kv = await Deno.openKv(":memory:");
  const { channel, drafts } = openChannel({
    channel_id: CHANNEL,
    name: "test",
    creator: "ann",
    host_hash: "",
    visibility: "private",
    sealed: false,
    spectators: false,
    created_at: "2026-01-01T00:00:00.000Z",
    secret: SECRET,
  }, slotsFrom(["invite:a"], () => "hash"));
  const { entries, head } = append(EMPTY_HEAD, drafts, CHANNEL, SECRET, new Date(0));
  const first = { base: null, channel, head, secret: SECRET, entries, memories: new Map() };
  await new ChannelStore(kv).commit({ ...first, commitId: "first" });
  const registries = Array.from({ length: instances }, () =>
    new ChannelRegistry({
      store: new ChannelStore(kvOf(kv)),
      shared: true,
      now: () => new Date(),
      newId: () => `id-${ids++}`,
      log: () => {},
      committed: () => {},
    }));
  return { kv, registries, [Symbol.dispose]: () => kv.close() };
}

function saying(text: string, more: Partial<Draft> = {}) {
  return ({ channel }: ChannelState) => ({
    channel,
    drafts: [{ sender: "p1", kind: "user" as const, body: bodyOf({ text }), ...more }],
    answer: ({ entries }: { entries: { id: number }[] }) => entries[0]!.id,
  });
}

Deno.test("write() gives 200 concurrent posts the ids 2 to 201, in their order", async () => {
  using room = await open(1);
  const [registry] = room.registries;
  const posts = Array.from({ length: 200 }, (_, i) => registry!.write(CHANNEL, saying(`${i}`)));
  assert.deepEqual(await Promise.all(posts), Array.from({ length: 200 }, (_, i) => i + 2));
  await checkChannel(room.kv, CHANNEL);
});

Deno.test("write() gives entries one order when four instances write at once", async () => {
  using room = await open(4);
  const posts = Array.from({ length: 80 }, async (_, i) => {
    return await room.registries[i % 4]!.write(CHANNEL, saying(`${i}`));
  });
  const got = (await Promise.all(posts)).toSorted((a, b) => a! - b!);
  assert.deepEqual(got, Array.from({ length: 80 }, (_, i) => i + 2));
  await checkChannel(room.kv, CHANNEL);
});

Deno.test("write() leaves no change waiting, even one that directly follows another", async () => {
  using room = await open(1);
  const [registry] = room.registries;
  for (let ticks = 0; ticks < 12; ticks++) {
    await registry!.write(CHANNEL, saying("first"));
    for (let i = 0; i < ticks; i++) await Promise.resolve();
    await registry!.write(CHANNEL, saying(`after ${ticks} microtasks`));
  }
  assert.equal((await checkChannel(room.kv, CHANNEL)).length, 25);
});

Deno.test("load() keeps the state of a commit that was made while it read", async () => {
  const [reading, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isFirst = true;
  const slowAtFirst = (kv: Deno.Kv) =>
    new Proxy(kv, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        const call = member.bind(target);
        if (name !== "getMany" && name !== "get") return call;
        return async (...args: unknown[]) => {
          const found = await call(...args);
          if (!isFirst) return found;
          isFirst = false;
          reading.resolve();
          await goesOn.promise;
          return found;
        };
      },
    });
  using room = await open(1, slowAtFirst);
  const registry = room.registries[0]!;
  const early = registry.load(CHANNEL);
  await reading.promise;
  // It adds no entry, as when a bot passes over those that call no hook.
  await registry.write(CHANNEL, ({ channel }) => ({
    channel: { ...channel, name: "newer" },
    drafts: [],
    answer: () => null,
  }));
  goesOn.resolve();
  await early;
  assert.equal((await registry.known(CHANNEL)).channel.name, "newer");
});

Deno.test("write() refuses one change and commits those that wait with it", async () => {
  using room = await open(1);
  const [registry] = room.registries;
  const refusing = () => {
    throw new Refusal("NOT_ADMIN", "no");
  };
  const results = await Promise.allSettled([
    registry!.write(CHANNEL, saying("a")),
    registry!.write(CHANNEL, refusing),
    registry!.write(CHANNEL, saying("b")),
  ]);
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  await checkChannel(room.kv, CHANNEL);
});

Deno.test("write() refuses only on the newest state, not on a stale one", async () => {
  using room = await open(2);
  const [here, there] = room.registries;
  await here!.load(CHANNEL);
  await there!.write(CHANNEL, ({ channel }) => ({
    channel: { ...channel, name: "renamed" },
    drafts: [],
    answer: () => null,
  }));
  const id = await here!.write(CHANNEL, (state) => {
    if (state.channel.name !== "renamed") throw new Refusal("BAD_OP", "stale");
    return saying("seen")(state);
  });
  assert.equal(id, 2);
});

Deno.test("write() survives failures of the database", async (t) => {
  const table: [string, (nth: number, commit: () => Promise<unknown>) => Promise<unknown>][] = [
    ["a commit was applied and its answer lost", async (nth, commit) => {
      await commit();
      if (nth === 1) throw new Error("connection reset");
      return { ok: true, versionstamp: "lost" };
    }],
    ["a commit failed without effect", async (nth, commit) => {
      if (nth === 1) throw new Error("database is locked");
      return await commit();
    }],
    ["three commits in a row failed", async (nth, commit) => {
      if (nth <= 3) throw new Error("database is locked");
      return await commit();
    }],
  ];
  for (const [name, fault] of table) {
    await t.step(name, async () => {
      let nth = 0;
      using room = await open(
        1,
        (kv) => faultyKv(kv, { commit: (commit) => fault(++nth, commit) }),
      );
      const [registry] = room.registries;
      const answers = await Promise.all(["a", "b", "c"].map((text) => {
        return registry!.write(CHANNEL, saying(text));
      }));
      assert.deepEqual(answers, [2, 3, 4]);
      const entries = await checkChannel(room.kv, CHANNEL);
      assert.deepEqual(entries.slice(1).map(({ body }) => body.text), ["a", "b", "c"]);
    });
  }
});

Deno.test("write() finds its commit after a lost answer and another instance's commit", async () => {
  const others: ChannelRegistry[] = [];
  let nth = 0;
  using room = await open(1, (kv) =>
    faultyKv(kv, {
      async commit(commit) {
        const result = await commit();
        if (++nth > 1) return result;
        await others[0]!.write(CHANNEL, saying("theirs"));
        throw new Error("connection reset");
      },
    }));
  others.push(
    new ChannelRegistry({
      store: new ChannelStore(room.kv),
      shared: true,
      now: () => new Date(),
      newId: () => `id-${ids++}`,
      log: () => {},
      committed: () => {},
    }),
  );
  assert.equal(await room.registries[0]!.write(CHANNEL, saying("mine")), 2);
  const entries = await checkChannel(room.kv, CHANNEL);
  assert.deepEqual(entries.slice(1).map(({ body }) => body.text), ["mine", "theirs"]);
});

Deno.test("write() refuses with UNAVAILABLE when the database stays broken", async () => {
  using room = await open(
    1,
    (kv) => faultyKv(kv, { commit: () => Promise.reject(new Error("disk full")) }),
  );
  await assert.rejects(
    room.registries[0]!.write(CHANNEL, saying("a")),
    (error) => error instanceof Refusal && error.code === "UNAVAILABLE",
  );
  assert.equal((await checkChannel(room.kv, CHANNEL)).length, 1);
});

Deno.test("write() refuses a change too large for any commit, and stores the others", async () => {
  using room = await open(1);
  const [registry] = room.registries;
  const tooMuch = ({ channel }: ChannelState) => ({
    channel,
    drafts: Array.from({ length: 60 }, () => ({
      sender: "p1",
      kind: "user" as const,
      body: bodyOf({ text: "x".repeat(16_000) }),
    })),
    answer: () => null,
  });
  const answers = await Promise.allSettled([
    registry!.write(CHANNEL, saying("before")),
    registry!.write(CHANNEL, tooMuch),
    registry!.write(CHANNEL, saying("after")),
  ]);
  assert.deepEqual(answers.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  const { reason } = answers[1] as PromiseRejectedResult;
  assert.equal(reason.code, "TOO_LARGE", String(reason));
  const entries = await checkChannel(room.kv, CHANNEL);
  assert.deepEqual(entries.slice(1).map(({ body }) => body.text), ["before", "after"]);
});

Deno.test("write() rejects changes beyond the queue's limit, and never throws", async () => {
  using room = await open(1);
  const [registry] = room.registries;
  // All in one step, so that nothing is committed in between.
  const posts = Array.from({ length: 1_300 }, (_, i) => registry!.write(CHANNEL, saying(`${i}`)));
  const answers = await Promise.allSettled(posts);
  const refused = answers.filter((answer) => answer.status === "rejected");
  assert.ok(refused.length > 0);
  for (const { reason } of refused) {
    assert.ok(reason instanceof Refusal && reason.code === "RATE_LIMIT", String(reason));
    assert.ok(reason.retryAfterMs! > 0);
  }
  const stored = answers.length - refused.length;
  assert.equal((await checkChannel(room.kv, CHANNEL)).length, 1 + stored);
});
