/** Limits how many callers work at a time, and lets principals take turns: for work that the server
 *  does for any caller. */
import { Refusal } from "../../kernel/refusal.ts";
import { FairQueue, type Hold, Shares } from "./fair_queue.ts";

/** All are at least 1. */
export interface TurnLimits {
  /** How many work at a time, and how many of one principal. */
  atOnce: number;
  perPrincipal: number;
  /** How many wait in all, and of one principal. */
  waiting: number;
  waitingPerPrincipal: number;
  /** How long one waits at most. */
  waitMs: number;
}

export class FairTurns {
  readonly #limits: TurnLimits;
  readonly #tooMany: () => Refusal;
  readonly #queue: FairQueue<PromiseWithResolvers<Turn>>;
  #taken = 0;

  /** `tooMany` makes the refusal for a full line, and for a wait that was too long. */
  constructor(limits: TurnLimits, tooMany: () => Refusal) {
    const { perPrincipal } = this.#limits = limits;
    this.#tooMany = tooMany;
    this.#queue = new FairQueue({ ...limits, held: perPrincipal }, new Shares(perPrincipal));
  }

  /** A turn, to be given back by disposing of it. A signal that aborts gives the place in line up,
   *  and throws `Refusal("TIMEOUT")`. */
  async take(principal: string, signal?: AbortSignal): Promise<Turn> {
    if (signal?.aborted) throw givenUp();
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
    const gone = () => leave(givenUp());
    const timer = setTimeout(() => leave(this.#tooMany()), this.#limits.waitMs);
    signal?.addEventListener("abort", gone, { once: true });
    try {
      return await turn.promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", gone);
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

/** Given back once. */
export type Turn = Disposable;

function givenUp(): Refusal {
  return new Refusal("TIMEOUT", "The call was given up before its turn came. Try again.");
}
