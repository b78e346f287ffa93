/** Work whose result all callers share, for a while after it is done. */

/** `forMs`: how long a result is reused, by a monotonic clock. Callers during the work share it,
 *  too. */
export function reused<T>(work: () => Promise<T>, forMs: number): () => Promise<T> {
  let last: { found: Promise<T>; over: number } | undefined;
  return () => {
    if (last && performance.now() < last.over) return last.found;
    const current = last = { found: work(), over: Infinity };
    const age = () => void (current.over = performance.now() + forMs);
    current.found.then(age, age);
    return current.found;
  };
}
