/** Content-addressed bytes of any size, split into chunks below the database's limit of 64 KiB for
 *  a value. A blob is written before any reference to it and never changes, so a reference always
 *  finds its bytes. Each blob is stored once, but charged to every channel that holds it: one
 *  commit stores it, records the holder and changes the counts. Only what is counted with the entry
 *  that names it is not. */
import { concatBytes, type HashText, hashText } from "../../kernel/hash.ts";
import { KEY_BYTES } from "../../domain/storage/storage.ts";
import { keys } from "../keys.ts";
import { type Holder, StorageLedger } from "./storage_ledger.ts";

const CHUNK_BYTES = 60 * 1024;

interface BlobStoreOptions {
  ledger?: StorageLedger;
  /** Called with each charge: the principal and the bytes. */
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

  /** Stores bytes under their SHA-256 that are counted elsewhere. Idempotent. */
  async putUncounted(bytes: Uint8Array): Promise<void> {
    const hash = hashText(bytes);
    const stored = await this.#kv.get(keys.chunk(hash, 0));
    if (stored.versionstamp !== null) return;
    // Whoever is faster stores the same bytes.
    await withChunks(this.#kv.atomic().check(stored), hash, bytes).commit();
  }

  /** Stores bytes under their SHA-256, charged to a channel. Idempotent for each channel. */
  async put(bytes: Uint8Array, holder: Holder): Promise<HashText> {
    const { ledger } = this;
    const hash = hashText(bytes);
    for (;;) {
      const [held, stored] = await this.#kv.getMany([
        keys.held(holder.channelId, hash),
        keys.chunk(hash, 0), // one commit writes all chunks
      ]);
      if (held.versionstamp !== null) return hash;
      const accounts = await ledger.accounts(holder);
      const count = countOf(bytes);
      const atomic = this.#kv.atomic().check(held).check(stored).set(held.key, count);
      if (stored.versionstamp === null) withChunks(atomic, hash, bytes);
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

  /** The bytes with this SHA-256, or null. Throws if the stored bytes have another hash. */
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

/** The bytes that a channel is charged for a blob: its content and its keys. */
export function countOf({ length }: Uint8Array): number {
  return length + KEY_BYTES * (Math.ceil(length / CHUNK_BYTES) + 2);
}

function withChunks(atomic: Deno.AtomicOperation, hash: HashText, bytes: Uint8Array) {
  for (const [i, chunk] of chunksOf(bytes).entries()) atomic.set(keys.chunk(hash, i), chunk);
  return atomic;
}

/** At least one chunk, so that an empty blob is stored too. */
function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  return Array.from(
    { length: count },
    (_, i) => bytes.slice(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  );
}
