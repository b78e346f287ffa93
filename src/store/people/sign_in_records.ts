/** The stored records of sign-in, with the schemas that check them on every read. They hold the
 *  hashes of secrets, never a secret. */
import * as z from "zod";

export const GrantType = z.enum(["authorization_code", "refresh_token", "client_credentials"]);
export type GrantType = z.infer<typeof GrantType>;

/** How a client may authenticate at the token endpoint (RFC 7591 2, RFC 7523). */
export const AuthMethod = z.enum([
  "none",
  "client_secret_basic",
  "client_secret_post",
  "private_key_jwt",
]);
export type AuthMethod = z.infer<typeof AuthMethod>;

/** Public keys (RFC 7517). Callers check the content of each key. */
export const JsonWebKeySet = z.object({
  keys: z.array(z.looseObject({ kty: z.string() })).max(20),
});
export type JsonWebKeySet = z.infer<typeof JsonWebKeySet>;

/** A client that registered itself (RFC 7591) or that a metadata document describes; only
 *  registered ones are stored. `secretHash` is present exactly for the two `client_secret_…`
 *  methods, and `jwks` or `jwksUri` exactly for `private_key_jwt`. */
export const Client = z.object({
  clientId: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  grantTypes: z.array(GrantType),
  authMethod: AuthMethod,
  /** Whether the client may also authenticate as `none`. */
  proofOptional: z.boolean().optional(),
  secretHash: z.string().optional(),
  jwks: JsonWebKeySet.optional(),
  jwksUri: z.string().optional(),
  /** The place of a registered client that has not got a token: see `SignInStore.register`. */
  place: z.number().optional(),
  expiresAt: z.date(),
});
export type Client = z.infer<typeof Client>;

/** A token's rights: `play` is everything, `watch` is reading only. */
export const Scope = z.enum(["play", "watch"]);
export type Scope = z.infer<typeof Scope>;

/** A checked authorization request. */
export const AuthorizationRequest = z.object({
  clientId: z.string(),
  redirectUri: z.string(),
  codeChallenge: z.string(),
  scope: Scope,
  state: z.string().optional(),
});
export type AuthorizationRequest = z.infer<typeof AuthorizationRequest>;

/** An authorization request that waits for a person's decision. The consent page shows
 *  `clientLabel` as the client's name, and `principal` as the person; a guest has none. `query` is
 *  the original query string, to resume the request after a sign-in. */
export const Pending = z.object({
  request: AuthorizationRequest,
  clientLabel: z.string(),
  principal: z.string().optional(),
  query: z.string().optional(),
});
export type Pending = z.infer<typeof Pending>;

export const Consent = Pending.extend({ browserHash: z.string(), expiresAt: z.date() });

/** A client's permission to act for a principal. All tokens of a grant are revoked together. */
export const Grant = z.object({
  grantId: z.string(),
  clientId: z.string(),
  principal: z.string(),
  scope: Scope,
  expiresAt: z.date(),
});
export type Grant = z.infer<typeof Grant>;

/** The index record by which a person finds a grant: its client, and its code until that is
 *  redeemed. */
export const Granted = z.object({ clientId: z.string(), codeHash: z.string().optional() });
export type Granted = z.infer<typeof Granted>;

/** An authorization code. `grant` begins, and gets its `expiresAt`, when a client redeems the code.
 *  The request's `state` is not stored: the redirect already returned it. */
export const Code = z.object({
  request: AuthorizationRequest.omit({ state: true }),
  grant: Grant.omit({ expiresAt: true }),
  used: z.boolean(),
  expiresAt: z.date(),
});
export type Code = z.infer<typeof Code>;

/** A refresh token. `spentAt` is the time of its first use, and `answers` the number of its uses
 *  since; both are absent before that, and in tokens that a version before 0.3 recorded as used. */
export const Refresh = z.object({
  grantId: z.string(),
  clientId: z.string(),
  used: z.boolean(),
  spentAt: z.date().optional(),
  answers: z.number().optional(),
  expiresAt: z.date(),
});
export type Refresh = z.infer<typeof Refresh>;

export interface Secret {
  secret: string;
  expiresAt: Date;
}

/** New tokens for a grant. The caller generates the secrets. */
export interface Tokens {
  access: Secret;
  /** The access token's scope, where it is narrower than the grant's. */
  scope?: Scope;
  refresh?: Secret | undefined;
}
