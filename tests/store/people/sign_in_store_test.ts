import assert from "node:assert/strict";
import { keys } from "../../../src/store/keys.ts";
import { STORE_LIMITS } from "../../../src/domain/limits/store.ts";
import type { Client, Grant, Tokens } from "../../../src/store/people/sign_in_records.ts";
import { SignInStore } from "../../../src/store/people/sign_in_store.ts";
import { faultyKv } from "../../support/faulty_kv.ts";

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
  const outcome = await racing.refresh("refresh 1", "c", () => true, tokens("2"), NOW);
  assert.deepEqual(outcome, { kind: "refused" });
  assert.equal(await plain.access("access 2", NOW), undefined);
  assert.equal((await kv.get(keys.grant("g"))).value, null);
});

Deno.test("SignInStore.refresh() answers each of two calls that race on one token", async () => {
  using kv = await Deno.openKv(":memory:");
  const plain = new SignInStore(kv, { shared: true });
  await plain.begin(GRANT, tokens("1"), NOW);
  let raced = false;
  const racing = watched(kv, async (key) => {
    if (key[0] !== "grant" || raced) return;
    raced = true;
    await plain.refresh("refresh 1", "c", () => true, tokens("2"), NOW);
  });
  const outcome = await racing.refresh("refresh 1", "c", () => true, tokens("3"), NOW);
  assert.equal(outcome.kind, "granted");
  for (const name of ["1", "2", "3"]) {
    assert.equal((await plain.access(`access ${name}`, NOW))?.principal, GRANT.principal);
  }
  for (const name of ["2", "3"]) {
    const next = await plain.refresh(`refresh ${name}`, "c", () => true, tokens(`${name}b`), NOW);
    assert.equal(next.kind, "granted");
  }
});

Deno.test("SignInStore.refresh() repeats after a commit was applied and its answer lost", async () => {
  using kv = await Deno.openKv(":memory:");
  await new SignInStore(kv, { shared: true }).begin(GRANT, tokens("1"), NOW);
  const lossy = faultyKv(kv, {
    commit: async (commit) => {
      await commit();
      throw new Error("the answer is lost");
    },
  });
  const refresh = async (on: Deno.Kv, name: string) =>
    await new SignInStore(on, { shared: true })
      .refresh("refresh 1", "c", () => true, tokens(name), NOW);
  await assert.rejects(refresh(lossy, "2"));
  assert.equal((await refresh(kv, "3")).kind, "granted");
});

/** The second use of a refresh token, a while after the first. */
const SECOND_USES: [what: string, afterMs: number, clientId: string, kind: string][] = [
  ["at once", 0, "c", "granted"],
  ["within a minute", 59_999, "c", "granted"],
  ["on an instance whose clock is behind", -5_000, "c", "granted"],
  ["after a minute", 60_000, "c", "replayed"],
  ["after the clock was set back", -60_000, "c", "replayed"],
  ["by another client", 0, "d", "replayed"],
  ["by another client, later", 60_000, "d", "replayed"],
];

for (const [what, afterMs, clientId, kind] of SECOND_USES) {
  Deno.test(`SignInStore.refresh() takes a token again ${what}: ${kind}`, async () => {
    using kv = await Deno.openKv(":memory:");
    const store = new SignInStore(kv, { shared: true });
    await store.begin(GRANT, tokens("1"), NOW);
    const refresh = async (by: string, name: string, now: Date) =>
      (await store.refresh("refresh 1", by, () => true, tokens(name), now)).kind;
    assert.equal(await refresh("c", "2", NOW), "granted");
    assert.equal(await refresh(clientId, "3", new Date(NOW.getTime() + afterMs)), kind);
    assert.equal(await store.access("access 2", NOW) !== undefined, kind === "granted");
  });
}

