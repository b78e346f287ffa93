/** A cache of the documents that clients publish. Concurrent requests share one fetch. A copy stays
 *  fresh for as long as its site asks, within bounds. After a failure the URL is not fetched again
 *  for a moment. The number of fetches is bounded, even if strangers name many URLs. */
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import type { DocumentStore, StoredDocument } from "../../store/people/document_store.ts";
import type { Log } from "../../kernel/log.ts";
import { FetchFailure, type FetchJson } from "../../outbound/public_fetch.ts";

const MINUTE_MS = 60_000;
/** The default freshness, and the least and the most that a site may ask for. */
const FRESH_MS = 60 * MINUTE_MS;
const FRESH_MIN_MS = 5 * MINUTE_MS;
const FRESH_MAX_MS = 24 * 60 * MINUTE_MS;
/** How much longer a stale document serves while its site is unreachable (RFC 5861). */
const STALE_MS = 24 * 60 * MINUTE_MS;
const RETRY_AFTER_MS = 10_000;
const MAX_FAILURES = 1_000;

interface PublishedDocumentsDeps {
  store: DocumentStore;
  fetchJson: FetchJson;
  now: () => Date;
  /** A monotonic clock in milliseconds. */
  nowMs: () => number;
  log?: Log;
}

export class PublishedDocuments {
  readonly #deps: PublishedDocumentsDeps;
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #failures = new Map<string, { failure: FetchFailure; until: number }>();
  #awayUntil = -Infinity;
  #minute = 0;
  #startedInMinute = 0;

  constructor(deps: PublishedDocumentsDeps) {
    this.#deps = deps;
  }

  /** The JSON document at an https URL. A copy must be younger than `newerThanMs`. Throws
   *  `FetchFailure`. */
  async json(url: string, { newerThanMs = Infinity } = {}): Promise<unknown> {
    const now = this.#deps.now().getTime();
    const copy = await this.#deps.store.document(url, new Date(now));
    const age = copy ? now - copy.fetchedAt.getTime() : Infinity;
    // A copy from the future means that the clock was set back, so its age is unknown.
    const isFresh = copy && age >= 0 && copy.freshUntil.getTime() > now;
    if (isFresh && age <= newerThanMs) return JSON.parse(copy.json);
    try {
      return await (this.#underWay.get(url) ?? this.#fetch(url));
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      this.#deps.log?.("info", "oauth.document_not_fetched", { url, reason: error.message });
      if (copy && error.kind === "away") return JSON.parse(copy.json);
      throw error;
    }
  }

  /** Whether a fetch is likely to succeed: the last one reached its site, or failed long ago. */
  areInReach(): boolean {
    return this.#awayUntil <= this.#deps.nowMs();
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
      this.#awayUntil = -Infinity;
      const now = this.#deps.now();
      await store.putDocument(url, storedDocument(json, keepMs, now), now);
      return json;
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      const { nowMs } = this.#deps;
      this.#awayUntil = error.kind === "away"
        ? nowMs() + ACCOUNT_LIMITS.documentsAwayMs
        : -Infinity;
      if (error.kind === "unfit") await store.forgetDocument(url);
      if (this.#failures.size >= MAX_FAILURES) this.#failures.clear();
      const until = nowMs() + RETRY_AFTER_MS;
      this.#failures.set(url, { failure: error, until });
      throw error;
    }
  }

  /** Counts a fetch that is about to start. Throws if there are too many. */
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

function storedDocument(json: unknown, keepMs = FRESH_MS, now: Date): StoredDocument {
  const freshMs = Math.min(Math.max(keepMs, FRESH_MIN_MS), FRESH_MAX_MS);
  const after = (ms: number) => new Date(now.getTime() + ms);
  return {
    json: JSON.stringify(json),
    fetchedAt: now,
    freshUntil: after(freshMs),
    expiresAt: after(freshMs + STALE_MS),
  };
}
