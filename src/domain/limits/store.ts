/** Limits of the database: how much it keeps on whose behalf, and how long it may take. Sizes are
 *  bytes, times are milliseconds. */
export const STORE_LIMITS = {
  /** How long a database at the other end of a network may take to answer; and to be there when the
   *  server starts. */
  storeMs: 15_000,
  storeStartMs: 60_000,
  /** How long the hooks of a channel stand still before another process that shares the database
   *  runs them. */
  takeoverMs: 10_000,
  /** What is kept in one channel, and on behalf of one guest, one person who signed in, and all
   *  guests together; the latter three are the operator's to set. */
  channelBytes: 64 * 1024 * 1024,
  storagePerGuestBytes: 128 * 1024 * 1024,
  storagePerPersonBytes: 1024 * 1024 * 1024,
  storageOfGuestsBytes: 8 * 1024 * 1024 * 1024,
  /** What is kept of a client that registered. */
  clientBytes: 4 * 1024,
  /** Places for what clients of sign-in publish, at most `documentBytes` each: a new document takes
   *  another's. */
  documentsKept: 4_096,
} as const;
