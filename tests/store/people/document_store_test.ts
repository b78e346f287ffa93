/** Strangers choose the URLs of cached documents, so the number of documents is bounded. */
import assert from "node:assert/strict";
import { STORE_LIMITS } from "../../../src/domain/limits/store.ts";
import { DocumentStore } from "../../../src/store/people/document_store.ts";

Deno.test("DocumentStore stores one document in each slot, and never returns another URL's", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DocumentStore(kv);
  const now = new Date();
  const later = new Date(now.getTime() + 60_000);
  const document = (json: string) => ({
    json,
    fetchedAt: now,
    freshUntil: later,
    expiresAt: later,
  });
  const urls = Array.from(
    { length: 2 * STORE_LIMITS.documentsKept },
    (_, i) => `https://a.example/${i}`,
  );
  for (const url of urls) await store.putDocument(url, document(url), now);

  const found = await Promise.all(urls.map((url) => store.document(url, now)));
  const pairs = found.flatMap((each, i) => each ? [[each.json, urls[i]]] : []);
  for (const [json, url] of pairs) assert.equal(json, url);
  assert.ok(pairs.length > STORE_LIMITS.documentsKept / 2, "most slots are taken");
  let stored = 0;
  for await (const _ of kv.list({ prefix: ["document"] })) stored++;
  assert.equal(stored, pairs.length);
  assert.ok(stored <= STORE_LIMITS.documentsKept);

  const gone = urls[found.findIndex((each) => each === undefined)]!;
  await store.forgetDocument(gone);
  const last = urls.at(-1)!;
  assert.equal((await store.document(last, now))?.json, last);
  await store.forgetDocument(last);
  assert.equal(await store.document(last, now), undefined);
});
