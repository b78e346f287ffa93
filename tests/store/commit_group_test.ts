import assert from "node:assert/strict";
import { AtomicPart, CommitGroup } from "../../src/store/commit_group.ts";
import { faultyKv } from "../support/faulty_kv.ts";

/** A part that sets a key, provided that the key is not set. */
function setting(name: string, versionstamp: string | null = null): AtomicPart {
  const part = new AtomicPart({ key: ["k", name], versionstamp });
  part.set(["k", name], new TextEncoder().encode(name));
  return part;
}

async function keysIn(kv: Deno.Kv): Promise<string[]> {
  const found = [];
  for await (const { key } of kv.list({ prefix: ["k"] })) found.push(String(key[1]));
  return found;
}

Deno.test("CommitGroup commits waiting parts together, and reports each failed check", async () => {
  using kv = await Deno.openKv(":memory:");
  let commits = 0;
  const counted = faultyKv(kv, { commit: (commit) => (commits++, commit()) });
  const group = new CommitGroup(counted);
  const first = group.commit(setting("a"));
  const rest = ["b", "c", "d"].map((name) => group.commit(setting(name)));
  assert.ok(await first);
  assert.equal(new Set(await Promise.all(rest)).size, 1, "one versionstamp for one commit");
  assert.equal(commits, 2);

  const before = group.commit(setting("e"));
  const again = [setting("f"), setting("a"), setting("g")].map((part) => group.commit(part));
  await before;
  const [f, a, g] = await Promise.all(again);
  assert.deepEqual([f !== null, a, g !== null], [true, null, true]);
  assert.deepEqual(await keysIn(kv), ["a", "b", "c", "d", "e", "f", "g"]);
});

Deno.test("CommitGroup does not retry a part that may have been committed", async () => {
  using kv = await Deno.openKv(":memory:");
  let commits = 0;
  const group = new CommitGroup(faultyKv(kv, {
    async commit(commit) {
      const result = await commit();
      if (++commits === 2) throw new Error("connection reset");
      return result;
    },
  }));
  const first = group.commit(setting("a"));
  const rest = ["b", "c"].map((name) => group.commit(setting(name)));
  await first;
  const lost = await Promise.allSettled(rest);
  assert.deepEqual(lost.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(commits, 2);
  assert.deepEqual(await keysIn(kv), ["a", "b", "c"], "it was applied: its writer finds out");
});

Deno.test("CommitGroup stays below the limits of one commit", async () => {
  using kv = await Deno.openKv(":memory:");
  const group = new CommitGroup(kv);
  const large = Array.from({ length: 60 }, (_, i) => {
    const part = setting(`${i}`.padStart(2, "0"));
    for (let j = 0; j < 3; j++) part.set(["large", i, j], new Uint8Array(50_000));
    return group.commit(part);
  });
  const many = Array.from({ length: 150 }, (_, i) => group.commit(setting(`m${i}`)));
  assert.ok((await Promise.all([...large, ...many])).every((version) => version !== null));
  assert.equal((await keysIn(kv)).length, 210);
});
