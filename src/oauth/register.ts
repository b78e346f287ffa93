/** Dynamic client registration (RFC 7591). Anyone may register a client, so the server bounds
 *  everything that a client says about itself and trusts none of it. */
import type { Handler } from "@hono/hono";
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
import { listOf, presentMembers } from "../accounts/clients/client_metadata.ts";
import { redirectProblem } from "../accounts/clients/redirect_policy.ts";
import { SCOPES } from "../accounts/scope.ts";
import { newId, newSecret } from "../accounts/secret.ts";

/** The used part of RFC 7591 2, with bounds. The body limit bounds the further members, which are
 *  ignored whatever they hold. */
const Registration = z.looseObject({
  client_name: z.string().trim().max(100).optional(),
  redirect_uris: listOf(z.unknown()).pipe(z.array(z.unknown()).max(20)).default([]),
  token_endpoint_auth_method: z.enum(AuthMethod.options, {
    error: `must be one of ${AuthMethod.options.join(", ")}`,
  }).default("client_secret_basic"),
  jwks: JsonWebKeySet.optional(),
  grant_types: listOf(z.string().max(100)).pipe(z.array(z.string()).max(20)).optional(),
});
type Registration = z.infer<typeof Registration>;

export function register(deps: OAuthDeps): Handler {
  return async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const { data, error } = Registration.safeParse(presentMembers(body));
    if (error) throw new OAuthError(OAuthErrorCode.InvalidClientMetadata, complaint(error));
    const redirectUris = usableRedirects(data.redirect_uris);

    const now = deps.now();
    const authMethod = data.token_endpoint_auth_method;
    const jwks = authMethod === "private_key_jwt" ? keysOf(data) : undefined;
    const secret = authMethod.startsWith("client_secret") ? newSecret() : undefined;
    const client: Client = {
      clientId: newId(),
      name: data.client_name ?? "",
      redirectUris,
      grantTypes: grantTypes(data, redirectUris.length > 0, deps.guests),
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
    await deps.store.register(client, now);
    const information = clientInformation(client, secret, now);
    return c.json({ ...information, ...await firstToken(client, deps, now) }, 201, NO_STORE);
  };
}

/** The redirect URIs that may be registered, each once. A client lists one for each of its
 *  programs, and the answer names those that it got. Throws if it lists some and none may be
 *  registered. */
function usableRedirects(asked: unknown[]): string[] {
  const uris = asked.filter((uri) => typeof uri === "string");
  const usable = uris.filter((uri) => redirectProblem(uri) === undefined);
  if (usable.length > 0 || asked.length === 0) return [...new Set(usable)];
  const [uri = JSON.stringify(asked[0])] = uris;
  throw new OAuthError(
    OAuthErrorCode.InvalidRedirectUri,
    `The redirect URI ${uri.slice(0, 200)} ${redirectProblem(uri)}.`,
  );
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
function grantTypes(asked: Registration, redirects: boolean, guests: boolean): GrantType[] {
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
