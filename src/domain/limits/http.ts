/** Limits of requests, answers, streams and connections. Sizes are bytes, times are
 *  milliseconds. */
export const HTTP_LIMITS = {
  urlChars: 8_192,
  requestBytes: 256 * 1024,
  /** From a request's headers to the last byte of its body. */
  requestBodyMs: 10_000,
  /** Messages in one batch (MCP 2025-03-26), and the answers to it: what comes after these is not
   *  done any more. */
  batchMessages: 20,
  batchBytes: 1024 * 1024,
  /** Requests of one principal that are under way, from their headers to the last byte of their
   *  answers. */
  requestsUnderWay: 256,
  /** Reads of one principal that are worked on at a time; those that wait for news are not. */
  readsAtOnce: 2,
  /** Answers that are built and wait for their readers, in all. */
  unreadBytes: 64 * 1024 * 1024,
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
} as const;

/** What connections may do before the listener ends them: see `http/listener/listener.ts`. */
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
  descriptorsMs: 10 * 60_000,
};
