import assert from "node:assert/strict";
import { AtomicPart, CommitGroup, MAX_PARTS_CONNECTED } from "../../src/store/commit_group.ts";
import { connectedKv, isRefusedRequest } from "../../src/store/connected_kv.ts";
import { HeadWatch } from "../../src/store/channel/head_watch.ts";
import { keys } from "../../src/store/keys.ts";
import { SignInStore } from "../../src/store/people/sign_in_store.ts";
import { kvConnect } from "../support/kv_connect.ts";

const WRITE = { path: "/v2/atomic_write", status: 503, applied: true, times: 1 } as const;
const silent = () => {};

Deno.test("connectedKv() reports a commit as applied even if its answer was lost", async () => {
  await using server = await kvConnect();
  using raw = await server.open();
  const kv = connectedKv(raw, { log: silent });
  const commit = (kv: Deno.Kv, key: string) =>
    kv.atomic().check({ key: [key], versionstamp: null }).set([key], 1).commit();

  await server.fail(WRITE);
  assert.equal((await commit(raw, "bare")).ok, false, "Deno's client alone takes it for overtaken");
  await server.fail({ ...WRITE, times: 3 });
  const result = await commit(kv, "key");
  assert.ok(result.ok);
  assert.equal((await kv.get(["key"])).versionstamp, result.versionstamp);
  assert.equal((await commit(kv, "key")).ok, false, "a check that fails still does");
});

Deno.test("connectedKv() backs off after status 429, and gives up in time", async () => {
  await using server = await kvConnect();
  using raw = await server.open();
  const logged: string[] = [];
  const log = (_: string, event: string) => void logged.push(event);
  const kv = connectedKv(raw, { log });
  await server.fail({ ...WRITE, status: 429, applied: false, times: 2 });
  assert.ok((await kv.set(["a"], 1)).ok);

  const hasty = connectedKv(raw, { log, patienceMs: 200 });
  await server.fail({ path: "/v2/snapshot_read", status: 503, applied: false, times: 1e6 });
  for (const ask of [() => hasty.get(["a"]), () => Array.fromAsync(hasty.list({ prefix: [] }))]) {
    await assert.rejects(ask, { name: "Refusal", code: "UNAVAILABLE" });
  }
  const many = await Promise.allSettled(Array.from({ length: 300 }, () => hasty.get(["a"])));
  const atOnce = many.filter((each) =>
    each.status === "rejected" && /is unreachable right now/.test(each.reason.text)
  );
  assert.ok(atOnce.length >= 100, "what nobody can answer does not pile up");
  await server.fail();
  while ((await hasty.get(["a"]).catch(() => null))?.value !== 1) {
    // Requests may be refused at once.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(logged, ["store_away", "store_back"]);
});

Deno.test("SignInStore.refresh() does not revoke a grant because a commit's answer was lost", async () => {
  await using server = await kvConnect();
  using raw = await server.open();
  const store = new SignInStore(connectedKv(raw, { log: silent }), { shared: true });
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 3600_000);
  const grant = {
    grantId: "g",
    clientId: "c",
    principal: "guest:g",
    scope: "play" as const,
    expiresAt,
  };
  const tokens = (n: number) => ({
    access: { secret: `a${n}`, expiresAt },
    refresh: { secret: `r${n}`, expiresAt },
  });
  await store.begin(grant, tokens(1), now);
  await server.fail(WRITE);
  const refresh = async (n: number, at: Date) =>
    (await store.refresh("r1", "c", () => true, tokens(n), at)).kind;
  assert.equal(await refresh(2, now), "granted");
  assert.ok(await store.access("a2", now));
  assert.equal(await refresh(3, new Date(now.getTime() + 60_000)), "replayed");
});

Deno.test("CommitGroup commits the changes of 120 channels, and only the oversized one fails", async () => {
  await using server = await kvConnect();
  using raw = await server.open();
  const group = new CommitGroup(connectedKv(raw, { log: silent }), MAX_PARTS_CONNECTED);
  const parts = Array.from({ length: 120 }, (_, i) => {
    const part = new AtomicPart({ key: ["k", i], versionstamp: null });
    part.set(["k", i], new Uint8Array(i === 60 ? 70_000 : 10)); // KV takes 65,536 bytes
    return part;
  });
  const results = await Promise.allSettled(parts.map((part) => group.commit(part)));
  const refused = results.flatMap((result, i) => result.status === "rejected" ? [i] : []);
  assert.deepEqual(refused, [60]);
  assert.ok(isRefusedRequest((results[60] as PromiseRejectedResult).reason));
  const stored = await Array.fromAsync(raw.list({ prefix: ["k"] }));
  assert.equal(stored.length, 119);

  // A server that takes fewer than it says refuses the group and takes its parts.
  const tooMany = new CommitGroup(connectedKv(raw, { log: silent }), 30);
  const first = parts.slice(0, 30).map((_, i) => {
    const part = new AtomicPart({ key: ["l", i], versionstamp: null });
    part.set(["l", i], new Uint8Array(10));
    return tooMany.commit(part);
  });
  assert.ok((await Promise.all(first)).every((version) => version !== null));
});

Deno.test("HeadWatch watches 250 channels over one connection, also after the server was unreachable", async () => {
  await using server = await kvConnect();
  using raw = await server.open();
  using watchKv = await server.open();
  const heads = new HeadWatch({ kv: watchKv, log: silent });
  const count = 250;
  const heard = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const ends: (() => void)[] = [];
  const versions = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const changed = () => {
      versions.set(i, (versions.get(i) ?? 0) + 1);
      heard[i]!.resolve();
    };
    ends.push(heads.watch(`c${i}`, changed));
  }
  await Promise.all(heard.map(({ promise }) => promise)); // each is watched
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < count; i++) heard[i] = Promise.withResolvers<void>();
    for (let i = 0; i < count; i++) await raw.set(keys.head(`c${i}`), round);
    await Promise.all(heard.map(({ promise }) => promise));
    await server.kill();
    await server.start();
  }
  for (const end of ends) end();
});
