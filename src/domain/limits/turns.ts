/** Limits the concurrent work of each caller and queues the rest in order. A caller with hundreds
 *  of requests delays itself, not everybody else. */
export class Turns {
  readonly #atOnce: number;
  readonly #callers = new Map<string, { goingOn: number; waiting: (() => void)[] }>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Runs a piece of a caller's work when its turn comes. */
  async take<T>(who: string, work: () => Promise<T>): Promise<T> {
    const caller = this.#callers.get(who) ?? { goingOn: 0, waiting: [] };
    this.#callers.set(who, caller);
    if (caller.goingOn < this.#atOnce) caller.goingOn++;
    else await new Promise<void>((resolve) => caller.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = caller.waiting.shift();
      if (next) next(); // the next piece takes over this turn
      else if (--caller.goingOn === 0) this.#callers.delete(who);
    }
  }
}