Deno.test("SignInStore.refresh() refuses an unspent token to another client and keeps it", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new SignInStore(kv, { shared: true });
  await store.begin(GRANT, tokens("1"), NOW);
  const refresh = async (by: string) =>
    (await store.refresh("refresh 1", by, () => true, tokens("2"), NOW)).kind;
  assert.equal(await refresh("d"), "refused");
  assert.equal(await refresh("c"), "granted");
});

Deno.test("SignInStore.refresh() ends the family of a token that an earlier version spent", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new SignInStore(kv, { shared: true });
  await store.begin(GRANT, tokens("1"), NOW);
  const [{ key, value }] = await Array.fromAsync(kv.list({ prefix: ["refresh"] })) as [
    Deno.KvEntry<Record<string, unknown>>,
  ];
  await kv.set(key, { ...value, used: true });
  const outcome = await store.refresh("refresh 1", "c", () => true, tokens("2"), NOW);
  assert.equal(outcome.kind, "replayed");
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

function clientNamed(clientId: string): Client {
  return {
    clientId,
    name: "",
    redirectUris: [],
    grantTypes: ["refresh_token"],
    authMethod: "none",
    expiresAt: LATER,
  };
}

/** A store in which the next new client takes the last place. */
async function nearlyFull(): Promise<{ kv: Deno.Kv; store: SignInStore }> {
  const kv = await Deno.openKv(":memory:");
  await kv.set(keys.nextPlace(), STORE_LIMITS.unusedClients - 1);
  return { kv, store: new SignInStore(kv, { shared: true }) };
}

Deno.test("SignInStore.register() replaces the oldest client that never got a token", async () => {
  const { kv, store } = await nearlyFull();
  using _ = kv;
  for (const name of ["last", "first", "second"]) await store.register(clientNamed(name), NOW);
  await kv.set(keys.nextPlace(), STORE_LIMITS.unusedClients - 1);
  for (const name of ["newer", "newest"]) await store.register(clientNamed(name), NOW);
  const found = [];
  for (const name of ["last", "first", "second", "newer", "newest"]) {
    if (await store.client(name, NOW)) found.push(name);
  }
  assert.deepEqual(found, ["second", "newer", "newest"]);
});

Deno.test("SignInStore.keep() saves a client from those that register later", async () => {
  const { kv, store } = await nearlyFull();
  using _ = kv;
  await store.register(clientNamed("kept"), NOW);
  await store.keep((await store.client("kept", NOW))!, NOW);
  assert.equal((await store.client("kept", NOW))?.place, undefined);
  await kv.set(keys.nextPlace(), STORE_LIMITS.unusedClients - 1);
  await store.register(clientNamed("newer"), NOW);
  await store.keep((await store.client("kept", NOW))!, NOW);
  assert.ok(await store.client("kept", NOW));
  assert.ok(await store.client("newer", NOW));
});

Deno.test("SignInStore.register() gives clients that register at once a place each", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new SignInStore(kv, { shared: true });
  const names = Array.from({ length: 10 }, (_, i) => `c${i}`);
  await Promise.all(names.map((name) => store.register(clientNamed(name), NOW)));
  const held = await Array.fromAsync(kv.list({ prefix: [...keys.nextPlace()] }));
  assert.deepEqual(held.map(({ value }) => value).toSorted(), names);
});

Deno.test("SignInStore.keep() keeps a client whose place is taken at the same moment", async () => {
  using kv = await Deno.openKv(":memory:");
  const plain = new SignInStore(kv, { shared: true });
  await plain.register(clientNamed("kept"), NOW);
  const client = (await plain.client("kept", NOW))!;
  let raced = false;
  const racing = watched(kv, async (key) => {
    if (key.length !== 2 || key[0] !== keys.nextPlace()[0] || raced) return;
    raced = true;
    await kv.set(keys.nextPlace(), 0);
    await plain.register(clientNamed("newer"), NOW);
  });
  await racing.keep(client, NOW);
  assert.ok(await plain.client("kept", NOW));
  assert.ok(await plain.client("newer", NOW));
});
