/** Finds a client by its id: a client registered here, or one that publishes a metadata document
 *  about itself. */
import type { Client } from "../../store/people/sign_in_records.ts";
import type { SignInStore } from "../../store/people/sign_in_store.ts";
import { clientOfDocument, documentUrlProblem, namesDocument } from "./client_document.ts";
import { OAuthError, OAuthErrorCode } from "../errors.ts";
import type { PublishedDocuments } from "./published_documents.ts";
import { FetchFailure } from "../../outbound/public_fetch.ts";

/** `on`: the server reads documents that clients publish. `away`: it does, but could not fetch the
 *  last one. `off`: it does not. */
export type ClientDocuments = "on" | "away" | "off";

export class ClientDirectory {
  readonly #store: SignInStore;
  readonly #documents: PublishedDocuments | undefined;

  /** Without `documents`, a client has to be registered. */
  constructor(store: SignInStore, documents: PublishedDocuments | undefined) {
    this.#store = store;
    this.#documents = documents;
  }

  /** The client; undefined if none is registered under the id. Throws `OAuthError` if the id is the
   *  URL of a document that the server can't fetch or refuses. The error names a problem of the
   *  document, but no network problem, which could reveal this server's network. */
  async find(clientId: string, now: Date): Promise<Client | undefined> {
    if (!namesDocument(clientId)) return await this.#store.client(clientId, now);
    const problem = documentUrlProblem(clientId);
    if (problem !== undefined) throw invalid(`client_id, as a URL, ${problem}.`);
    const document = await this.published(clientId);
    const client = clientOfDocument(document, clientId, now);
    if (typeof client === "string") {
      throw invalid(`The document at client_id is not valid. ${client}.`);
    }
    return client;
  }

  /** Whether a client may use the URL of a document as its id, or should rather register. */
  documents(): ClientDocuments {
    if (this.#documents === undefined) return "off";
    return this.#documents.areInReach() ? "on" : "away";
  }

  /** A JSON document that a client publishes. Throws `OAuthError`. `newerThanMs` is the option of
   *  `PublishedDocuments.json`. */
  async published(url: string, options?: { newerThanMs: number }): Promise<unknown> {
    if (this.#documents === undefined) {
      throw invalid(
        "The app names the URL of a document about itself. This server reads no such documents.",
      );
    }
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
