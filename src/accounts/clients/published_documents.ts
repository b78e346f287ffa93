/** The documents that clients publish, as this server remembers them: one fetch serves all who wait
 *  for it, an answer is kept for as long as its site wants, within bounds, and a site that fails is
 *  left alone for a moment. However many URLs strangers name, the number of fetches is bounded. */
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import type { DocumentStore, StoredDocument } from "../../store/people/document_store.ts";
import type { Log } from "../../kernel/log.ts";
import { FetchFailure, type FetchJson } from "../../outbound/public_fetch.ts";

const MINUTE_MS = 60_000;
/** When its site says nothing, and the least and the most of what it may say. */
const FRESH_MS = 60 * MINUTE_MS;
const FRESH_MIN_MS = 5 * MINUTE_MS;
const FRESH_MAX_MS = 24 * 60 * MINUTE_MS;
/** While its site is away, a document is good for so much longer (RFC 5861). */
const STALE_MS = 24 * 60 * MINUTE_MS;
const LEFT_ALONE_MS = 10_000;
const MAX_LEFT_ALONE = 1_000;

interface PublishedDocumentsDeps {
  store: DocumentStore;
  fetchJson: FetchJson;
  now: () => Date;
  /** Milliseconds that never go back. */
  nowMs: () => number;
  log?: Log;
}

export class PublishedDocuments {
  readonly #deps: PublishedDocumentsDeps;
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #failures = new Map<string, { failure: FetchFailure; until: number }>();
  #minute = 0;
  #startedInMinute = 0;

  constructor(deps: PublishedDocumentsDeps) {
    this.#deps = deps;
  }

  /** The JSON under an https URL. `newerThanMs`: a copy is good enough only if it was fetched so
   *  little ago. Throws `FetchFailure`. */
  async json(url: string, { newerThanMs = Infinity } = {}): Promise<unknown> {
    const now = this.#deps.now().getTime();
    const kept = await this.#deps.store.document(url, new Date(now));
    const age = kept ? now - kept.fetchedAt.getTime() : Infinity;
    // A copy of the future says that the clock was set back: nobody knows how old it is.
    const isFresh = kept && age >= 0 && kept.freshUntil.getTime() > now;
    if (isFresh && age <= newerThanMs) return JSON.parse(kept.json);
    try {
      return await (this.#underWay.get(url) ?? this.#fetch(url));
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      this.#deps.log?.("info", "oauth.document_not_fetched", { url, reason: error.message });
      if (kept && error.kind === "away") return JSON.parse(kept.json);
      throw error;
    }
  }

  #fetch(url: string): Promise<unknown> {
    const now = this.#deps.nowMs();
    const failed = this.#failures.get(url);
    if (failed && failed.until > now) throw failed.failure;
    this.#countFetch(url, now);
    const fetched = this.#fetched(url).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, fetched);
    return fetched;
  }

  async #fetched(url: string): Promise<unknown> {
    const { store, fetchJson } = this.#deps;
    try {
      const { json, keepMs } = await fetchJson(url);
      this.#failures.delete(url);
      const now = this.#deps.now();
      await store.putDocument(url, kept(json, keepMs, now), now);
      return json;
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      if (error.kind === "unfit") await store.forgetDocument(url);
      if (this.#failures.size >= MAX_LEFT_ALONE) this.#failures.clear();
      const until = this.#deps.nowMs() + LEFT_ALONE_MS;
      this.#failures.set(url, { failure: error, until });
      throw error;
    }
  }

  /** Counts a fetch that is about to start. Throws when there are too many. */
  #countFetch(url: string, now: number): void {
    const { host } = new URL(url);
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) [this.#minute, this.#startedInMinute] = [minute, 0];
    const sameHost = [...this.#underWay.keys()].filter((other) => new URL(other).host === host);
    if (
      this.#underWay.size >= ACCOUNT_LIMITS.documentFetches ||
      sameHost.length >= ACCOUNT_LIMITS.documentFetchesPerHost ||
      this.#startedInMinute >= ACCOUNT_LIMITS.documentFetchesPerMinute
    ) {
      throw new FetchFailure("away", "too many fetches; try again in a minute");
    }
    this.#startedInMinute++;
  }
}

function kept(json: unknown, keepMs = FRESH_MS, now: Date): StoredDocument {
  const freshMs = Math.min(Math.max(keepMs, FRESH_MIN_MS), FRESH_MAX_MS);
  const after = (ms: number) => new Date(now.getTime() + ms);
  return {
    json: JSON.stringify(json),
    fetchedAt: now,
    freshUntil: after(freshMs),
    expiresAt: after(freshMs + STALE_MS),
  };
}
