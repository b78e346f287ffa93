/** Limits of sign-in: tokens, clients, sessions, and documents fetched for them. Sizes are bytes,
 *  times are milliseconds. */
export const ACCOUNT_LIMITS = {
  accessTokenMs: 60 * 60 * 1000,
  /** The lifetime of each refresh token. A grant lives on as long as its client refreshes within
   *  it. */
  refreshTokenMs: 30 * 24 * 60 * 60 * 1000,
  /** How long after its first use a client may repeat a refresh token, and how many responses the
   *  token gets in all. An assistant refreshes once for each of its parallel calls. */
  refreshRepeatMs: 60_000,
  refreshAnswers: 64,
  /** The server deletes a registered client this long after its last token, and one that never got
   *  a token sooner. `STORE_LIMITS.unusedClients` bounds the number of the latter. Programs
   *  register when somebody first tries them, and hold on to the id for ever. */
  clientMs: 180 * 24 * 60 * 60 * 1000,
  newClientMs: 30 * 24 * 60 * 60 * 1000,
  /** Documents and key sets that clients publish. One token request may fetch both, and clients
   *  wait 10 s for its response. */
  documentUrlChars: 500,
  documentBytes: 10 * 1024,
  documentMs: 4_000,
  /** How long the server tries to resolve a name before it leaves that to the operator's proxy. */
  lookupMs: 1_000,
  /** Concurrent fetches in all and from one host, and fetches that one server starts in a
   *  minute. */
  documentFetches: 16,
  documentFetchesPerHost: 2,
  documentFetchesPerMinute: 120,
  /** How long after a failed fetch the metadata does not offer such documents, unless another one
   *  succeeds before. Clients then register, which works without the internet. */
  documentsAwayMs: 10 * 60_000,
  /** How long a person may take on a sign-in page, or at an identity provider. */
  loginMs: 10 * 60_000,
  /** The lifetime of a person's browser session, which is never extended. */
  sessionMs: 7 * 24 * 3600_000,
  /** How long a browser remains the guest as whom it has taken a seat. */
  browserGuestMs: 180 * 24 * 3600_000,
  /** How long the server remembers that a person approved an app. */
  approvalMs: 180 * 24 * 3600_000,
  /** The most apps that a page lists. A person with more apps sees the others after revoking
   *  some. */
  approvalsShown: 200,
  /** The most sessions of a person that a page lists. */
  sessionsShown: 50,
  /** The length of the query of an authorization request that waits for a person. */
  authorizationQueryChars: 8 * 1024,
  /** One request to an identity provider, and its response. */
  providerMs: 8_000,
  providerBytes: 128 * 1024,
  /** The lifetime of a cached discovery document of a provider. */
  discoveryMs: 3600_000,
} as const;
