/** Makes a remote database (KV Connect) keep the store's promises. Deno's client repeats a request
 *  without limit if the answer is lost or is a 5xx. Two problems follow: a commit that was applied
 *  fails its own checks when the client repeats it, and while the database is unreachable no
 *  request ever fails. */
import { setTimeout as pause } from "node:timers/promises";
import { STORE_LIMITS } from "../domain/limits/store.ts";
import { withDeadline } from "../kernel/deadline.ts";
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import { keys } from "./keys.ts";

/** How Deno's client reports an error status that it does not retry. */
const STATUS = /\(status=(\d{3})/;
const TOO_MANY = "429";
/** How Deno's client reports a request that exceeds a limit and is not sent. */
const TOO_LARGE = /^(?:Too many |(?:Key|Value|Total \w+ size) too large |Key cannot be empty)/;
/** Exponential backoff after status 429. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** How long the marker of a commit is stored: longer than any call waits to learn whether the
 *  commit was applied. */
const MARKER_MS = 10 * 60_000;
const RETRY_AFTER_MS = 1_000;
/** The most open requests while the database is unreachable. Deno's client goes on repeating even
 *  those whose caller has given up. */
const MAX_OPEN_AWAY = 200;

interface ConnectedOptions {
  log: Log;
  /** How long one request may take, with its retries. */
  patienceMs?: number;
}

const REQUESTS = ["get", "getMany", "set", "delete"];

/** Wraps `kv`. A commit that was applied is always reported as applied. A request without an answer
 *  in time throws UNAVAILABLE; the database may still carry it out later. */
export function connectedKv(kv: Deno.Kv, options: ConnectedOptions): Deno.Kv {
  const patience = new Patience(options);
  return new Proxy(kv, {
    get(target, name) {
      if (name === "atomic") return () => markedAtomic(target, patience);
      const value = Reflect.get(target, name);
      if (name === "list") {
        return (...args: Parameters<Deno.Kv["list"]>) => {
          const iterator = target.list(...args);
          const next = iterator.next.bind(iterator);
          return Object.assign(iterator, { next: () => patience.with(next) });
        };
      }
      if (typeof value !== "function") return value;
      if (!REQUESTS.includes(String(name))) return value.bind(target);
      return (...args: unknown[]) => patience.with(() => value.apply(target, args));
    },
  });
}

/** Whether the database refused a request because of its content, without carrying out any of
 *  it. */
export function isRefusedRequest(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return TOO_LARGE.test(error.message) || ["400", "413"].includes(statusOf(error));
}

function statusOf(error: unknown): string {
  return STATUS.exec(String(error))?.[1] ?? "";
}

/** An atomic operation that also writes a marker under a unique key. The marker exists if and only
 *  if the operation was applied. */
function markedAtomic(kv: Deno.Kv, patience: Patience): Deno.AtomicOperation {
  const atomic = kv.atomic();
  const key = keys.commit(crypto.randomUUID());
  atomic.set(key, true, { expireIn: MARKER_MS });
  const wasApplied = async () => {
    const { versionstamp } = await kv.get(key);
    return versionstamp === null ? null : { ok: true as const, versionstamp };
  };
  const commit = atomic.commit.bind(atomic);
  return Object.assign(atomic, {
    commit: () =>
      patience.with(async () => {
        try {
          const result = await commit();
          return result.ok ? result : await wasApplied() ?? result;
        } catch (error) {
          const result = await wasApplied().catch(() => null);
          if (result) return result;
          throw error;
        }
      }),
  });
}

/** Bounds the wait for the database, and logs when it becomes unreachable and when it answers
 *  again. */
class Patience {
  readonly #log: Log;
  readonly #ms: number;
  #away = false;
  #open = 0;

  constructor({ log, patienceMs = STORE_LIMITS.storeMs }: ConnectedOptions) {
    this.#log = log;
    this.#ms = patienceMs;
  }

  async with<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#away && this.#open >= MAX_OPEN_AWAY) throw notNow();
    const over = new AbortController();
    try {
      const answer = await withDeadline(this.#repeated(ask, over.signal), this.#ms, () => {
        over.abort();
        throw over.signal.reason;
      });
      this.#noticed(null);
      return answer;
    } catch (error) {
      if (isRefusedRequest(error)) throw error;
      this.#noticed(over.signal.aborted ? `no answer in ${this.#ms} ms` : String(error));
      throw over.signal.aborted ? mayHappenLater() : notNow();
    } finally {
      over.abort();
    }
  }

  async #repeated<T>(ask: () => Promise<T>, over: AbortSignal): Promise<T> {
    for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      this.#open++;
      try {
        return await ask().finally(() => this.#open--);
      } catch (error) {
        if (statusOf(error) !== TOO_MANY || over.aborted) throw error;
        await pause(pauseMs * (0.5 + Math.random()), undefined, { signal: over });
      }
    }
  }

  /** `error`: why a request failed; null if the database answered. */
  #noticed(error: string | null): void {
    const away = error !== null;
    if (away === this.#away) return;
    this.#away = away;
    if (away) this.#log("error", "store_away", { error });
    else this.#log("info", "store_back");
  }
}

/** The database does not answer. It may still carry out the request later. */
export class StoreAway extends Refusal {
  constructor(text: string) {
    super("UNAVAILABLE", text, RETRY_AFTER_MS);
  }
}

function mayHappenLater(): StoreAway {
  return new StoreAway(
    "The database does not answer, and may still carry out your call. Check before you repeat it, " +
      "or repeat it with the same idempotency_key if you sent one.",
  );
}

function notNow(): StoreAway {
  return new StoreAway("The database is unreachable right now. Try again.");
}
