/** Limits of channels that are watched while they go on. Sizes are bytes, times are
 *  milliseconds. */
export const WATCH_LIMITS = {
  /** Open streams: in all, of one address, and of one person. */
  streams: 2_000,
  streamsPerAddress: 1_000,
  streamsPerPrincipal: 16,
  /** How long a stream stays open; its reader opens the next one then. */
  streamMs: 60 * 60 * 1000,
  /** When a reader comes back after a stream has ended, and how often one asks that has none. */
  retryMs: 2_000,
  pollMs: 5_000,
  /** How often watchers are told of the channel's slots and bots even if nothing was said: who is
   *  here changes without an entry. It shows, too, that the connection stands. */
  sightMs: 30_000,
  /** What a watcher is given at a time. */
  pageEntries: 64,
  pageBytes: 64 * 1024,
  /** The messages on one page of a channel's log. */
  logEntries: 200,
  logBytes: 256 * 1024,
} as const;
