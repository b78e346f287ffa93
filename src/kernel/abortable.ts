/** Resolves as `work` does, unless the signal aborts first: then as `aborted` returns or throws, by
 *  default with the signal's reason. The work itself goes on, and its later failure is not
 *  reported. */
export async function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal,
  aborted: () => T = () => {
    throw signal.reason;
  },
): Promise<T> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const abort = () => resolve();
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort);
  return await Promise.race([work, over.then(aborted)])
    .finally(() => signal.removeEventListener("abort", abort));
}
