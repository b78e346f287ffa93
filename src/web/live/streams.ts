/** How many streams of events are open: in all, for each address, and for each person. */
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";
import { Refusal } from "../../kernel/refusal.ts";

export class Streams {
  readonly #openOf = new Map<string, number>();
  #open = 0;

  get open(): number {
    return this.#open;
  }

  /** Counts one more until the returned function is called. Throws RATE_LIMIT at a limit. */
  enter(principal: string, address: string): () => void {
    const { streams, streamsPerAddress, streamsPerPrincipal } = WATCH_LIMITS;
    const [by, at] = [`by ${principal}`, `at ${address}`];
    const isVisitor = principal.endsWith(`@${address}`);
    const full = this.#open >= streams || this.#count(at) >= streamsPerAddress ||
      !isVisitor && this.#count(by) >= streamsPerPrincipal;
    if (full) {
      throw new Refusal(
        "RATE_LIMIT",
        "Too many pages watch channels at the moment. Close one, or ask for JSON every few seconds.",
        WATCH_LIMITS.pollMs,
      );
    }
    this.#add(by, 1);
    this.#add(at, 1);
    this.#open++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#add(by, -1);
      this.#add(at, -1);
      this.#open--;
    };
  }

  #count(key: string): number {
    return this.#openOf.get(key) ?? 0;
  }

  #add(key: string, change: number): void {
    const count = this.#count(key) + change;
    if (count > 0) this.#openOf.set(key, count);
    else this.#openOf.delete(key);
  }
}
