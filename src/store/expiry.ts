/** The expiry of records. Deno KV's `expireIn` only cleans up, as much as a minute late, so every
 *  read compares `expiresAt`. */

export function current<T extends { expiresAt: Date }>(value: T, now: Date): T | undefined {
  return value.expiresAt > now ? value : undefined;
}

/** At least 1, because Deno KV refuses other lifetimes; a test's clock may be past `expiresAt`. */
export function until(expiresAt: Date, now: Date): { expireIn: number } {
  return { expireIn: Math.max(1, expiresAt.getTime() - now.getTime()) };
}
