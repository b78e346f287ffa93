/** `private_key_jwt`: a client proves itself with a JWT that it signed (RFC 7523 2.2 and 3). An
 *  assertion is for this server, for a short time, and works once. */
import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from "jose";
import { type Client, JsonWebKeySet } from "../store/people/sign_in_records.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { OAuthError, OAuthErrorCode } from "../accounts/errors.ts";

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
export const ASSERTION_ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"];

/** How far clocks may differ, and how far ahead an assertion may end: for so long its id is
 *  remembered. */
const CLOCK_S = 30;
const LONGEST_S = 3600;
/** A key set that lacks an assertion's key is fetched again, unless it was only so long ago. */
const KEYS_NEWER_MS = 60_000;
/** Base64url of 8,192 bits and of 40: larger numbers only take time. */
const MODULUS_CHARS = 1_366;
const EXPONENT_CHARS = 7;

/** Whom an assertion claims to be, unchecked; undefined when it is no JWT. */
export function claimedClient(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub;
  } catch {
    return undefined;
  }
}

/** Whether the assertion is this client's, and spends it. Throws `OAuthError` when the client's
 *  keys can't be had. */
export async function provesClient(
  assertion: string,
  client: Client,
  deps: OAuthDeps,
): Promise<boolean> {
  const now = deps.now();
  const claims = await verified(assertion, client, deps, now);
  if (claims === undefined) return false;
  const { aud = [], exp = 0, jti } = claims;
  const ours = audiences(deps);
  const isForUs = [aud].flat().every((audience) => ours.includes(audience));
  const endsSoon = exp <= now.getTime() / 1000 + LONGEST_S;
  if (!isForUs || !endsSoon || typeof jti !== "string" || jti === "") return false;
  const expiresAt = new Date((exp + CLOCK_S) * 1000);
  return await deps.store.spendAssertion(client.clientId, jti, expiresAt, now);
}

/** The claims of an assertion that some key of the client signed. */
async function verified(
  assertion: string,
  client: Client,
  deps: OAuthDeps,
  now: Date,
): Promise<JWTPayload | undefined> {
  const options = {
    algorithms: ASSERTION_ALGORITHMS,
    issuer: client.clientId,
    subject: client.clientId,
    audience: audiences(deps),
    currentDate: now,
    clockTolerance: CLOCK_S,
    requiredClaims: ["exp", "jti"],
  };
  const under = (keys: JsonWebKeySet) => claimsUnder(keys, assertion, options);
  if (client.jwks) return await under(usable(client.jwks)).catch(unlessNoKey);
  if (client.jwksUri === undefined) return undefined;
  try {
    return await under(await publishedKeys(client.jwksUri, deps));
  } catch (error) {
    unlessNoKey(error);
  }
  const newer = await publishedKeys(client.jwksUri, deps, { newerThanMs: KEYS_NEWER_MS });
  return await under(newer).catch(unlessNoKey);
}

/** The claims, if one of the keys signed them. Throws `JWKSNoMatchingKey` when none is of the kind
 *  that did. */
async function claimsUnder(
  keys: JsonWebKeySet,
  assertion: string,
  options: JWTVerifyOptions,
): Promise<JWTPayload | undefined> {
  try {
    return (await jwtVerify(assertion, createLocalJWKSet(keys), options)).payload;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) throw error;
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return undefined;
    for await (const key of error) {
      const tried = await jwtVerify(assertion, key, options).catch(() => undefined);
      if (tried) return tried.payload;
    }
  }
}

function unlessNoKey(error: unknown): undefined {
  if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
}

async function publishedKeys(
  url: string,
  { clients }: OAuthDeps,
  options?: { newerThanMs: number },
): Promise<JsonWebKeySet> {
  const { success, data } = JsonWebKeySet.safeParse(await clients.published(url, options));
  if (success) return usable(data);
  throw new OAuthError(OAuthErrorCode.InvalidClient, "The document at jwks_uri is no key set.");
}

/** Without keys that are no public ones, and without those that are made to be slow. */
function usable({ keys }: JsonWebKeySet): JsonWebKeySet {
  const chars = (value: unknown) => typeof value === "string" ? value.length : 0;
  return {
    keys: keys.filter(({ d, k, n, e }) =>
      d === undefined && k === undefined && chars(n) <= MODULUS_CHARS && chars(e) <= EXPONENT_CHARS
    ),
  };
}

/** The names by which clients know this server. */
function audiences({ publicUrl }: OAuthDeps): string[] {
  return [publicUrl, `${publicUrl}/`, `${publicUrl}/token`, `${publicUrl}/oauth/token`];
}
