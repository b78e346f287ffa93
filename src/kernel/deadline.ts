/** Settles like `work`. If `ms` milliseconds pass first, settles with the result or the error of
 *  `late`. The work itself continues unless `late` cancels it, and a later failure of it is
 *  ignored. */
export async function withDeadline<T>(work: Promise<T>, ms: number, late: () => T): Promise<T> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return await Promise.race([work, over.then(late)]).finally(() => clearTimeout(timer));
}
