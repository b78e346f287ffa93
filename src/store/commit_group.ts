/** Commits of different channels that wait for the database together go to it together. SQLite
 *  commits one at a time, and what a commit costs hardly depends on what is in it. Each keeps its
 *  own check and its own answer. */

import { isRefusedRequest, StoreAway } from "./connected_kv.ts";

/** One atomic change, as it could be committed alone. */
export class AtomicPart {
  readonly check: Deno.AtomicCheck;
  /** An undefined value deletes the key; `amount` is added to the count under it, modulo 2^64. */
  readonly mutations: {
    key: Deno.KvKey;
    value?: unknown;
    expireIn?: number | undefined;
    amount?: bigint;
  }[] = [];
  /** How much is written, keys aside. */
  bytes = 0;

  constructor(check: Deno.AtomicCheck) {
    this.check = check;
  }

  /** `expireIn`: milliseconds after which the database may forget it. */
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

  /** Throws `Oversize` for what no database takes, before it is asked. */
  refuseOversize(): void {
    for (const { key, value } of this.mutations) {
      if (value instanceof Uint8Array && value.length > MAX_VALUE_BYTES) {
        throw new Oversize(`${String(key[0])}: ${value.length} bytes`);
      }
    }
    if (this.bytes > MAX_COMMIT_BYTES) throw new Oversize(`a commit of ${this.bytes} bytes`);
  }
}

/** KV takes 1,000 mutations and 800 KiB at once, and 100 checks where it is a file. A group takes
 *  its first part at any size. */
const MAX_PARTS = 32;
/** A KV Connect server takes 10 checks at once. */
export const MAX_PARTS_CONNECTED = 10;
const MAX_MUTATIONS = 800;
const MAX_BYTES = 500 * 1024;
/** Limits of one value, and of the values of one commit, which leaves room for keys and counts. */
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_COMMIT_BYTES = 760 * 1024;

/** A change that can't be stored in one commit, however often it is tried. */
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

  /** The versionstamp of the commit, or null when the check failed. Rejects when the database does:
   *  then the part may or may not have been committed. */
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
          await this.#oneByOne(group); // someone's check failed
        }
      } catch (error) {
        if (isRefusedRequest(error) && group.length > 1) {
          await this.#oneByOne(group);
          continue;
        }
        // It is unknown whether the group was committed, so no part may simply be tried again.
        for (const { answer } of group) answer.reject(error);
        // While the database is away, later parts fail at once instead of waiting for the groups
        // before theirs.
        if (error instanceof StoreAway) {
          for (const { answer } of this.#waiting.splice(0)) answer.reject(error);
        }
      }
    }
    this.#busy = false;
  }

  /** Commits each part of a group that was not committed: so each learns whether it was the
   *  reason. */
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
