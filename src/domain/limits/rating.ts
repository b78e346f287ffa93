/** Limits of rated games and of ladders. Times are milliseconds. */
export const RATING_LIMITS = {
  /** The most players of a rated game. The commit of its result checks one record of each, and a
   *  KV Connect server accepts 10 checks. */
  players: 8,
  /** How long the rating of a guest is kept after a game. */
  guestMs: 30 * 24 * 60 * 60 * 1000,
  /** How often a result is tried again at once when other results of the same players were
   *  faster. */
  attempts: 20,
  retryMs: 2_000,
  /** How often the results that are due are looked for, in case the instance that had to record
   *  them is gone. */
  lookAgainMs: 30_000,
  listMaxCount: 100,
  /** The latest results of a ladder in an answer. */
  listResults: 5,
  /** The most rows that one call reads in search of people who are listed. */
  scanned: 1_000,
  handleChars: 24,
} as const;
