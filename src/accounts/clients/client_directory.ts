/** Which client an id names: one that registered here, or one that publishes a document about
 *  itself. */
import type { Client } from "../../store/people/sign_in_records.ts";
import type { SignInStore } from "../../store/people/sign_in_store.ts";
import { clientOfDocument, documentUrlProblem, namesDocument } from "./client_document.ts";
import { OAuthError, OAuthErrorCode } from "../errors.ts";
import type { PublishedDocuments } from "./published_documents.ts";
import { FetchFailure } from "../../outbound/public_fetch.ts";

export class ClientDirectory {
  readonly #store: SignInStore;
  readonly #documents: PublishedDocuments;

  constructor(store: SignInStore, documents: PublishedDocuments) {
    this.#store = store;
    this.#documents = documents;
  }

  /** The client, or undefined when none is registered under the id. Throws `OAuthError` when the id
   *  is the URL of a document that cannot be had or does not hold: what is wrong with the document
   *  is told, what is wrong on the way to it is not, for that could be news about this server's
   *  network. */
  async find(clientId: string, now: Date): Promise<Client | undefined> {
    if (!namesDocument(clientId)) return await this.#store.client(clientId, now);
    const problem = documentUrlProblem(clientId);
    if (problem !== undefined) throw invalid(`As a URL, client_id ${problem}.`);
    const document = await this.published(clientId);
    const client = clientOfDocument(document, clientId, now);
    if (typeof client === "string") {
      throw invalid(`The document at client_id is refused. ${client}.`);
    }
    return client;
  }

  /** A JSON document of a client. Throws `OAuthError`. `newerThanMs` is that of
   *  `PublishedDocuments.json`. */
  async published(url: string, options?: { newerThanMs: number }): Promise<unknown> {
    try {
      return await this.#documents.json(url, options);
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      if (error.kind === "unfit") {
        throw invalid(`${url} does not answer with status 200 and a small JSON document.`);
      }
      throw new OAuthError(
        OAuthErrorCode.TemporarilyUnavailable,
        `${url} cannot be fetched from a public address now. Try again in a minute.`,
      );
    }
  }
}

function invalid(message: string): OAuthError {
  return new OAuthError(OAuthErrorCode.InvalidClient, message);
}
