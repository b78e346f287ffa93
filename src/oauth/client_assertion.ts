/** `private_key_jwt`: a client authenticates with a JWT that it signed (RFC 7523 2.2 and 3). An
 *  assertion must name this server as its audience. It is valid for a short time and works once. */
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

/** The accepted clock skew, and how far in the future an assertion may expire: until then the
 *  server remembers its id. */
const CLOCK_S = 30;
const LONGEST_S = 3600;
/** If a key set lacks an assertion's key, the server fetches it again, unless the copy is newer
 *  than this. */
const KEYS_NEWER_MS = 60_000;
/** Base64url of 8,192 bits and of 40 bits: larger numbers would only cost time. */
const MODULUS_CHARS = 1_366;
const EXPONENT_CHARS = 7;

/** The unverified subject of an assertion; undefined if it is not a JWT. */
export function claimedClient(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub;
  } catch {
    return undefined;
  }
}

/** Whether the assertion authenticates the client. A valid assertion is used up. Throws
 *  `OAuthError` if the client's keys are not available. */
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

/** The claims of an assertion; undefined unless a key of the client signed it. */
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

/** The claims; undefined unless one of the keys signed them. Throws `JWKSNoMatchingKey` if no key
 *  matches the assertion's header. */
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
  throw new OAuthError(OAuthErrorCode.InvalidClient, "The document at jwks_uri is not a JWK set.");
}

/** Removes keys that are not public, and keys that are so large that they only cost time. */
function usable({ keys }: JsonWebKeySet): JsonWebKeySet {
  const chars = (value: unknown) => typeof value === "string" ? value.length : 0;
  return {
    keys: keys.filter(({ d, k, n, e }) =>
      d === undefined && k === undefined && chars(n) <= MODULUS_CHARS && chars(e) <= EXPONENT_CHARS
    ),
  };
}

/** The audiences that name this server. */
function audiences({ publicUrl }: OAuthDeps): string[] {
  return [publicUrl, `${publicUrl}/`, `${publicUrl}/token`, `${publicUrl}/oauth/token`];
}
