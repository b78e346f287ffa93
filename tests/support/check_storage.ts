/** Recounts the stored bytes of every principal from a database's content, and compares the
 *  results with the stored counts. */
import assert from "node:assert/strict";
import { isGuest, payerOf } from "../../src/domain/channel/principal.ts";
import { bodyOf } from "../../src/domain/transcript/body.ts";
import { NEW_CHANNEL, storedBytesAfter, totalBytes } from "../../src/domain/storage/storage.ts";
import { Done } from "../../src/domain/channel/idempotency.ts";
import { ChannelStore } from "../../src/store/channel/channel_store.ts";
import { decode } from "../../src/store/codec.ts";
import { keys } from "../../src/store/keys.ts";

/** The bytes of one principal. */
export async function countFor(kv: Deno.Kv, principal: string): Promise<number> {
  return await numberAt(kv, keys.keptFor(principal));
}

async function numberAt(kv: Deno.Kv, key: Deno.KvKey): Promise<number> {
  return Number((await kv.get<Deno.KvU64>(key)).value?.value ?? 0n);
}

/** Asserts that every count is the sum of the channels of a database and their blobs. Only for a
 *  database in which all channels were counted from the beginning. */
export async function checkStorage(kv: Deno.Kv): Promise<void> {
  const store = new ChannelStore(kv);
  const held = new Map<string, number>();
  for await (const { key, value } of kv.list<number>({ prefix: ["held"] })) {
    const channelId = String(key[1]);
    held.set(channelId, (held.get(channelId) ?? 0) + value);
  }
  for (const [channelId, bytes] of held) {
    assert.equal(await numberAt(kv, keys.keptBlobs(channelId)), bytes, `blobs of ${channelId}`);
  }
  const expected = new Map<string, number>();
  for await (const { key } of kv.list({ prefix: ["channel"] })) {
    if (key[2] !== "head") continue;
    const channelId = String(key[1]);
    const state = (await store.load(channelId))!;
    if (!state.head.kept) return; // an older server made it
    const again = await recounted(kv, channelId);
    assert.deepEqual(state.head.kept, again, `what is kept of ${channelId}`);
    const creator = payerOf(state.channel.creator);
    const bytes = totalBytes(again) + (held.get(channelId) ?? 0);
    expected.set(creator, (expected.get(creator) ?? 0) + bytes);
    held.delete(channelId);
  }
  const counted = new Map<string, number>();
  for await (const { key, value } of kv.list<Deno.KvU64>({ prefix: ["kept", "for"] })) {
    // The count of somebody whose last channel was deleted stays, at zero.
    if (value.value > 0n) counted.set(String(key[2]), Number(value.value));
  }
  const sum = (counts: Iterable<number>) => [...counts].reduce((total, each) => total + each, 0);
  // Sources of a channel whose creation failed stay stored, and are counted.
  assert.equal(sum(counted.values()), sum(expected.values()) + sum(held.values()));
  if (held.size === 0) assert.deepEqual(counted, expected);
  const guests = [...counted].filter(([principal]) => isGuest(principal));
  assert.equal(await numberAt(kv, keys.keptForGuests()), sum(guests.map(([, bytes]) => bytes)));
}

async function recounted(kv: Deno.Kv, channelId: string) {
  const store = new ChannelStore(kv);
  const { channel, head } = (await store.load(channelId))!;
  const memories = new Map();
  for (const { bot_id } of channel.bots) {
    memories.set(bot_id, await store.memory(channelId, bot_id));
  }
  const entries = await store.entries(channelId, 0, head.size);
  const drafts = entries.map(({ sender, body, to }) => {
    return { sender, body: bodyOf(body), ...(to && { to }) };
  });
  let kept = storedBytesAfter(NEW_CHANNEL, { drafts, channel, bots: channel.bots, memories });
  for await (const { value } of kv.list({ prefix: ["done", channelId] })) {
    kept = storedBytesAfter(kept, { drafts: [], bots: [], done: decode(Done, value) });
  }
  return kept;
}
