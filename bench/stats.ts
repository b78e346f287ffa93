/** What is made of many measurements: percentiles within a round, and the median over the
 *  rounds. */

/** The value below which a share of the samples lie (nearest rank). Throws when there are none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new Error("Cannot take a quantile: there are no samples");
  return value;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Samples of several things, taken in rounds. One noisy moment spoils a round, not the figure. */
export class Rounds<Name extends string> {
  readonly #rounds: Map<Name, number[]>[] = [];

  begin(): void {
    this.#rounds.push(new Map());
  }

  add(name: Name, value: number): void {
    const round = this.#rounds.at(-1)!;
    const samples = round.get(name);
    if (samples) samples.push(value);
    else round.set(name, [value]);
  }

  /** The median over the rounds of what is computed from each. `of` gives a name's quantile in that
   *  round. */
  over(compute: (of: (name: Name, share?: number) => number) => number): number {
    return median(
      this.#rounds.map((round) =>
        compute((name, share = 0.5) => quantile(round.get(name) ?? [], share))
      ),
    );
  }

  p50(name: Name): number {
    return this.over((of) => of(name));
  }

  p99(name: Name): number {
    return this.over((of) => of(name, 0.99));
  }
}

/** Milliseconds that an action takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
