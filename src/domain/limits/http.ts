/** Limits of requests, responses, streams and connections. Sizes are bytes, times are
 *  milliseconds. */
export const HTTP_LIMITS = {
  urlChars: 8_192,
  requestBytes: 256 * 1024,
  /** From a request's headers to the last byte of its body. */
  requestBodyMs: 10_000,
  /** Messages in one batch (MCP 2025-03-26), and the size of the responses to it. The server does
   *  not process the messages beyond these limits. */
  batchMessages: 20,
  batchBytes: 1024 * 1024,
  /** Concurrent requests of one principal, each from its headers to the last byte of its
   *  response. */
  requestsUnderWay: 256,
  /** Concurrent reads of one principal, without long polls that wait for news. */
  readsAtOnce: 2,
  /** The total size of responses that are built and wait for their readers. */
  unreadBytes: 64 * 1024 * 1024,
  /** Open subscriptions: in all, of one principal, and the channels in one of them. */
  subscriptions: 1_000,
  subscriptionsPerPrincipal: 16,
  subscribedChannels: 32,
  /** How long a subscription stays open: as long as an access token is valid. */
  subscriptionMs: 60 * 60 * 1000,
  /** How long a task waits, and how long its client may ask for it: an hour more. A client asks
   *  again after a tenth of the task's age, between two bounds. */
  taskWaitMs: 24 * 60 * 60 * 1000,
  taskMs: 25 * 60 * 60 * 1000,
  taskPollMs: [1_000, 30_000],
  /** How often a waiting call reports progress to a caller that asked for it. */
  progressMs: 5_000,
  /** The length of a prompt's arguments. */
  promptChars: 8_000,
  /** Unknown arguments that an answer names, and the characters of one name. */
  ignoredNamed: 20,
  argumentNameChars: 60,
  /** Wrong arguments that a refusal names, and the characters of an example in it. */
  wrongNamed: 3,
  exampleChars: 200,
  /** A text in which an invite or a token is found. */
  pastedChars: 4_000,
} as const;

/** The limits at which the listener closes connections: see `http/listener/listener.ts`. */
export interface ConnectionLimits {
  /** Open connections in all. */
  connections: number;
  /** Open connections from one peer address. Does not apply when the peers are the operator's own
   *  proxies. */
  connectionsPerAddress: number;
  /** The number of connections that stay open even when the process runs out of file
   *  descriptors. */
  fewestConnections: number;
  /** From the start of a connection to the end of its first request's headers. */
  firstRequestMs: number;
  /** From a response to the end of the next request's headers. */
  keepAliveMs: number;
  /** How long a response, or a chunk of a stream, may stay unread. */
  unreadMs: number;
  /** How long fewer connections are kept after the process ran out of file descriptors. */
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
