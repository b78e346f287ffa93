/** Limits of the work that all callers share, and the rates at which each caller may call. */

/** The capacity that all bots, source inspections and verifications share, and the share of one
 *  principal. */
export const SHARED_WORK = {
  /** Concurrent steps of bots: in all, and in the channels of one principal. */
  steps: 512,
  stepsPerPrincipal: 4,
  /** Entries that may wait for the bots of one channel, and of all channels that one principal
   *  created. Beyond these, the server refuses posts until the bots have caught up. */
  backlogEntries: 500,
  backlogEntriesPerPrincipal: 2_000,
  /** Source inspections: how many run at a time, one for each principal; how many may wait, in all
   *  and for each principal; and how long they wait. */
  inspections: 2,
  inspectionsWaiting: 256,
  inspectionsWaitingPerPrincipal: 8,
  inspectionsWaitMs: 30_000,
  /** One try of a bot before a channel has it: the work of its hooks, in budgets of one hook, the
   *  players that are made up, and what they say. */
  triedBudgets: 3,
  triedPlayers: 8,
  triedWords: 20,
  /** The same for the server's own verifications. */
  audits: 4,
  auditsWaiting: 64,
  auditsWaitingPerPrincipal: 2,
  auditsWaitMs: 20_000,
  /** The limits of one verification: bytes of the export, run time of replayed hooks, and total
   *  time once its turn has come. The report lists whatever it did not check by then as unknown. */
  auditBytes: 8 * 1024 * 1024,
  auditHookMs: 30_000,
  auditMs: 30_000,
  /** How long a result of `/readyz` is reused, and how long it waits for each part to answer. */
  readyForMs: 1_000,
  readyWithinMs: 2_000,
} as const;

const MINUTES = 60_000;

/** The rates of callers: see `rate_limit.ts`. Thousands of people may share a few addresses of a
 *  hosted client, so the rates of an address are high, and a rate counts by principal where it
 *  can. */
export const RATES = {
  /** Calls of a principal over MCP and REST. */
  calls: { quota: 600, windowMs: 1 * MINUTES },
  /** What all visitors of one address look at in a browser: one page of a channel takes three. */
  looks: { quota: 6_000, windowMs: 1 * MINUTES },
  channels: { quota: 60, windowMs: 60 * MINUTES },
  bots: { quota: 120, windowMs: 60 * MINUTES },
  /** Bytes in the bodies of its posts. */
  bytes: { quota: 8 * 1024 * 1024, windowMs: 60 * MINUTES },
  /** Wrong invites and rejoin tokens. */
  guesses: { quota: 20, windowMs: 10 * MINUTES },
  /** Bytes written to all channels that a principal created, including the posts and memories of
   *  bots. */
  written: { quota: 128 * 1024 * 1024, windowMs: 60 * MINUTES },
  /** Run time of sandbox hosts, in milliseconds: that of hooks in all channels that a principal
   *  created, and of its own inspections and verifications. Once it is spent, the principal's bots
   *  wait. A bot that answers in 5 ms spends it on 200 messages a second. */
  hook_ms: { quota: 60_000, windowMs: 5 * MINUTES },
  /** The same for the hooks of one sealed channel while its creator's time is spent: nobody delays
   *  a game, or the moment of a bet, by busy bots elsewhere. */
  sealed_hook_ms: { quota: 3_000, windowMs: 5 * MINUTES },

  /** Times that a host did not want the deliveries of events that somebody ordered to it. */
  refusals_of_host: { quota: 20, windowMs: 10 * MINUTES },

  /** All requests of an address. */
  requests: { quota: 12_000, windowMs: 1 * MINUTES },
  /** Bytes of exports that an address downloads: a link needs no token. */
  downloads: { quota: 512 * 1024 * 1024, windowMs: 60 * MINUTES },
  registrations: { quota: 60, windowMs: 10 * MINUTES },
  /** Requests for tokens, revocations and sign-in pages. */
  sign_ins: { quota: 300, windowMs: 10 * MINUTES },
  guesses_from: { quota: 300, windowMs: 10 * MINUTES },
} as const;
