import assert from "node:assert/strict";
import { hashText } from "../../src/domain/hash.ts";
import { BlobStore } from "../../src/store/blob_store.ts";
import { keys } from "../../src/store/keys.ts";

Deno.test("BlobStore gives back bytes of any size, whatever a value may hold", async (t) => {
  using kv = await Deno.openKv(":memory:");
  const blobs = new BlobStore(kv);
  for (const size of [0, 1, 60 * 1024, 60 * 1024 + 1, 1_000_000]) {
    await t.step(`${size} bytes`, async () => {
      const bytes = new Uint8Array(size).map((_, i) => i * 31 % 251);
      const hash = await blobs.put(bytes);
      assert.equal(hash, hashText(bytes));
      assert.deepEqual(await blobs.get(hash), bytes);
    });
  }
  assert.equal(await blobs.get(hashText(Uint8Array.of(9))), null);
});

Deno.test("BlobStore throws rather than return bytes that do not hash to their name", async () => {
  using kv = await Deno.openKv(":memory:");
  const blobs = new BlobStore(kv);
  const hash = await blobs.put(new Uint8Array(100_000));
  await kv.set(keys.chunk(hash, 1), new Uint8Array(40_000).fill(1));
  await assert.rejects(blobs.get(hash), /do not match/);
});
