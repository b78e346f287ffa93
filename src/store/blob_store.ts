/** Content-addressed bytes of any size, cut into chunks below the store's 64 KiB value limit. Written before
 *  what refers to them and never changed, so that a reference always finds its bytes. */
import { concatBytes, type HashText, hashText } from "../domain/hash.ts";
import { keys } from "./keys.ts";

const CHUNK_BYTES = 60 * 1024;

export class BlobStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  /** Stores bytes under their SHA-256. Storing them again changes nothing. */
  async put(bytes: Uint8Array): Promise<HashText> {
    const hash = hashText(bytes);
    const count = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
    // The last chunk first: chunk 0 says that the blob is whole.
    for (let i = count - 1; i >= 0; i--) {
      const chunk = bytes.slice(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
      await this.#kv.set(keys.chunk(hash, i), chunk);
    }
    return hash;
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
