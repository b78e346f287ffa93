/** Documents fetched from clients' web sites, kept for a while: client-ID metadata documents and
 *  key sets. Strangers choose the URLs, so the number of places is fixed: a URL's hash chooses its
 *  place, the last document stays there, and a displaced one is fetched again. `expireIn` only
 *  cleans up: every read compares `expiresAt` with the `now` it is given. */
import * as z from "zod";
import { secretHash } from "../../kernel/hash.ts";
import { STORE_LIMITS } from "../../domain/limits/store.ts";
import { keys } from "../keys.ts";

/** `json` is the document as text, so that anything JSON can be kept. It is news until
 *  `freshUntil`, and better than nothing until `expiresAt`. */
export const StoredDocument = z.object({
  json: z.string(),
  fetchedAt: z.date(),
  freshUntil: z.date(),
  expiresAt: z.date(),
});
export type StoredDocument = z.infer<typeof StoredDocument>;

const Placed = StoredDocument.extend({ url: z.string() });

export class DocumentStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  async document(url: string, now: Date): Promise<StoredDocument | undefined> {
    const placed = await this.#placed(url);
    return placed && placed.expiresAt > now ? StoredDocument.parse(placed) : undefined;
  }

  async putDocument(url: string, document: StoredDocument, now: Date): Promise<void> {
    const expireIn = Math.max(1, document.expiresAt.getTime() - now.getTime());
    await this.#kv.set(keys.document(placeOf(url)), { ...document, url }, { expireIn });
  }

  async forgetDocument(url: string): Promise<void> {
    if (await this.#placed(url)) await this.#kv.delete(keys.document(placeOf(url)));
  }

  /** The document at a URL's place, if it is the URL's own. */
  async #placed(url: string): Promise<z.infer<typeof Placed> | undefined> {
    const { value } = await this.#kv.get(keys.document(placeOf(url)));
    const placed = value === null ? undefined : Placed.parse(value);
    return placed?.url === url ? placed : undefined;
  }
}

function placeOf(url: string): string {
  return String(Number.parseInt(secretHash(url).slice(0, 8), 16) % STORE_LIMITS.documentsKept);
}
