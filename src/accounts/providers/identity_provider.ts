/** The interface of an identity provider: it signs a person in and identifies the person who comes
 *  back. The server stores neither the provider's tokens nor any further data about the person. */
import {
  ArcticFetchError,
  CodeChallengeMethod,
  OAuth2Client,
  OAuth2RequestError,
  type OAuth2Tokens,
} from "arctic";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { cleanName } from "../../kernel/clean_name.ts";
import { withDeadline } from "../../kernel/deadline.ts";
import type { Person } from "../../store/people/people_store.ts";
import { UpstreamError } from "../../outbound/bounded_fetch.ts";

/** The values that bind a sign-in to the browser that began it: unguessable, each used once. */
export interface LoginProofs {
  state: string;
  /** RFC 7636, always S256. */
  verifier: string;
  /** OpenID Connect Core 3.1.2.1; the provider returns it in the id token. */
  nonce: string;
}

/** The provider's authorization response, which the browser brings back. */
export interface LoginAnswer extends LoginProofs {
  code: string;
  /** RFC 9207. */
  iss?: string | undefined;
}

export interface IdentityProvider {
  /** The prefix of its people's principals, and its segment in our routes. */
  id: string;
  /** The provider's name for people. */
  label: string;
  /** The origin of its pages. */
  origin: string;
  /** The URL to redirect the browser to. Throws `UpstreamError`. */
  begin(proofs: LoginProofs): Promise<URL>;
  /** Identifies the person who came back. Throws `UpstreamError`. */
  finish(answer: LoginAnswer): Promise<Person>;
}

/** This server's registration as a client of the provider. */
export interface ProviderClient {
  id: string;
  secret: string;
  redirectUri: string;
}

export function authorizationUrl(
  { id, secret, redirectUri }: ProviderClient,
  endpoint: string,
  { state, verifier }: LoginProofs,
  scopes: string[],
): URL {
  const client = new OAuth2Client(id, secret, redirectUri);
  const { S256 } = CodeChallengeMethod;
  return client.createAuthorizationURLWithPKCE(endpoint, state, S256, verifier, scopes);
}

/** Exchanges a code at the provider, with HTTP Basic. Throws `UpstreamError`. */
export async function tokensFor(
  { id, secret, redirectUri }: ProviderClient,
  endpoint: string,
  { code, verifier }: LoginAnswer,
): Promise<OAuth2Tokens> {
  // RFC 6749 2.3.1 requires form encoding of both before Basic; arctic leaves it to its caller.
  const [user, password] = [encodeURIComponent(id), encodeURIComponent(secret)];
  const client = new OAuth2Client(user, password, redirectUri);
  try {
    // arctic takes no signal, so a timeout abandons the request instead of cancelling it.
    const asked = client.validateAuthorizationCode(endpoint, code, verifier);
    return await withDeadline(asked, ACCOUNT_LIMITS.providerMs, () => {
      throw new UpstreamError("The token endpoint did not answer in time");
    });
  } catch (error) {
    if (error instanceof UpstreamError) throw error;
    if (error instanceof ArcticFetchError) {
      throw new UpstreamError("The token endpoint is unreachable");
    }
    const why = error instanceof OAuth2RequestError ? error.code : "no valid response";
    throw new UpstreamError(`The token endpoint answered with ${why}`);
  }
}

/** The first usable name, shortened to one line that is safe to show. */
export function shownName(...candidates: (string | null | undefined)[]): string {
  const names = candidates.map((name) =>
    [...cleanName(name ?? "")].slice(0, CHANNEL_LIMITS.displayNameChars).join("")
  );
  return names.find((name) => name !== "") ?? "";
}
