/** When records end. Deno KV's `expireIn` only cleans up, up to a minute late: every read compares
 *  `expiresAt`. */

export function current<T extends { expiresAt: Date }>(value: T, now: Date): T | undefined {
  return value.expiresAt > now ? value : undefined;
}

/** Deno KV wants a positive lifetime, also for what a test's clock lets expire at once. */
export function until(expiresAt: Date, now: Date): { expireIn: number } {
  return { expireIn: Math.max(1, expiresAt.getTime() - now.getTime()) };
}
