/** The last entries that this process wrote to a channel, without a gap: those that wake a reader
 *  or a bot are read from here. Small, because there are many channels, and a body may take twenty
 *  times its text in memory. */
import type { Entry } from "../../domain/transcript/transcript.ts";

const MAX_ENTRIES = 24;
const MAX_CHARS = 4_096;

export class RecentEntries {
  #entries: readonly Entry[] = [];

  /** Those after an id, at most `limit` of them; null where they are not all here, up to `size`. */
  after(id: number, limit: number, size: number | undefined): readonly Entry[] | null {
    const first = this.#entries[0]?.id ?? Infinity;
    const last = this.#entries.at(-1)?.id ?? 0;
    if (first > id + 1 || last !== size) return null;
    return this.#entries.slice(id + 1 - first, id + 1 - first + limit);
  }

  /** Keeps entries that were just written. */
  keep(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const contiguous = this.#entries.at(-1)?.id === entries[0]!.id - 1;
    const all = [...contiguous ? this.#entries : [], ...entries].slice(-MAX_ENTRIES);
    let chars = 0;
    const kept = all.findLastIndex(({ body }) =>
      (chars += JSON.stringify(body).length) > MAX_CHARS
    );
    this.#entries = all.slice(kept + 1);
  }
}
