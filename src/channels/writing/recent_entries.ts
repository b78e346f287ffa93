/** The latest entries that this process wrote to a channel, without gaps. Readers and bots that an
 *  entry wakes read it from here. Small, because there are many channels, and a body may take
 *  twenty times its text in memory. */
import type { Entry } from "../../domain/transcript/transcript.ts";

const MAX_ENTRIES = 24;
const MAX_BODY_BYTES = 4_096;

export class RecentEntries {
  #entries: readonly Entry[] = [];
  /** The size of each body. */
  #bodyBytes: readonly number[] = [];

  /** The entries after an id, at most `limit` of them; null when this does not hold all of them up
   *  to `size`. */
  after(id: number, limit: number, size: number | undefined): readonly Entry[] | null {
    const first = this.#entries[0]?.id ?? Infinity;
    const last = this.#entries.at(-1)?.id ?? 0;
    if (first > id + 1 || last !== size) return null;
    return this.#entries.slice(id + 1 - first, id + 1 - first + limit);
  }

  /** Adds entries that were just written, with the size of each body. */
  add(entries: readonly Entry[], bodyBytes: readonly number[]): void {
    if (entries.length === 0) return;
    const contiguous = this.#entries.at(-1)?.id === entries[0]!.id - 1;
    const all = [...contiguous ? this.#entries : [], ...entries].slice(-MAX_ENTRIES);
    const sizes = [...contiguous ? this.#bodyBytes : [], ...bodyBytes].slice(-MAX_ENTRIES);
    let sum = 0;
    const dropped = sizes.findLastIndex((bytes) => (sum += bytes) > MAX_BODY_BYTES);
    this.#entries = all.slice(dropped + 1);
    this.#bodyBytes = sizes.slice(dropped + 1);
  }
}
