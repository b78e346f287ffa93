/** A cache of documents from clients' web sites: client ID metadata documents and key sets.
 *  Strangers choose the URLs, so the cache has a fixed number of slots. A URL's hash determines its
 *  slot, a newer document replaces the one in it, and a replaced one is fetched again. `expireIn`
 *  only cleans up: every read compares `expiresAt` with the `now` that the caller passes. */
import * as z from "zod";
import { secretHash } from "../../kernel/hash.ts";
import { STORE_LIMITS } from "../../domain/limits/store.ts";
import { keys } from "../keys.ts";

/** `json` is the document's text, so that any JSON value can be stored. The document is fresh until
 *  `freshUntil`; until `expiresAt` it may be used if a new fetch fails. */
export const StoredDocument = z.object({
  json: z.string(),
  fetchedAt: z.date(),
  freshUntil: z.date(),
  expiresAt: z.date(),
});
export type StoredDocument = z.infer<typeof StoredDocument>;

const Slot = StoredDocument.extend({ url: z.string() });

export class DocumentStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  async document(url: string, now: Date): Promise<StoredDocument | undefined> {
    const slot = await this.#slot(url);
    return slot && slot.expiresAt > now ? StoredDocument.parse(slot) : undefined;
  }

  async putDocument(url: string, document: StoredDocument, now: Date): Promise<void> {
    const expireIn = Math.max(1, document.expiresAt.getTime() - now.getTime());
    await this.#kv.set(keys.document(slotOf(url)), { ...document, url }, { expireIn });
  }

  async forgetDocument(url: string): Promise<void> {
    if (await this.#slot(url)) await this.#kv.delete(keys.document(slotOf(url)));
  }

  /** The content of a URL's slot; undefined if it holds the document of another URL. */
  async #slot(url: string): Promise<z.infer<typeof Slot> | undefined> {
    const { value } = await this.#kv.get(keys.document(slotOf(url)));
    const slot = value === null ? undefined : Slot.parse(value);
    return slot?.url === url ? slot : undefined;
  }
}

function slotOf(url: string): string {
  return String(Number.parseInt(secretHash(url).slice(0, 8), 16) % STORE_LIMITS.documentsKept);
}
