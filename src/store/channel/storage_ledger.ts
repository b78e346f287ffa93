/** How much is kept on behalf of whom. A count moves in the very commit that stores or deletes what
 *  it counts, as a sum that conflicts with nobody's, so it is exact whatever crashes. What this
 *  process remembers of the counts decides what fits: where other processes write to the same
 *  database, that may be a second old. */
import { isGuest } from "../../domain/channel/principal.ts";
import {
  STORAGE_BOUNDS,
  type StorageBounds,
  type StorageStanding,
  type Usage,
} from "../../domain/storage/storage.ts";
import { keys } from "../keys.ts";

/** Whose a channel is, for what is counted. */
export interface Holder {
  channelId: string;
  /** The principal that made it. */
  maker: string;
}

/** One count, as this process knows it. */
interface Count {
  bytes: number;
  /** When it was read, in milliseconds of `performance.now()`; undefined: it is to be read
   *  again. */
  readAt: number | undefined;
}

/** All counts that a channel moves or is bound by. */
export interface Accounts {
  blobs: Count;
  maker: Count;
  guests?: Count | undefined;
}

interface StorageLedgerDeps {
  kv: Deno.Kv;
  /** Those of `STORAGE_BOUNDS` if not given. */
  bounds?: StorageBounds | undefined;
  /** Whether other processes may write to the same database: they may if not given. */
  shared?: boolean;
}

/** How long a count is good for: in this process alone it only drifts while an answer of the
 *  database is lost. */
const NEWS_MS = 60_000;
const SHARED_NEWS_MS = 1_000;
const MAX_KNOWN = 20_000;
const MODULUS = 2n ** 64n;

export class StorageLedger {
  readonly #deps: StorageLedgerDeps;
  readonly #known = new Map<string, Count>();

  constructor(deps: StorageLedgerDeps) {
    this.#deps = deps;
  }

  /** The counts that a channel is bound by, as far as they are known to be right. Call it before a
   *  commit and hand them to `moved` after it. */
  async accounts({ channelId, maker }: Holder): Promise<Accounts> {
    const wanted = [keys.keptBlobs(channelId), keys.keptFor(maker)];
    if (isGuest(maker)) wanted.push(keys.keptForGuests());
    const counts = wanted.map((key) => this.#count(key));
    const unread = counts.flatMap((count, i) => this.#isOld(count) ? [i] : []);
    if (unread.length > 0) {
      const read = await this.#deps.kv.getMany<unknown[]>(unread.map((i) => wanted[i]!));
      for (const [j, i] of unread.entries()) {
        const { value } = read[j]!;
        // Another call has read this count meanwhile, and may have moved it since.
        if (!this.#isOld(counts[i]!)) continue;
        counts[i]!.bytes = value instanceof Deno.KvU64 ? Number(value.value) : 0;
        counts[i]!.readAt = performance.now();
      }
    }
    const [blobs, makers, guests] = counts as [Count, Count, Count?];
    return { blobs, maker: makers, guests };
  }

  /** How a channel of a maker stands, `own` bytes of it being counted in its head. */
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
      maker: usage(makers, isGuest(maker) ? perGuest : perPerson),
      ...(guests && { guests: usage(guests, together) }),
    };
  }

  /** The sums that count so many more bytes, for the commit that stores them. */
  sums({ channelId, maker }: Holder, bytes: number, { blobs }: { blobs: boolean }) {
    if (bytes === 0) return [];
    const counted = [keys.keptFor(maker)];
    if (isGuest(maker)) counted.push(keys.keptForGuests());
    if (blobs) counted.push(keys.keptBlobs(channelId));
    const amount = (BigInt(bytes) + MODULUS) % MODULUS;
    return counted.map((key) => ({ key, amount }));
  }

  /** Notes that such a commit was applied. */
  moved({ blobs, maker, guests }: Accounts, bytes: number, of: { blobs: boolean }): void {
    maker.bytes += bytes;
    if (guests) guests.bytes += bytes;
    if (of.blobs) blobs.bytes += bytes;
  }

  /** Notes that it is not known whether such a commit was applied. */
  unsure({ blobs, maker, guests }: Accounts): void {
    for (const count of [blobs, maker, guests]) if (count) count.readAt = undefined;
  }

  #count(key: Deno.KvKey): Count {
    const name = JSON.stringify(key);
    let count = this.#known.get(name);
    if (!count) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.set(name, count = { bytes: 0, readAt: undefined });
    }
    return count;
  }

  #isOld({ readAt }: Count): boolean {
    const newsMs = this.#deps.shared === false ? NEWS_MS : SHARED_NEWS_MS;
    return readAt === undefined || performance.now() - readAt > newsMs;
  }
}
