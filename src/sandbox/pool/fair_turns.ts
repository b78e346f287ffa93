/** Limits how much of some work runs at the same time, with fair turns for principals. Used for
 *  expensive work that the server does for any caller. */
import { Refusal } from "../../kernel/refusal.ts";
import { FairQueue, type Hold, Shares } from "./fair_queue.ts";

/** All are at least 1. */
export interface TurnLimits {
  /** The most turns at the same time, in all and of one principal. */
  atOnce: number;
  perPrincipal: number;
  /** The most waiting calls, in all and of one principal. */
  waiting: number;
  waitingPerPrincipal: number;
  /** The longest wait. */
  waitMs: number;
}

export class FairTurns {
  readonly #limits: TurnLimits;
  readonly #tooMany: () => Refusal;
  readonly #queue: FairQueue<PromiseWithResolvers<Turn>>;
  #taken = 0;

  /** `tooMany` creates the refusal for a full queue and for too long a wait. */
  constructor(limits: TurnLimits, tooMany: () => Refusal) {
    const { perPrincipal } = this.#limits = limits;
    this.#tooMany = tooMany;
    this.#queue = new FairQueue({ ...limits, held: perPrincipal }, new Shares(perPrincipal));
  }

  /** Waits for a turn; dispose of the turn to end it. Throws `Refusal("TIMEOUT")` if the signal
   *  aborts before that. */
  async take(principal: string, signal?: AbortSignal): Promise<Turn> {
    if (signal?.aborted) throw cancelled();
    const key = { principal };
    const hold = this.#taken < this.#limits.atOnce ? this.#queue.hold(key) : undefined;
    if (hold) return this.#turn(hold);
    const turn = Promise.withResolvers<Turn>();
    const place = this.#queue.wait(key, turn);
    if (!place) throw this.#tooMany();
    const leave = (why: Refusal) => {
      place.leave();
      turn.reject(why);
    };
    const onAbort = () => leave(cancelled());
    const timer = setTimeout(() => leave(this.#tooMany()), this.#limits.waitMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await turn.promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #turn(hold: Hold): Turn {
    this.#taken++;
    return {
      [Symbol.dispose]: () => {
        this.#taken--;
        hold.release();
        this.#serve();
      },
    };
  }

  #serve(): void {
    while (this.#taken < this.#limits.atOnce) {
      const next = this.#queue.next();
      if (!next) return;
      next.turn.resolve(this.#turn(next.hold));
    }
  }
}

/** A turn. Dispose of it once. */
export type Turn = Disposable;

function cancelled(): Refusal {
  return new Refusal("TIMEOUT", "The call was cancelled before its turn came. Try again.");
}
