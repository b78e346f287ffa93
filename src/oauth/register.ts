/** Dynamic client registration (RFC 7591). Anyone may register a client, so the server bounds
 *  everything that a client says about itself and trusts none of it. */
import type { Handler } from "@hono/hono";
import { OAuthClientMetadataSchema } from "@modelcontextprotocol/core";
import * as z from "zod";
import {
  AuthMethod,
  type Client,
  GrantType,
  JsonWebKeySet,
} from "../store/people/sign_in_records.ts";
import { secretHash } from "../kernel/hash.ts";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import { STORE_LIMITS } from "../domain/limits/store.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { firstToken } from "./first_token.ts";
import { complaint, NO_STORE, OAuthError, OAuthErrorCode } from "../accounts/errors.ts";
import { redirectProblem } from "../accounts/clients/redirect_policy.ts";
import { SCOPES } from "../accounts/scope.ts";
import { newId, newSecret } from "../accounts/secret.ts";

const short = z.string().max(100);

/** RFC 7591 2, with bounds. The body limit bounds the members that are not stored. */
const Registration = OAuthClientMetadataSchema.extend({
  client_name: z.string().trim().max(100).optional(),
  redirect_uris: z.array(z.string()).max(20).default([]),
  token_endpoint_auth_method: z.enum(AuthMethod.options, {
    error: `must be one of ${AuthMethod.options.join(", ")}`,
  }).default("client_secret_basic"),
  jwks: JsonWebKeySet.optional(),
  grant_types: z.array(short).max(20).optional(),
  response_types: z.array(short).max(20).optional(),
  scope: z.string().max(1000).optional(),
  contacts: z.array(z.string().max(200)).max(20).optional(),
});
type Registration = z.infer<typeof Registration>;

export function register(deps: OAuthDeps): Handler {
  return async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const { data, error } = Registration.safeParse(body);
    if (error) throw new OAuthError(OAuthErrorCode.InvalidClientMetadata, complaint(error));
    for (const uri of data.redirect_uris) {
      const problem = redirectProblem(uri);
      if (problem === undefined) continue;
      throw new OAuthError(OAuthErrorCode.InvalidRedirectUri, `A redirect URI ${problem}.`);
    }

    const now = deps.now();
    const authMethod = data.token_endpoint_auth_method;
    const jwks = authMethod === "private_key_jwt" ? keysOf(data) : undefined;
    const secret = authMethod.startsWith("client_secret") ? newSecret() : undefined;
    const client: Client = {
      clientId: newId(),
      name: data.client_name ?? "",
      redirectUris: data.redirect_uris,
      grantTypes: grantTypes(data, deps.guests),
      authMethod,
      secretHash: secret === undefined ? undefined : secretHash(secret),
      jwks,
      expiresAt: new Date(now.getTime() + ACCOUNT_LIMITS.newClientMs),
    };
    const bytes = new TextEncoder().encode(JSON.stringify(client)).length;
    if (bytes > STORE_LIMITS.clientBytes) {
      throw new OAuthError(
        OAuthErrorCode.InvalidClientMetadata,
        `A client takes at most ${STORE_LIMITS.clientBytes} bytes: register fewer redirect URIs or keys.`,
      );
    }
    await deps.store.putClient(client, now);
    const information = clientInformation(client, secret, now);
    return c.json({ ...information, ...await firstToken(client, deps, now) }, 201, NO_STORE);
  };
}

/** The key set of a client. `jwks_uri` is only for clients whose id is a URL: the server fetches
 *  for these, but never for registered ones. */
function keysOf({ jwks }: Registration): JsonWebKeySet {
  if (jwks === undefined || jwks.keys.length === 0) {
    throw new OAuthError(
      OAuthErrorCode.InvalidClientMetadata,
      "jwks: must hold the public keys for private_key_jwt; the server does not read jwks_uri.",
    );
  }
  // The server neither stores a private key nor repeats it in the answer.
  if (jwks.keys.every((key) => key.kty !== "oct" && !("d" in key) && !("k" in key))) return jwks;
  throw new OAuthError(
    OAuthErrorCode.InvalidClientMetadata,
    "jwks: must hold public keys only. Make a new key and send its public half.",
  );
}

/** The grant types that a client gets: those that it asks for, or else all that fit it. Drops
 *  unknown ones, as RFC 7591 2 allows. */
function grantTypes(asked: Registration, guests: boolean): GrantType[] {
  const redirects = asked.redirect_uris.length > 0;
  const confidential = asked.token_endpoint_auth_method !== "none";
  const fits = {
    authorization_code: redirects,
    refresh_token: redirects,
    client_credentials: guests && confidential,
  } satisfies Record<GrantType, boolean>;

  if (asked.grant_types?.includes("authorization_code") && !redirects) {
    throw new OAuthError(OAuthErrorCode.InvalidRedirectUri, "Register at least one redirect URI.");
  }
  const granted = GrantType.options.filter((type) =>
    fits[type] && (asked.grant_types?.includes(type) ?? true)
  );
  if (granted.length > 0) return granted;
  throw new OAuthError(
    OAuthErrorCode.InvalidClientMetadata,
    "None of these grant types fits this client: use authorization_code with a redirect URI" +
      (guests ? ", or client_credentials with a secret." : "."),
  );
}

/** The registration as stored, and the secret, this once only (RFC 7591 3.2.1). */
function clientInformation(client: Client, secret: string | undefined, now: Date) {
  return {
    client_id: client.clientId,
    client_id_issued_at: Math.floor(now.getTime() / 1000),
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    ...(client.name === "" ? {} : { client_name: client.name }),
    redirect_uris: client.redirectUris,
    grant_types: client.grantTypes,
    response_types: client.grantTypes.includes("authorization_code") ? ["code"] : [],
    token_endpoint_auth_method: client.authMethod,
    ...(client.jwks && { jwks: client.jwks }),
    scope: SCOPES.join(" "),
  };
}
