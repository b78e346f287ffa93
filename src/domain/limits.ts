/** Every limit of the product, in one place. Sizes are bytes of UTF-8, times are milliseconds. */
import { BOT_LIMITS } from "./bot_limits.ts";

export const LIMITS = {
  /** Those of bots, which an engine's identity covers. */
  ...BOT_LIMITS,

  nameChars: 120,
  displayNameChars: 60,
  botsPerChannel: 8,
  opsPerUpdate: 16,
  syncTimeoutMs: 45_000,
  syncDefaultTimeoutMs: 25_000,
  syncDefaultCount: 100,
  syncMaxCount: 500,
  /** The messages of one answer of sync_messages, as JSON: more wait for the next call. */
  syncBytes: 256 * 1024,
  /** The messages on one page of a transcript that is read as a resource. */
  transcriptBytes: 64 * 1024,
  /** Messages in one batch (MCP 2025-03-26), and the answers to it: what comes after these is not done any more. */
  batchMessages: 20,
  batchBytes: 1024 * 1024,
  /** Requests of one principal that are under way, from their headers to the last byte of their answers. */
  requestsUnderWay: 256,
  /** Reads of one principal that are worked on at a time; those that wait for news are not. */
  readsAtOnce: 2,
  /** Answers that are built and wait for their readers, in all. */
  unreadBytes: 64 * 1024 * 1024,
  listMaxCount: 100,
  requestBytes: 256 * 1024,
  /** From a request's headers to the last byte of its body. */
  requestBodyMs: 10_000,
  urlChars: 8_192,
  /** How long a database at the other end of a network may take to answer; and to be there when the server starts. */
  storeMs: 15_000,
  storeStartMs: 60_000,
  /** How long the hooks of a channel stand still before another process that shares the database runs them. */
  takeoverMs: 10_000,
  idempotencyKeyChars: 128,
  /** How long a repeated call is recognised by its key. */
  idempotencyMs: 24 * 60 * 60 * 1000,
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
  /** Why a bot was not attached, as an answer tells and keeps it. */
  botErrorChars: 1_000,
  /** Channels of one's own that are looked through for a bot's source. */
  sourceChannels: 1_000,

  /** Open subscriptions: in all, of one principal, and the channels in one. */
  subscriptions: 1_000,
  subscriptionsPerPrincipal: 16,
  subscribedChannels: 32,
  /** How long one stays open: as long as an access token is good. */
  subscriptionMs: 60 * 60 * 1000,
  /** How often a waiting call tells a caller that asked for it that it goes on. */
  progressMs: 5_000,
  /** Texts that a prompt takes as arguments. */
  promptChars: 8_000,

  /** Rounds of public randomness that a channel waits for: more come up only while the beacon is away. */
  awaitedRounds: 32,

  hookMs: 5_000,
  /** How long looking at a source may take. A parser can be made to take for ever. An honest source
   *  takes 0.2 s, and ten times that on a machine under load. */
  inspectMs: 5_000,
  /** A bot whose hooks had to be killed so often in a row is paused until an admin resumes it. */
  killsBeforePause: 3,

  /** Hosts in a bot's `manifest.net`. */
  netHosts: 16,

  /** Entries of a channel that the server itself verifies. */
  auditEntries: 2_000,
  /** How long the link to an export works. */
  exportLinkMs: 10 * 60 * 1000,

  /** Sealed values of a bot. A post that contains one is refused, which tells whoever makes a bot repeat guesses when
   *  one was right: a value must have more of them than anyone can try. */
  envNames: 16,
  envValueMinChars: 16,
  envBytes: 4 * 1024,

  accessTokenMs: 60 * 60 * 1000,
  /** Of each refresh token: a grant lives as long as its client comes back within it. */
  refreshTokenMs: 30 * 24 * 60 * 60 * 1000,
  /** A registered client is forgotten this long after its last token; one that never got any, sooner, so that
   *  registering for ever fills nothing. */
  clientMs: 180 * 24 * 60 * 60 * 1000,
  newClientMs: 24 * 60 * 60 * 1000,

  /** What clients of sign-in publish about themselves: a document, a key set. A token request may fetch both, and
   *  clients wait 10 s for it. */
  documentUrlChars: 500,
  documentBytes: 10 * 1024,
  documentMs: 4_000,
  /** Fetches at a time, of them from one host, and that one server starts in a minute. */
  documentFetches: 16,
  documentFetchesPerHost: 2,
  documentFetchesPerMinute: 120,
  /** How long a person may take over a sign-in page, or at an identity provider. */
  loginMs: 10 * 60_000,
  /** A person's session in a browser; it is not prolonged. */
  sessionMs: 7 * 24 * 3600_000,
  /** How long an app that a person allowed is not asked about again. */
  approvalMs: 180 * 24 * 3600_000,
  /** Apps that a person is shown; there are more when some of these are revoked. */
  approvalsShown: 200,
  /** The query of an authorization request that waits for a person. */
  authorizationQueryChars: 8 * 1024,
  /** One question to an identity provider, and its answer. */
  upstreamMs: 8_000,
  upstreamBytes: 128 * 1024,
  /** What a provider said about itself is asked again after this time. */
  discoveryMs: 3600_000,
} as const;

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

/** What callers may do in a time: see `rate_limit.ts`. Hosted clients let thousands of people come from a few addresses,
 *  so addresses have much, and what can be told by principal is. */
export const RATES = {
  /** Of a principal, at the MCP and REST doors. */
  calls: { quota: 600, windowMs: 1 * MINUTES },
  channels: { quota: 60, windowMs: 60 * MINUTES },
  bots: { quota: 120, windowMs: 60 * MINUTES },
  /** Bodies of its posts. */
  bytes: { quota: 8 * 1024 * 1024, windowMs: 60 * MINUTES },
  /** Invites and rejoin tokens that are wrong. */
  guesses: { quota: 20, windowMs: 10 * MINUTES },
  /** What is written to all channels that a principal has made, bots' posts and memories included. */
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

/** What connections may do before the listener ends them: see `http/listener.ts`. They are no part
 *  of `LIMITS`, which guests are given. */
export interface ConnectionLimits {
  /** Open connections in all. */
  connections: number;
  /** Of them, from one peer address; not where the peers are proxies of the operator's own. */
  connectionsPerAddress: number;
  /** As many may be kept open even where the process runs out of descriptors. */
  fewestConnections: number;
  /** From the start of a connection to the end of its first request's headers. */
  firstRequestMs: number;
  /** From an answer to the end of the next request's headers. */
  keepAliveMs: number;
  /** How long an answer, or a piece of a stream, may stay unread. */
  unreadMs: number;
  /** After the process ran out of descriptors, fewer connections are kept for this long. */
  descriptorsMs: number;
}

export const CONNECTIONS: ConnectionLimits = {
  connections: 4_096,
  connectionsPerAddress: 1_024,
  fewestConnections: 16,
  firstRequestMs: 20_000,
  keepAliveMs: 75_000,
  unreadMs: 30_000,
  descriptorsMs: 10 * MINUTES,
};
