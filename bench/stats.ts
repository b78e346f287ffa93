/** Statistics of measurements: percentiles within a round, and the median over the rounds. */

/** The value below which a share of the samples lies (nearest rank). Throws without samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new Error("Cannot take a quantile: there are no samples");
  return value;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Named samples, taken in rounds. A noisy moment then spoils one round and not the figure. */
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

  /** Computes a value from each round and returns the median of these values. `of` returns a
   *  quantile of a name's samples in the round, by default the median. */
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

/** The duration of an action in milliseconds. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
