/** Rate limits by the generic cell rate algorithm (ITU-T I.371). One number for each budget, the
 *  time at which it will be full again, determines what is left of it, so nothing has to be
 *  counted, refilled or timed. Each process counts for itself: several instances together allow a
 *  multiple. The clock must never go back, because that would lock callers out. */
import { RATES } from "./work.ts";

export type RateName = keyof typeof RATES;

/** A burst of `quota`, which refills evenly over `windowMs`. */
export interface Rate {
  quota: number;
  windowMs: number;
}

/** A caller's state under a rate. */
export interface Standing {
  name: RateName;
  rate: Rate;
  /** The whole units that are left. */
  remaining: number;
  /** Time until the budget is full. */
  wholeInMs: number;
  /** Time until the requested units are available; 0 when they were. */
  retryAfterMs: number;
}

/** The most callers that are remembered. Beyond it, the limiter forgets callers with full budgets,
 *  which changes nothing, and then those that it saw first. */
const MAX_KEYS = 100_000;

export class RateLimiter {
  readonly #rates: Readonly<Record<RateName, Rate>>;
  readonly #nowMs: () => number;
  readonly #maxKeys: number;
  /** The time at which each budget will be full, by `nowMs`. */
  readonly #wholeAt = new Map<string, number>();

  /** `nowMs` counts milliseconds from an arbitrary start and never goes back. */
  constructor(
    rates: Readonly<Record<RateName, Rate>>,
    nowMs: () => number,
    maxKeys = MAX_KEYS,
  ) {
    this.#rates = rates;
    this.#nowMs = nowMs;
    this.#maxKeys = maxKeys;
  }

  /** Takes `cost` from a caller's budget, or nothing when there is not enough: `retryAfterMs` is
   *  then above 0. */
  take(name: RateName, who: string, cost = 1): Standing {
    const standing = this.#standing(name, who, cost);
    if (standing.retryAfterMs === 0) this.#keep(name, who, standing.wholeInMs);
    return standing;
  }

  /** Takes a cost that is already spent, even when there is not enough. */
  charge(name: RateName, who: string, cost = 1): void {
    this.#keep(name, who, this.#missingMs(name, who) + cost * this.#eachMs(name));
  }

  /** A caller's state, without taking anything. `retryAfterMs` is 0 when at least one unit is
   *  available. */
  look(name: RateName, who: string): Standing {
    const { retryAfterMs } = this.#standing(name, who, 1);
    return { ...this.#standing(name, who, 0), retryAfterMs };
  }

  #standing(name: RateName, who: string, cost: number): Standing {
    const rate = this.#rates[name];
    const missing = this.#missingMs(name, who);
    const after = missing + cost * this.#eachMs(name);
    const retryAfterMs = cost === 0 ? 0 : Math.max(0, Math.ceil(after - rate.windowMs));
    const wholeInMs = retryAfterMs > 0 ? missing : after;
    const units = (rate.windowMs - wholeInMs) / this.#eachMs(name);
    // The addend corrects rounding errors of fractions.
    const remaining = Math.max(0, Math.floor(units + 1e-6));
    return { name, rate, remaining, wholeInMs, retryAfterMs };
  }

  /** Time until a budget is full: never more than what `#keep` stores. */
  #missingMs(name: RateName, who: string): number {
    const wholeAt = this.#wholeAt.get(keyOf(name, who));
    if (wholeAt === undefined) return 0;
    return Math.min(Math.max(0, wholeAt - this.#nowMs()), this.#mostMs(name));
  }

  /** The longest time to a full budget. `charge` can overdraw a budget by as much again as it
   *  holds. */
  #mostMs(name: RateName): number {
    return 2 * this.#rates[name].windowMs;
  }

  /** Time until one more unit is available. */
  #eachMs(name: RateName): number {
    const { quota, windowMs } = this.#rates[name];
    return windowMs / quota;
  }

  #keep(name: RateName, who: string, wholeInMs: number): void {
    const key = keyOf(name, who);
    this.#wholeAt.set(key, this.#nowMs() + Math.min(wholeInMs, this.#mostMs(name)));
    if (this.#wholeAt.size > this.#maxKeys) this.#forget();
  }

  /** Makes room for many callers at once, so that it is seldom needed. */
  #forget(): void {
    const now = this.#nowMs();
    for (const [key, wholeAt] of this.#wholeAt) if (wholeAt <= now) this.#wholeAt.delete(key);
    for (const key of this.#wholeAt.keys()) {
      if (this.#wholeAt.size <= this.#maxKeys * 0.9) return;
      this.#wholeAt.delete(key);
    }
  }
}

function keyOf(name: RateName, who: string): string {
  return `${name} ${who}`;
}
