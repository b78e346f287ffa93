/** Limits of sign-in: tokens, clients, sessions, and what is fetched for them. Sizes are bytes,
 *  times are milliseconds. */
export const ACCOUNT_LIMITS = {
  accessTokenMs: 60 * 60 * 1000,
  /** Of each refresh token: a grant lives as long as its client comes back within it. */
  refreshTokenMs: 30 * 24 * 60 * 60 * 1000,
  /** A registered client is forgotten this long after its last token; one that never got any,
   *  sooner, so that registering for ever fills nothing. */
  clientMs: 180 * 24 * 60 * 60 * 1000,
  newClientMs: 24 * 60 * 60 * 1000,
  /** What clients of sign-in publish about themselves: a document, a key set. A token request may
   *  fetch both, and clients wait 10 s for it. */
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
  providerMs: 8_000,
  providerBytes: 128 * 1024,
  /** What a provider said about itself is asked again after this time. */
  discoveryMs: 3600_000,
} as const;
