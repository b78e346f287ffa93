/** What was fetched from clients' web sites, kept for a while: client-ID metadata documents and key sets, under the
 *  hash of their URL. `expireIn` only cleans up: every read compares `expiresAt` with the `now` it is given. */
import * as z from "zod";
import { secretHash } from "../domain/hash.ts";
import { keys } from "./keys.ts";

/** `json` is the document as text, so that anything JSON can be kept. It is news until `freshUntil`, and better than
 *  nothing until `expiresAt`. */
export const StoredDocument = z.object({
  json: z.string(),
  fetchedAt: z.date(),
  freshUntil: z.date(),
  expiresAt: z.date(),
});
export type StoredDocument = z.infer<typeof StoredDocument>;

export class DocumentStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  async document(url: string, now: Date): Promise<StoredDocument | undefined> {
    const { value } = await this.#kv.get(keys.document(secretHash(url)));
    if (value === null) return undefined;
    const stored = StoredDocument.parse(value);
    return stored.expiresAt > now ? stored : undefined;
  }

  async putDocument(url: string, document: StoredDocument, now: Date): Promise<void> {
    const expireIn = Math.max(1, document.expiresAt.getTime() - now.getTime());
    await this.#kv.set(keys.document(secretHash(url)), document, { expireIn });
  }

  async forgetDocument(url: string): Promise<void> {
    await this.#kv.delete(keys.document(secretHash(url)));
  }
}
