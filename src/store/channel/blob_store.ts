/** Content-addressed bytes of any size, cut into chunks below the store's 64 KiB value limit.
 *  Written before what refers to them and never changed, so that a reference always finds its
 *  bytes. Stored once, and counted for each channel that holds them: one commit stores them, notes
 *  their holder and counts them. */
import { concatBytes, type HashText, hashText } from "../../kernel/hash.ts";
import { KEY_BYTES } from "../../domain/storage/storage.ts";
import { keys } from "../keys.ts";
import { type Holder, StorageLedger } from "./storage_ledger.ts";

const CHUNK_BYTES = 60 * 1024;

interface BlobStoreOptions {
  ledger?: StorageLedger;
  /** Called with what was counted for whom. */
  counted?: (maker: string, bytes: number) => void;
}

export class BlobStore {
  readonly #kv: Deno.Kv;
  readonly #counted: BlobStoreOptions["counted"];
  readonly ledger: StorageLedger;

  constructor(kv: Deno.Kv, { ledger = new StorageLedger({ kv }), counted }: BlobStoreOptions = {}) {
    this.#kv = kv;
    this.#counted = counted;
    this.ledger = ledger;
  }

  /** Stores bytes under their SHA-256, for a channel. Storing them again for the same changes
   *  nothing. */
  async put(bytes: Uint8Array, holder: Holder): Promise<HashText> {
    const { ledger } = this;
    const hash = hashText(bytes);
    for (;;) {
      const [held, stored] = await this.#kv.getMany([
        keys.held(holder.channelId, hash),
        keys.chunk(hash, 0), // written with all others
      ]);
      if (held.versionstamp !== null) return hash;
      const accounts = await ledger.accounts(holder);
      const count = countOf(bytes);
      const atomic = this.#kv.atomic().check(held).check(stored).set(held.key, count);
      if (stored.versionstamp === null) {
        for (const [i, chunk] of chunksOf(bytes).entries()) atomic.set(keys.chunk(hash, i), chunk);
      }
      for (const { key, amount } of ledger.sums(holder, count, { blobs: true })) {
        atomic.sum(key, amount);
      }
      try {
        if (!(await atomic.commit()).ok) continue;
      } catch (error) {
        ledger.unsure(accounts);
        throw error;
      }
      ledger.moved(accounts, count, { blobs: true });
      this.#counted?.(holder.maker, count);
      return hash;
    }
  }

  /** The bytes with this SHA-256, or null. Throws when what is stored does not hash to its name. */
  async get(hash: HashText): Promise<Uint8Array | null> {
    const chunks: Uint8Array[] = [];
    for await (const { value } of this.#kv.list<Uint8Array>({ prefix: keys.blob(hash) })) {
      chunks.push(value);
    }
    if (chunks.length === 0) return null;
    const bytes = concatBytes(...chunks);
    if (hashText(bytes) !== hash) {
      throw new Error(`Cannot read blob ${hash}: its bytes do not match`);
    }
    return bytes;
  }
}

/** How many bytes a channel is charged for holding these bytes. */
export function countOf({ length }: Uint8Array): number {
  return length + KEY_BYTES * (Math.ceil(length / CHUNK_BYTES) + 2);
}

/** At least one, so that an empty blob has a part, too. */
function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  return Array.from(
    { length: count },
    (_, i) => bytes.slice(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  );
}
