/** Limits of work that all callers share, and the rates at which each may call. */

/** What everybody's bots, looks at sources and verifications share, and how much of it one
 *  principal may use. */
export const SHARED_WORK = {
  /** Steps of bots that are under way at a time, in all and in the channels of one principal. */
  steps: 512,
  stepsPerPrincipal: 4,
  /** Entries that may wait for the bots of a channel, and of all channels that one principal has
   *  made: beyond, posts are refused until the bots have caught up. */
  backlogEntries: 500,
  backlogEntriesPerPrincipal: 2_000,
  /** Looks at sources at a time, one for each principal; how many of a principal and in all wait,
   *  and how long. */
  inspections: 2,
  inspectionsWaiting: 256,
  inspectionsWaitingPerPrincipal: 8,
  inspectionsWaitMs: 30_000,
  /** The same of the server's own verifications. */
  audits: 4,
  auditsWaiting: 64,
  auditsWaitingPerPrincipal: 2,
  auditsWaitMs: 20_000,
  /** What one of them takes at most: bytes of the export, time of hooks that are run again, time
   *  from its turn on. What is left then reads as not told. */
  auditBytes: 8 * 1024 * 1024,
  auditHookMs: 30_000,
  auditMs: 30_000,
  /** How old what `/readyz` tells may be, and how long it waits for a part to answer. */
  readyForMs: 1_000,
  readyWithinMs: 2_000,
} as const;

const MINUTES = 60_000;

/** What callers may do in a time: see `rate_limit.ts`. Hosted clients let thousands of people come
 *  from a few addresses, so addresses have much, and what can be told by principal is. */
export const RATES = {
  /** Of a principal, at the MCP and REST doors. */
  calls: { quota: 600, windowMs: 1 * MINUTES },
  channels: { quota: 60, windowMs: 60 * MINUTES },
  bots: { quota: 120, windowMs: 60 * MINUTES },
  /** Bodies of its posts. */
  bytes: { quota: 8 * 1024 * 1024, windowMs: 60 * MINUTES },
  /** Invites and rejoin tokens that are wrong. */
  guesses: { quota: 20, windowMs: 10 * MINUTES },
  /** What is written to all channels that a principal has made, bots' posts and memories
   *  included. */
  written: { quota: 128 * 1024 * 1024, windowMs: 60 * MINUTES },
  /** Time of sandbox hosts, in milliseconds: that of hooks in all channels that a principal has
   *  made, and of what it has looked at or run again. Once it is spent, its bots wait; a bot that
   *  answers in 5 ms spends it on 200 messages a second. */
  hook_ms: { quota: 60_000, windowMs: 5 * MINUTES },

  /** Of an address, whatever it asks for. */
  requests: { quota: 12_000, windowMs: 1 * MINUTES },
  /** Bytes of exports that it downloads: a link needs no token. */
  downloads: { quota: 512 * 1024 * 1024, windowMs: 60 * MINUTES },
  registrations: { quota: 60, windowMs: 10 * MINUTES },
  /** Tokens, revocations, and the pages of sign-in. */
  sign_ins: { quota: 300, windowMs: 10 * MINUTES },
  guesses_from: { quota: 300, windowMs: 10 * MINUTES },
} as const;
