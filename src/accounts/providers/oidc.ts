/** Sign-in with an OpenID Connect provider. The server discovers the provider's endpoints at the
 *  first use. It accepts an id token only if a key of the provider signed it, for this server and
 *  this sign-in, and it is valid now. */
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from "jose";
import * as z from "zod";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import { personPrincipal } from "../../domain/channel/principal.ts";
import type { Person } from "../../store/people/people_store.ts";
import { boundedFetch, boundedJson, UpstreamError } from "../../outbound/bounded_fetch.ts";
import { isLoopback } from "../clients/redirect_policy.ts";
import { sameText } from "../secret.ts";
import {
  authorizationUrl,
  type IdentityProvider,
  type LoginAnswer,
  type LoginProofs,
  type ProviderClient,
  shownName,
  tokensFor,
} from "./identity_provider.ts";

interface OidcSettings extends ProviderClient {
  id: string;
  /** Exactly as the provider writes it. */
  issuer: string;
}

/** Asymmetric signatures only: with a MAC, anyone who knows our client secret could forge id
 *  tokens. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
const CLOCKS_DIFFER_S = 30;

/** The used part of OpenID Connect Discovery 3. */
const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  userinfo_endpoint: z.url().optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});
type Discovery = z.infer<typeof Discovery>;

const Names = z.object({ name: z.string(), preferred_username: z.string() }).partial();
/** OpenID Connect Core 2: at most 255 ASCII characters. Also refuses blanks and control
 *  characters. */
const Subject = z.string().regex(/^[\x21-\x7e]{1,255}$/);
const Claims = Names.extend({
  sub: Subject,
  nonce: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
});
type Claims = z.infer<typeof Claims>;

type Keys = ReturnType<typeof createRemoteJWKSet>;

export class OidcProvider implements IdentityProvider {
  readonly id: string;
  readonly label: string;
  readonly origin: string;
  readonly #settings: OidcSettings;
  readonly #now: () => Date;
  #known: { at: number; provider: Promise<{ document: Discovery; keys: Keys }> } | undefined;

  constructor(id: string, label: string, settings: OidcSettings, now: () => Date) {
    this.id = id;
    this.label = label;
    this.origin = new URL(settings.issuer).origin;
    this.#settings = settings;
    this.#now = now;
  }

  async begin(proofs: LoginProofs): Promise<URL> {
    const { document } = await this.#provider();
    const scopes = ["openid", "profile"];
    const url = authorizationUrl(this.#settings, document.authorization_endpoint, proofs, scopes);
    url.searchParams.set("nonce", proofs.nonce);
    return url;
  }

  async finish(answer: LoginAnswer): Promise<Person> {
    const { document, keys } = await this.#provider();
    const requiresIss = document.authorization_response_iss_parameter_supported === true;
    if (answer.iss === undefined ? requiresIss : answer.iss !== document.issuer) {
      throw new UpstreamError("The authorization response names another issuer, or none");
    }
    const { data: tokens } = await tokensFor(this.#settings, document.token_endpoint, answer);
    const { data: given } = z.object({ id_token: z.string(), access_token: z.string().optional() })
      .safeParse(tokens);
    if (given === undefined) throw new UpstreamError("The token endpoint returned no id token");
    const { sub, ...claims } = await this.#verified(given.id_token, keys, answer.nonce);
    const names = hasName(claims) ? claims : await namesOf(sub, given.access_token, document);
    const name = shownName(names.name, names.preferred_username, sub);
    return { principal: personPrincipal(this.id, sub), name };
  }

  /** OpenID Connect Core 3.1.3.7. */
  async #verified(idToken: string, keys: Keys, nonce: string): Promise<Claims> {
    const { id, issuer } = this.#settings;
    const payload = await jwtVerify(idToken, keys, {
      issuer,
      audience: id,
      algorithms: ALGORITHMS,
      requiredClaims: ["sub", "iat", "exp", "nonce"],
      currentDate: this.#now(),
      clockTolerance: CLOCKS_DIFFER_S,
    }).then(({ payload }): JWTPayload => payload, (error) => {
      if (error instanceof UpstreamError) throw error;
      const why = error instanceof errors.JOSEError ? `${error.code}, ${error.message}` : "no JWT";
      throw new UpstreamError(`The id token is not valid: ${why}`);
    });
    const { data: claims } = Claims.safeParse(payload);
    if (claims === undefined) throw new UpstreamError("The id token's claims are malformed");
    if (!sameText(claims.nonce, nonce)) {
      throw new UpstreamError("The id token belongs to another sign-in");
    }
    const audiences = [claims.aud].flat();
    if (audiences.length > 1 || claims.azp !== undefined) {
      if (claims.azp !== id) throw new UpstreamError("The id token is for another client");
    }
    return claims;
  }

  /** The provider's discovery document and keys, cached for an hour. The next call retries a failed
   *  fetch. */
  async #provider(): Promise<{ document: Discovery; keys: Keys }> {
    const at = this.#now().getTime();
    const age = this.#known === undefined ? Infinity : at - this.#known.at;
    // A negative age means that the clock went back. The key set would then also delay its search
    // for new keys, so a new one replaces it.
    if (age < 0 || age > ACCOUNT_LIMITS.discoveryMs || this.#known === undefined) {
      this.#known = { at, provider: discovered(this.#settings.issuer) };
    }
    const known = this.#known;
    return await known.provider.catch((error) => {
      if (this.#known === known) this.#known = undefined;
      throw error;
    });
  }
}

async function discovered(issuer: string): Promise<{ document: Discovery; keys: Keys }> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const { data: document, error } = Discovery.safeParse(await boundedJson(url));
  if (error) throw new UpstreamError(`${url} lacks ${error.issues[0]?.path.join(".")}`);
  if (document.issuer !== issuer) {
    throw new UpstreamError(`${url} belongs to the issuer ${document.issuer}, not ${issuer}`);
  }
  const { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = document;
  for (const used of [authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint]) {
    if (used === undefined || isPrivateTransport(used, issuer)) continue;
    throw new UpstreamError(`${url} names ${used}, which is not https`);
  }
  const keys = createRemoteJWKSet(new URL(jwks_uri), {
    [customFetch]: (keysUrl) => boundedFetch(keysUrl),
  });
  return { document, keys };
}

/** Whether a URL is https, or plain http on this machine with an issuer on this machine, too. */
function isPrivateTransport(url: string, issuer: string): boolean {
  return url.startsWith("https://") || (isLoopback(new URL(url)) && isLoopback(new URL(issuer)));
}

function hasName({ name, preferred_username }: z.infer<typeof Names>): boolean {
  return shownName(name, preferred_username) !== "";
}

/** The names from the userinfo endpoint (OpenID Connect Core 5.3), for id tokens without names. The
 *  person's identity does not depend on them, so failures are ignored. */
async function namesOf(
  sub: string,
  accessToken: string | undefined,
  { userinfo_endpoint }: Discovery,
): Promise<z.infer<typeof Names>> {
  if (accessToken === undefined || userinfo_endpoint === undefined) return {};
  try {
    const headers = { Authorization: `Bearer ${accessToken}` };
    const answer = await boundedJson(userinfo_endpoint, headers);
    const { data: info } = Names.extend({ sub: z.literal(sub) }).safeParse(answer);
    return info ?? {};
  } catch (error) {
    if (error instanceof UpstreamError) return {};
    throw error;
  }
}
