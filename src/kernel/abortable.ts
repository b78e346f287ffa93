/** Settles like `work`. If the signal aborts first, settles with the result or the error of
 *  `aborted`, which by default throws the signal's reason. The work itself continues, and a later
 *  failure of it is ignored. */
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
