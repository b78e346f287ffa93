/** Resolves as `work` does, unless `ms` milliseconds pass first: then as `late` returns or throws.
 *  The work itself goes on, and its later failure is not reported: `late` may cancel it. */
export async function withDeadline<T>(work: Promise<T>, ms: number, late: () => T): Promise<T> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return await Promise.race([work, over.then(late)]).finally(() => clearTimeout(timer));
}
