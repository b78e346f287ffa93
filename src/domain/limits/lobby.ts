/** Limits of matchmaking. Sizes are bytes, times are milliseconds. */
export const LOBBY_LIMITS = {
  /** How long a ticket stays without a call for it, and its longest life. */
  idleMs: 10 * 60_000,
  ticketMs: 24 * 60 * 60 * 1000,
  /** How long a ticket is found that waits no more. */
  keptMs: 24 * 60 * 60 * 1000,
  /** How long a ticket waits before it takes opponents who want other parameters, if it says that
   *  it does. */
  widenMs: 30_000,
  /** How uneven a rated game may be (see `unevenness`), at first and for each second of the longer
   *  wait. At 1 the stronger should win five games of six. */
  uneven: 1,
  unevenPerSecond: 0.1,
  /** Tickets of one principal that wait at a time. */
  waitingTickets: 5,
  /** The parameters of a wish, complete. */
  paramsBytes: 2 * 1024,
  /** Players whom one match seats: a commit checks the ticket of each, and a database behind a
   *  network accepts ten checks. */
  players: 8,
  /** The oldest tickets of a pool that are looked through for opponents. */
  looked: 100,
  /** Attempts to pair a ticket before the next look, if others are faster each time. */
  attempts: 8,
  /** How often tickets without a call that waits are looked at. */
  lookAgainMs: 10_000,
  /** How often a call looks that waits for a rated game: more opponents will do as time passes. */
  lookRatedMs: 2_000,
  /** How long a match whose channel is not open yet stays with the instance that made it, and how
   *  long any instance tries to open it. */
  takeoverMs: 5_000,
  openMs: 2 * 60_000,
} as const;
