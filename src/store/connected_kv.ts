/** A database at the other end of a network, made to keep the store's promises. Deno's client
 *  repeats a request that had no answer, or a 5xx one, until it has one. So a commit that was
 *  applied, and whose answer was lost, fails its own checks the second time; and nothing ever fails
 *  while the database is away. */
import { setTimeout as pause } from "node:timers/promises";
import { STORE_LIMITS } from "../domain/limits/store.ts";
import { withDeadline } from "../kernel/deadline.ts";
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import { keys } from "./keys.ts";

/** As Deno's client reports an answer that is neither a success nor worth repeating. */
const STATUS = /\(status=(\d{3})/;
const TOO_MANY = "429";
/** As Deno's client reports what it does not even send. */
const TOO_LARGE = /^(?:Too many |(?:Key|Value|Total \w+ size) too large |Key cannot be empty)/;
/** A pause after "too many requests", longer after each one. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** A commit is remembered for longer than anything asks whether it was applied. */
const REMEMBERED_MS = 10 * 60_000;
const RETRY_AFTER_MS = 1_000;
/** Deno's client repeats even the requests that no caller waits for any more: this many may be open
 *  while the database is away. */
const MAX_OPEN_AWAY = 200;

interface ConnectedOptions {
  log: Log;
  /** How long one request may take, its repetitions included. */
  patienceMs?: number;
}

const ASKED = ["get", "getMany", "set", "delete"];

/** The database behind `kv`. A commit is answered as applied whenever it was. A request that has no
 *  answer in time throws UNAVAILABLE; it may still be carried out later. */
export function connectedKv(kv: Deno.Kv, options: ConnectedOptions): Deno.Kv {
  const patience = new Patience(options);
  return new Proxy(kv, {
    get(target, name) {
      if (name === "atomic") return () => remembered(target, patience);
      const value = Reflect.get(target, name);
      if (name === "list") {
        return (...args: Parameters<Deno.Kv["list"]>) => {
          const iterator = target.list(...args);
          const next = iterator.next.bind(iterator);
          return Object.assign(iterator, { next: () => patience.with(next) });
        };
      }
      if (typeof value !== "function") return value;
      if (!ASKED.includes(String(name))) return value.bind(target);
      return (...args: unknown[]) => patience.with(() => value.apply(target, args));
    },
  });
}

/** Whether the database refused a request for what is in it, before any of it was carried out. */
export function isRefusedRequest(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return TOO_LARGE.test(error.message) || ["400", "413"].includes(statusOf(error));
}

function statusOf(error: unknown): string {
  return STATUS.exec(String(error))?.[1] ?? "";
}

/** An atomic operation that writes a key of its own: the key is there exactly if the operation was
 *  applied. */
function remembered(kv: Deno.Kv, patience: Patience): Deno.AtomicOperation {
  const atomic = kv.atomic();
  const key = keys.commit(crypto.randomUUID());
  atomic.set(key, true, { expireIn: REMEMBERED_MS });
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

/** Waits for the database, but not for ever, and says in the log when it is away and when it is
 *  back. */
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

  /** `error`: why a request failed; null when one was answered. */
  #noticed(error: string | null): void {
    const away = error !== null;
    if (away === this.#away) return;
    this.#away = away;
    if (away) this.#log("error", "store_away", { error });
    else this.#log("info", "store_back");
  }
}

/** The database does not answer. It may still carry out the request, after anything that is decided
 *  meanwhile. */
export class StoreAway extends Refusal {
  constructor(text: string) {
    super("UNAVAILABLE", text, RETRY_AFTER_MS);
  }
}

function mayHappenLater(): StoreAway {
  return new StoreAway(
    "The store does not answer, and may still do what you asked. Look before you try again, " +
      "or send an idempotency_key and try again with the same one.",
  );
}

function notNow(): StoreAway {
  return new StoreAway("The store can't be asked right now. Try again.");
}
