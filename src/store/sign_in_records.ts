/** The records of sign-in, as they are stored and as they are read back. No secret is among them, only hashes. */
import * as z from "zod";

export const GrantType = z.enum(["authorization_code", "refresh_token", "client_credentials"]);
export type GrantType = z.infer<typeof GrantType>;

/** A registered client (RFC 7591). It has a secret exactly when its auth method is not `none`. */
export const Client = z.object({
  clientId: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  grantTypes: z.array(GrantType),
  authMethod: z.enum(["none", "client_secret_basic", "client_secret_post"]),
  secretHash: z.string().optional(),
  expiresAt: z.date(),
});
export type Client = z.infer<typeof Client>;

/** A checked authorization request. */
export const AuthorizationRequest = z.object({
  clientId: z.string(),
  redirectUri: z.string(),
  codeChallenge: z.string(),
  state: z.string().optional(),
});
export type AuthorizationRequest = z.infer<typeof AuthorizationRequest>;

export const Consent = z.object({
  request: AuthorizationRequest,
  browserHash: z.string(),
  expiresAt: z.date(),
});

/** `principal` names who plays: `guest:<id>`. Everything a grant issued can be revoked at once. */
export const Grant = z.object({
  grantId: z.string(),
  clientId: z.string(),
  principal: z.string(),
  scope: z.string(),
  expiresAt: z.date(),
});
export type Grant = z.infer<typeof Grant>;

/** `grant` begins, and gets its `expiresAt`, when the code is redeemed. The request's `state` went back with the code
 *  and is not kept. */
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

/** What stands under an access token: the whole answer of a token check, so that it takes one read. */
export type Access = Grant;

export interface Secret {
  secret: string;
  expiresAt: Date;
}

/** New tokens for a grant, made by the caller. */
export interface Tokens {
  access: Secret;
  refresh?: Secret;
}
