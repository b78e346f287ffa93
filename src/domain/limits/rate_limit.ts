/** Rate limits by the generic cell rate algorithm (ITU-T I.371): what is left of a budget follows
 *  from one number, the time at which it will be whole again, so nothing has to be counted,
 *  refilled or timed. Counted in this process alone: several instances allow as many times as much.
 *  Its clock never goes back: one that did would lock callers out. */
import { RATES } from "./work.ts";

export type RateName = keyof typeof RATES;

/** `quota` at once, and as much again in each `windowMs`, which come back evenly. */
export interface Rate {
  quota: number;
  windowMs: number;
}

/** How a caller stands with a rate. */
export interface Standing {
  name: RateName;
  rate: Rate;
  /** What is left, whole units. */
  remaining: number;
  /** Until nothing is missing. */
  wholeInMs: number;
  /** Until what was asked for is there; 0 when it was. */
  retryAfterMs: number;
}

/** Callers that are remembered. Beyond, those with whole budgets are forgotten, which changes
 *  nothing, then those that were seen first. */
const MAX_KEYS = 100_000;

export class RateLimiter {
  readonly #rates: Readonly<Record<RateName, Rate>>;
  readonly #nowMs: () => number;
  readonly #maxKeys: number;
  /** When a budget will be whole, by `nowMs`. */
  readonly #wholeAt = new Map<string, number>();

  /** `nowMs` counts milliseconds from any moment on and never goes back. */
  constructor(
    rates: Readonly<Record<RateName, Rate>>,
    nowMs: () => number,
    maxKeys = MAX_KEYS,
  ) {
    this.#rates = rates;
    this.#nowMs = nowMs;
    this.#maxKeys = maxKeys;
  }

  /** Takes `cost` from a caller's budget, or nothing when it is not there: then `retryAfterMs` is
   *  above 0. */
  take(name: RateName, who: string, cost = 1): Standing {
    const standing = this.#standing(name, who, cost);
    if (standing.retryAfterMs === 0) this.#keep(name, who, standing.wholeInMs);
    return standing;
  }

  /** Takes what has been spent already, whether it is there or not. */
  charge(name: RateName, who: string, cost = 1): void {
    this.#keep(name, who, this.#missingMs(name, who) + cost * this.#eachMs(name));
  }

  /** How a caller stands. `retryAfterMs` tells whether at least one is there. */
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
    const left = (rate.windowMs - wholeInMs) / this.#eachMs(name);
    // The addend makes up for fractions that do not add up.
    const remaining = Math.max(0, Math.floor(left + 1e-6));
    return { name, rate, remaining, wholeInMs, retryAfterMs };
  }

  /** Until a budget is whole: never longer than what `#keep` stores. */
  #missingMs(name: RateName, who: string): number {
    const wholeAt = this.#wholeAt.get(keyOf(name, who));
    if (wholeAt === undefined) return 0;
    return Math.min(Math.max(0, wholeAt - this.#nowMs()), this.#mostMs(name));
  }

  /** The most that may be missing: what is charged afterwards can overdraw a budget by as much
   *  again. */
  #mostMs(name: RateName): number {
    return 2 * this.#rates[name].windowMs;
  }

  /** Until one more is there. */
  #eachMs(name: RateName): number {
    const { quota, windowMs } = this.#rates[name];
    return windowMs / quota;
  }

  #keep(name: RateName, who: string, wholeInMs: number): void {
    const key = keyOf(name, who);
    this.#wholeAt.set(key, this.#nowMs() + Math.min(wholeInMs, this.#mostMs(name)));
    if (this.#wholeAt.size > this.#maxKeys) this.#forget();
  }

  /** Makes room for many, so that it is seldom done. */
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
