/** Limits of the database: how much it stores for whom, and how long it may take. Sizes are bytes,
 *  times are milliseconds. */
export const STORE_LIMITS = {
  /** How long a remote database may take to answer a request, and to become available when the
   *  server starts. */
  storeMs: 15_000,
  storeStartMs: 60_000,
  /** How long a channel's hooks make no progress before another process that shares the database
   *  takes them over. */
  takeoverMs: 10_000,
  /** How long the latest hooks of a bot stay, from the last one on; and what each counts. */
  tracesMs: 24 * 60 * 60 * 1000,
  tracedHookBytes: 1024,
  /** Bytes stored in one channel, for one guest, for one person who signed in, and for all guests
   *  together. The operator sets the latter three. */
  channelBytes: 64 * 1024 * 1024,
  storagePerGuestBytes: 128 * 1024 * 1024,
  storagePerPersonBytes: 1024 * 1024 * 1024,
  storageOfGuestsBytes: 8 * 1024 * 1024 * 1024,
  /** Bytes stored for a registered client, and the number of those that never got a token. A new
   *  client overwrites the oldest of them. One address needs two days to register so many. */
  clientBytes: 4 * 1024,
  unusedClients: 20_000,
  /** Slots of the cache for documents that clients publish, at most `documentBytes` each. A new
   *  document overwrites another one. */
  documentsKept: 4_096,
} as const;
