/** Group commit: combines the waiting commits of several channels into one. SQLite runs one commit
 *  at a time, at a cost that hardly depends on its size. Each part keeps its own check and gets its
 *  own answer. */

import { isRefusedRequest, StoreAway } from "./connected_kv.ts";

/** One atomic change, which could also be committed alone. */
export class AtomicPart {
  readonly check: Deno.AtomicCheck;
  /** An undefined value deletes the key. An `amount` is added to the key's count, modulo 2^64. */
  readonly mutations: {
    key: Deno.KvKey;
    value?: unknown;
    expireIn?: number | undefined;
    amount?: bigint;
  }[] = [];
  /** The total size of the values, without the keys. */
  bytes = 0;

  constructor(check: Deno.AtomicCheck) {
    this.check = check;
  }

  /** `expireIn`: milliseconds after which the database may delete the key. */
  set(key: Deno.KvKey, value: unknown, expireIn?: number): void {
    this.mutations.push({ key, value, expireIn });
    if (value instanceof Uint8Array) this.bytes += value.length;
  }

  delete(key: Deno.KvKey): void {
    this.mutations.push({ key });
  }

  /** Adds to the count under a key. */
  sum(key: Deno.KvKey, amount: bigint): void {
    this.mutations.push({ key, amount });
  }

  /** Throws `Oversize` for a change that no database accepts, before sending it. */
  refuseOversize(): void {
    for (const { key, value } of this.mutations) {
      if (value instanceof Uint8Array && value.length > MAX_VALUE_BYTES) {
        throw new Oversize(`${String(key[0])}: ${value.length} bytes`);
      }
    }
    if (this.bytes > MAX_COMMIT_BYTES) throw new Oversize(`a commit of ${this.bytes} bytes`);
  }
}

/** Deno KV accepts 1,000 mutations and 800 KiB in one commit, and 100 checks if it is a local file.
 *  The first part of a group may exceed the limits below. */
const MAX_PARTS = 32;
/** A KV Connect server accepts 10 checks in one commit. */
export const MAX_PARTS_CONNECTED = 10;
const MAX_MUTATIONS = 800;
const MAX_BYTES = 500 * 1024;
/** The limits of one value, and of all values in one commit. The latter leaves room for keys and
 *  counts. */
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_COMMIT_BYTES = 760 * 1024;

/** A change that is too large for one commit. Retrying does not help. */
export class Oversize extends Error {
  override readonly name = "Oversize";
}

interface Waiting {
  part: AtomicPart;
  answer: PromiseWithResolvers<string | null>;
}

export class CommitGroup {
  readonly #kv: Deno.Kv;
  readonly #maxParts: number;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(kv: Deno.Kv, maxParts = MAX_PARTS) {
    this.#kv = kv;
    this.#maxParts = maxParts;
  }

  /** The versionstamp of the commit, or null if the check failed. Rejects if the database fails:
   *  the part may then have been committed or not. */
  commit(part: AtomicPart): Promise<string | null> {
    const answer = Promise.withResolvers<string | null>();
    this.#waiting.push({ part, answer });
    if (!this.#busy) this.#drain();
    return answer.promise;
  }

  /** Never rejects. */
  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const group = this.#take();
      try {
        const version = await this.#together(group);
        if (version !== null || group.length === 1) {
          for (const { answer } of group) answer.resolve(version);
        } else {
          await this.#oneByOne(group); // the check of one part failed
        }
      } catch (error) {
        if (isRefusedRequest(error) && group.length > 1) {
          await this.#oneByOne(group);
          continue;
        }
        // The group may have been committed, so retrying a part here could apply it twice.
        for (const { answer } of group) answer.reject(error);
        // While the database is unreachable, the waiting parts fail at once rather than one group
        // after the other.
        if (error instanceof StoreAway) {
          for (const { answer } of this.#waiting.splice(0)) answer.reject(error);
        }
      }
    }
    this.#busy = false;
  }

  /** Commits the parts of a failed group separately, so that only those whose own check fails are
   *  refused. */
  async #oneByOne(group: readonly Waiting[]): Promise<void> {
    await Promise.all(group.map(async ({ part, answer }) => {
      await this.#together([{ part, answer }]).then(answer.resolve, answer.reject);
    }));
  }

  #take(): Waiting[] {
    let [mutations, bytes] = [0, 0];
    const end = this.#waiting.findIndex(({ part }, i) => {
      mutations += part.mutations.length;
      bytes += part.bytes;
      return i > 0 && (i >= this.#maxParts || mutations > MAX_MUTATIONS || bytes > MAX_BYTES);
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  async #together(group: readonly Waiting[]): Promise<string | null> {
    const atomic = this.#kv.atomic();
    for (const { part } of group) {
      atomic.check(part.check);
      for (const { key, value, expireIn, amount } of part.mutations) {
        if (amount !== undefined) atomic.sum(key, amount);
        else if (value === undefined) atomic.delete(key);
        else atomic.set(key, value, { ...(expireIn !== undefined && { expireIn }) });
      }
    }
    const result = await atomic.commit();
    return result.ok ? result.versionstamp : null;
  }
}
