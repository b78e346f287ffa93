import assert from "node:assert/strict";
import { keys } from "../../../src/store/keys.ts";
import type { Grant, Tokens } from "../../../src/store/people/sign_in_records.ts";
import { SignInStore } from "../../../src/store/people/sign_in_store.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const LATER = new Date(NOW.getTime() + 3600_000);
const GRANT: Grant = {
  grantId: "g",
  clientId: "c",
  principal: "guest:p",
  scope: "play",
  expiresAt: LATER,
};

function tokens(name: string): Tokens {
  return {
    access: { secret: `access ${name}`, expiresAt: LATER },
    refresh: { secret: `refresh ${name}`, expiresAt: LATER },
  };
}

/** A store that reports every read of a key before it returns the value. */
function watched(
  kv: Deno.Kv,
  onGet: (key: Deno.KvKey) => Promise<void> | void,
  shared = true,
): SignInStore {
  return new SignInStore(
    new Proxy(kv, {
      get(target, name) {
        if (name === "get") {
          return async (key: Deno.KvKey) => {
            const entry = await target.get(key);
            await onGet(key);
            return entry;
          };
        }
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    }),
    { shared },
  );
}

Deno.test("SignInStore.access() reads the database once", async () => {
  using kv = await Deno.openKv(":memory:");
  const reads: Deno.KvKey[] = [];
  const store = watched(kv, (key) => void reads.push(key));
  await store.begin(GRANT, tokens("1"), NOW);
  assert.deepEqual(await store.access("access 1", NOW), GRANT);
  assert.equal(reads.length, 1);
});

Deno.test("SignInStore.access() caches tokens if no other process writes", async () => {
  using kv = await Deno.openKv(":memory:");
  const reads: Deno.KvKey[] = [];
  const store = watched(kv, (key) => void reads.push(key), false);
  await store.begin(GRANT, tokens("1"), NOW);
  for (let i = 0; i < 3; i++) assert.deepEqual(await store.access("access 1", NOW), GRANT);
  assert.equal(reads.length, 1);
  assert.equal(await store.access("access 1", new Date(LATER.getTime() + 1)), undefined, "expired");
  await store.revokeGrant("g");
  assert.equal(await store.access("access 1", NOW), undefined, "revoked");
});

Deno.test("SignInStore.access() does not cache a token that is revoked during its read", async () => {
  using kv = await Deno.openKv(":memory:");
  let revoking = true;
  const store: SignInStore = watched(kv, async (key) => {
    if (key[0] === "access" && revoking) {
      revoking = false;
      await store.revokeGrant("g");
    }
  }, false);
  await store.begin(GRANT, tokens("1"), NOW);
  await store.access("access 1", NOW);
  assert.equal(await store.access("access 1", NOW), undefined);
});

Deno.test("SignInStore.refresh() issues nothing for a grant that is revoked during its read", async () => {
  using kv = await Deno.openKv(":memory:");
  const plain = new SignInStore(kv, { shared: true });
  await plain.begin(GRANT, tokens("1"), NOW);
  const racing = watched(kv, async (key) => {
    if (key[0] === "grant") await plain.revokeGrant("g");
  });
  const outcome = await racing.refresh("refresh 1", () => true, tokens("2"), NOW);
  assert.deepEqual(outcome, { kind: "refused" });
  assert.equal(await plain.access("access 2", NOW), undefined);
  assert.equal((await kv.get(keys.grant("g"))).value, null);
});

Deno.test("SignInStore.refresh() treats a token that is spent during its read as replayed", async () => {
  using kv = await Deno.openKv(":memory:");
  const plain = new SignInStore(kv, { shared: true });
  await plain.begin(GRANT, tokens("1"), NOW);
  let raced = false;
  const racing = watched(kv, async (key) => {
    if (key[0] !== "grant" || raced) return;
    raced = true;
    await plain.refresh("refresh 1", () => true, tokens("2"), NOW);
  });
  const outcome = await racing.refresh("refresh 1", () => true, tokens("3"), NOW);
  assert.deepEqual(outcome, { kind: "replayed", grantId: "g" });
  for (const name of ["1", "2", "3"]) {
    assert.equal(await plain.access(`access ${name}`, NOW), undefined);
  }
});

Deno.test("SignInStore.revokeGrant() deletes any number of tokens, and only those of the grant", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new SignInStore(kv, { shared: true });
  await store.begin({ ...GRANT, grantId: "other" }, tokens("other"), NOW);
  const count = 450;
  for (let at = 0; at < count; at++) await store.begin(GRANT, tokens(`${at}`), NOW);
  await store.revokeGrant("g");
  for (let at = 0; at < count; at++) {
    assert.equal(await store.access(`access ${at}`, NOW), undefined);
  }
  const remaining = await Array.fromAsync(kv.list({ prefix: ["grant_token"] }));
  assert.deepEqual(remaining.map(({ key }) => key[1]), ["other"]);
  assert(await store.access("access other", NOW));
});
