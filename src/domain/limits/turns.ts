/** Turns of callers: so many pieces of one caller's work go on at a time, and the rest waits in its
 *  order. So a caller with hundreds of requests stands in its own way, not in everybody's. */
export class Turns {
  readonly #atOnce: number;
  readonly #callers = new Map<string, { goingOn: number; waiting: (() => void)[] }>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Does a piece of a caller's work when it is its turn. */
  async take<T>(who: string, work: () => Promise<T>): Promise<T> {
    const caller = this.#callers.get(who) ?? { goingOn: 0, waiting: [] };
    this.#callers.set(who, caller);
    if (caller.goingOn < this.#atOnce) caller.goingOn++;
    else await new Promise<void>((resolve) => caller.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = caller.waiting.shift();
      if (next) next(); // which takes this turn over
      else if (--caller.goingOn === 0) this.#callers.delete(who);
    }
  }
}
