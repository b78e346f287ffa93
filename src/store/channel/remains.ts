/** What is left of channels that were deleted. Their record, head and ways are gone in the commit
 *  that deleted them, so that nothing leads here; the rest is too much for one commit. */
import { botAttached } from "../../domain/announcements/bots.ts";
import { Entry } from "../../domain/transcript/transcript.ts";
import { decode } from "../codec.ts";
import { keys } from "../keys.ts";
import type { StorageLedger } from "./storage_ledger.ts";
import type { SubscriptionStore } from "./subscription_store.ts";

const PARTS = [
  keys.entries,
  keys.bots,
  keys.memories,
  keys.states,
  keys.traces,
  keys.allDone,
  keys.tiles,
  keys.seen,
  keys.ratedSeats,
  keys.unratedIn,
  keys.hiddenIn,
];
const TOGETHER = 200;
/** Each blob's count is checked, and a KV Connect server accepts 10 checks. */
const BLOBS_TOGETHER = 10;

interface RemainsDeps {
  kv: Deno.Kv;
  ledger: StorageLedger;
  subscriptions: SubscriptionStore;
}

export class Remains {
  readonly #deps: RemainsDeps;

  constructor(deps: RemainsDeps) {
    this.#deps = deps;
  }

  /** Sweeps what a stop or a crash has left. */
  async resume(): Promise<void> {
    for await (const { key, value } of this.#deps.kv.list({ prefix: keys.deletedChannels() })) {
      if (value !== true) await this.sweep(String(key[1]));
    }
  }

  /** Deletes all that is left of a deleted channel. Repeating it is harmless. */
  async sweep(channelId: string): Promise<void> {
    const { kv, subscriptions } = this.#deps;
    const marker = keys.deleted(channelId);
    const { value: maker } = await kv.get<string | true>(marker);
    if (maker === null || maker === true) return;
    for (const id of await subscriptions.in(channelId)) {
      const stored = await subscriptions.load(id);
      if (stored) await subscriptions.remove(stored.subscription);
    }
    for (const part of PARTS) await this.#sweepUnder(part(channelId), channelId);
    await this.#sweepBlobs(channelId, maker);
    await kv.atomic().delete(keys.keptBlobs(channelId)).set(marker, true).commit();
  }

  async #sweepUnder(prefix: Deno.KvKey, channelId: string): Promise<void> {
    const { kv } = this.#deps;
    for (;;) {
      const atomic = kv.atomic();
      let count = 0;
      for await (const { key, value } of kv.list({ prefix }, { limit: TOGETHER })) {
        atomic.delete(key);
        count++;
        const attached = prefix[0] === "entry" && botAttached.in(decode(Entry, value));
        if (!attached) continue;
        atomic.delete(keys.sourceIn(attached.code_hash, channelId));
        atomic.delete(keys.sourceOpenIn(attached.code_hash, channelId));
      }
      if (count === 0) return;
      await atomic.commit();
    }
  }

  /** Deletes the counts of the channel's blobs, and gives their bytes back. The blobs stay: other
   *  channels may hold the same. */
  async #sweepBlobs(channelId: string, maker: string): Promise<void> {
    const { kv, ledger } = this.#deps;
    const holder = { channelId, maker };
    const of = { blobs: true };
    const prefix = keys.heldBy(channelId);
    for (;;) {
      const atomic = kv.atomic();
      let bytes = 0;
      let count = 0;
      for await (const entry of kv.list<number>({ prefix }, { limit: BLOBS_TOGETHER })) {
        atomic.check(entry).delete(entry.key);
        bytes += entry.value;
        count++;
      }
      if (count === 0) return;
      const accounts = await ledger.accounts(holder);
      for (const { key, amount } of ledger.sums(holder, -bytes, of)) atomic.sum(key, amount);
      if ((await atomic.commit()).ok) ledger.moved(accounts, -bytes, of);
    }
  }
}
