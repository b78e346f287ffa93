/** Blobs of any size, split into chunks, and charged to each channel that holds them. */
import assert from "node:assert/strict";
import { hashText } from "../../../src/kernel/hash.ts";
import { BlobStore, countOf } from "../../../src/store/channel/blob_store.ts";
import { keys } from "../../../src/store/keys.ts";

const holder = { channelId: "chn_a", maker: "guest:ann" };

async function count(kv: Deno.Kv, key: Deno.KvKey): Promise<number> {
  return Number((await kv.get<Deno.KvU64>(key)).value?.value ?? 0n);
}

Deno.test("put() and get() store and return bytes of any length", async (t) => {
  using kv = await Deno.openKv(":memory:");
  const blobs = new BlobStore(kv);
  for (const length of [0, 1, 61_440, 61_441, 400_000]) {
    await t.step(`${length}`, async () => {
      const bytes = Uint8Array.from({ length }, (_, i) => i % 251);
      const hash = await blobs.put(bytes, holder);
      assert.equal(hash, hashText(bytes));
      assert.deepEqual(await blobs.get(hash), bytes);
    });
  }
  assert.equal(await blobs.get(hashText(Uint8Array.of(9))), null);
});

Deno.test("get() refuses bytes whose hash has changed", async () => {
  using kv = await Deno.openKv(":memory:");
  const blobs = new BlobStore(kv);
  const hash = await blobs.put(new Uint8Array(100_000), holder);
  await kv.set(["blob", hash, 1], new Uint8Array(10));
  await assert.rejects(blobs.get(hash), /do not match/);
});

Deno.test("put() charges the same bytes once to each channel, even when called concurrently", async () => {
  using kv = await Deno.openKv(":memory:");
  const blobs = [1, 2].map(() => new BlobStore(kv)); // as two instances would
  const bytes = new Uint8Array(200_000);
  await Promise.all(
    ["chn_a", "chn_b", "chn_a"].flatMap((channelId) =>
      blobs.map((each) => each.put(bytes, { channelId, maker: "guest:ann" }))
    ),
  );
  const each = countOf(bytes);
  assert.ok(each >= bytes.length);
  assert.equal(await count(kv, keys.keptBlobs("chn_a")), each);
  assert.equal(await count(kv, keys.keptBlobs("chn_b")), each);
  assert.equal(await count(kv, keys.keptFor("guest:ann")), 2 * each);
  assert.equal(await count(kv, keys.keptForGuests()), 2 * each);
});

Deno.test("put() does not count a person's bytes as bytes of guests", async () => {
  using kv = await Deno.openKv(":memory:");
  await new BlobStore(kv).put(new Uint8Array(9), { channelId: "chn_a", maker: "github:1" });
  assert.equal(await count(kv, keys.keptFor("github:1")), countOf(new Uint8Array(9)));
  assert.equal(await count(kv, keys.keptForGuests()), 0);
});
