/** The records of sign-in, as they are stored and as they are read back. No secret is among them,
 *  only hashes. */
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

/** A client that registered (RFC 7591), or that a document describes; of these, only the former are
 *  stored. It has a secret exactly when its auth method is one of a secret, and keys, or where they
 *  are, when it is `private_key_jwt`. */
export const Client = z.object({
  clientId: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  grantTypes: z.array(GrantType),
  authMethod: AuthMethod,
  /** Whether it may also come as `none`. */
  proofOptional: z.boolean().optional(),
  secretHash: z.string().optional(),
  jwks: JsonWebKeySet.optional(),
  jwksUri: z.string().optional(),
  expiresAt: z.date(),
});
export type Client = z.infer<typeof Client>;

/** A token's rights: everything, or reading only. */
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

/** A request that waits for a person. The page calls the client `clientLabel`; `principal` is the
 *  person it names, absent for a guest; `query` is the request as it came, for a person who signs
 *  in first. */
export const Pending = z.object({
  request: AuthorizationRequest,
  clientLabel: z.string(),
  principal: z.string().optional(),
  query: z.string().optional(),
});
export type Pending = z.infer<typeof Pending>;

export const Consent = Pending.extend({ browserHash: z.string(), expiresAt: z.date() });

/** Lets a client act for a principal. All tokens of a grant can be revoked at once. */
export const Grant = z.object({
  grantId: z.string(),
  clientId: z.string(),
  principal: z.string(),
  scope: Scope,
  expiresAt: z.date(),
});
export type Grant = z.infer<typeof Grant>;

/** What a person has granted, for the person to find: the client, and the code while it may not be
 *  redeemed yet. */
export const Granted = z.object({ clientId: z.string(), codeHash: z.string().optional() });
export type Granted = z.infer<typeof Granted>;

/** `grant` begins, and gets its `expiresAt`, when the code is redeemed. The request's `state` went
 *  back with the code and is not kept. */
export const Code = z.object({
  request: AuthorizationRequest.omit({ state: true }),
  grant: Grant.omit({ expiresAt: true }),
  used: z.boolean(),
  expiresAt: z.date(),
});
export type Code = z.infer<typeof Code>;

export const Refresh = z.object({
  grantId: z.string(),
  clientId: z.string(),
  used: z.boolean(),
  expiresAt: z.date(),
});

export interface Secret {
  secret: string;
  expiresAt: Date;
}

/** New tokens for a grant, made by the caller. */
export interface Tokens {
  access: Secret;
  /** Of the access token, where it is less than that of the grant. */
  scope?: Scope;
  refresh?: Secret | undefined;
}
