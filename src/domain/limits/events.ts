/** Limits of event subscriptions and of their deliveries. Sizes are bytes, times are
 *  milliseconds. */
export const EVENT_LIMITS = {
  /** The lifetime of a subscription: if the client names none, and the bounds of what it may
   *  name. */
  ttlMs: 24 * 60 * 60 * 1000,
  shortestTtlMs: 60_000,
  longestTtlMs: 7 * 24 * 60 * 60 * 1000,
  /** The most live subscriptions of one principal, and to one receiving host. */
  subscriptions: 50,
  subscriptionsToHost: 2_000,
  urlChars: 2_048,
  /** The bytes of a signing secret, decoded (Standard Webhooks). */
  fewestSecretBytes: 24,
  mostSecretBytes: 64,
  /** How long deliveries carry a signature with the replaced secret, too. */
  secretGraceMs: 5 * 60_000,
  /** How long a receiver that has proved that it wants deliveries is not asked again. */
  verifiedMs: 24 * 60 * 60 * 1000,
  /** The body of a delivery. */
  bodyBytes: 256 * 1024,
  /** What is read of a receiver's answer. */
  answerBytes: 4 * 1024,
  attemptMs: 10_000,
  /** The pause after the first failure, which doubles with each further one, and the longest. */
  firstRetryMs: 5_000,
  longestRetryMs: 10 * 60_000,
  /** How long deliveries fail before they are suspended until the client refreshes. */
  givenUpAfterMs: 6 * 60 * 60 * 1000,
  /** Deliveries under way at once: to one host, for one principal, and in all. */
  atOnceToHost: 4,
  atOnceForPrincipal: 8,
  atOnce: 128,
  /** The most entries before the newest one that a subscription begins with, and that one look
   *  for the next event reads at a time. */
  replayedEntries: 500,
  entriesAtOnce: 50,
  /** Events in one answer of events/poll, and when a client should poll again. */
  polledEvents: 20,
  nextPollMs: 30_000,
  /** How often an instance that shares its database looks for deliveries of one that died. */
  lookAgainMs: 30_000,
};

export type EventLimits = Readonly<typeof EVENT_LIMITS>;
