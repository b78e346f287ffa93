/** Counts of stored bytes, for storage quotas: one for the blobs of each channel, one for each
 *  principal, and one for all guests. The commit that stores or deletes bytes also changes their
 *  counts, by atomic sums that conflict with no other commit. So a count stays exact even if the
 *  process crashes. Quotas are checked against a cache of the counts, which may be one second old
 *  where other processes write to the same database. */
import { isGuest, payerOf } from "../../domain/channel/principal.ts";
import {
  STORAGE_BOUNDS,
  type StorageBounds,
  type StorageStanding,
  type Usage,
} from "../../domain/storage/storage.ts";
import { keys } from "../keys.ts";

/** The channel and the principal to whom stored bytes are charged: the maker, or for a channel of
 *  the lobby the player who pays for it (`payerOf`). */
export interface Holder {
  channelId: string;
  /** The principal that created the channel. */
  maker: string;
}

/** A cached count. */
interface Count {
  bytes: number;
  /** When it was read, in milliseconds of `performance.now()`; undefined if it must be read
   *  again. */
  readAt: number | undefined;
}

/** All counts that a channel's commits change and whose limits apply to it. */
export interface Accounts {
  blobs: Count;
  maker: Count;
  guests?: Count | undefined;
}

interface StorageLedgerDeps {
  kv: Deno.Kv;
  /** `STORAGE_BOUNDS` by default. */
  bounds?: StorageBounds | undefined;
  /** Whether other processes may write to the same database; true by default. */
  shared?: boolean;
}

/** How long a cached count is valid. In a single process it drifts only if the answer to a commit
 *  is lost. */
const VALID_MS = 60_000;
const SHARED_VALID_MS = 1_000;
const MAX_CACHED = 20_000;
const MODULUS = 2n ** 64n;

export class StorageLedger {
  readonly #deps: StorageLedgerDeps;
  readonly #cache = new Map<string, Count>();

  constructor(deps: StorageLedgerDeps) {
    this.#deps = deps;
  }

  /** The counts that apply to a channel, read again where the cache is too old. Call it before a
   *  commit, and pass the result to `moved` or `unsure` after it. */
  async accounts({ channelId, maker: creator }: Holder): Promise<Accounts> {
    const maker = payerOf(creator);
    const countKeys = [keys.keptBlobs(channelId), keys.keptFor(maker)];
    if (isGuest(maker)) countKeys.push(keys.keptForGuests());
    const counts = countKeys.map((key) => this.#count(key));
    const unread = counts.flatMap((count, i) => this.#isOld(count) ? [i] : []);
    if (unread.length > 0) {
      const read = await this.#deps.kv.getMany<unknown[]>(unread.map((i) => countKeys[i]!));
      for (const [j, i] of unread.entries()) {
        const { value } = read[j]!;
        // Another call may have read this count meanwhile, and a commit changed it since.
        if (!this.#isOld(counts[i]!)) continue;
        counts[i]!.bytes = value instanceof Deno.KvU64 ? Number(value.value) : 0;
        counts[i]!.readAt = performance.now();
      }
    }
    const [blobs, makers, guests] = counts as [Count, Count, Count?];
    return { blobs, maker: makers, guests };
  }

  /** The usage and the limits of a channel and its maker. `own` is the channel's bytes other than
   *  blobs, which its head counts. */
  standing(
    maker: string,
    { blobs, maker: makers, guests }: Accounts,
    own: number,
  ): StorageStanding {
    const { bounds = STORAGE_BOUNDS } = this.#deps;
    const { channel, perGuest, perPerson, guests: together } = bounds;
    const usage = ({ bytes }: Count, limit: number): Usage => ({ bytes, limit });
    return {
      channel: { bytes: blobs.bytes + own, limit: channel },
      maker: usage(makers, isGuest(payerOf(maker)) ? perGuest : perPerson),
      ...(guests && { guests: usage(guests, together) }),
    };
  }

  /** What is stored for how many guests and people: reads at most `limit` counts. */
  async totals(
    limit: number,
  ): Promise<Record<"guests" | "people", { owners: number; bytes: number }>> {
    const totals = { guests: { owners: 0, bytes: 0 }, people: { owners: 0, bytes: 0 } };
    const listed = this.#deps.kv.list<Deno.KvU64>({ prefix: keys.keptForAll() }, { limit });
    for await (const { key, value } of listed) {
      const bytes = Number(value.value);
      const total = totals[isGuest(String(key[2])) ? "guests" : "people"];
      if (bytes > 0) total.owners++;
      total.bytes += bytes;
    }
    return totals;
  }

  /** The sums that add `bytes` to the counts, to be part of the commit that stores the bytes.
   *  Negative if it deletes them. */
  sums({ channelId, maker: creator }: Holder, bytes: number, { blobs }: { blobs: boolean }) {
    if (bytes === 0) return [];
    const maker = payerOf(creator);
    const counted = [keys.keptFor(maker)];
    if (isGuest(maker)) counted.push(keys.keptForGuests());
    if (blobs) counted.push(keys.keptBlobs(channelId));
    const amount = (BigInt(bytes) + MODULUS) % MODULUS;
    return counted.map((key) => ({ key, amount }));
  }

  /** Updates the cache after such a commit was applied. */
  moved({ blobs, maker, guests }: Accounts, bytes: number, of: { blobs: boolean }): void {
    maker.bytes += bytes;
    if (guests) guests.bytes += bytes;
    if (of.blobs) blobs.bytes += bytes;
  }

  /** Invalidates the counts after a commit that may or may not have been applied. */
  unsure({ blobs, maker, guests }: Accounts): void {
    for (const count of [blobs, maker, guests]) if (count) count.readAt = undefined;
  }

  #count(key: Deno.KvKey): Count {
    const name = JSON.stringify(key);
    let count = this.#cache.get(name);
    if (!count) {
      if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
      this.#cache.set(name, count = { bytes: 0, readAt: undefined });
    }
    return count;
  }

  #isOld({ readAt }: Count): boolean {
    const validMs = this.#deps.shared === false ? VALID_MS : SHARED_VALID_MS;
    return readAt === undefined || performance.now() - readAt > validMs;
  }
}
