/** What this server asks of an identity provider: that it signs a person in and says who came back.
 *  Everything else it knows about the person, and its tokens, are left there. */
import {
  ArcticFetchError,
  CodeChallengeMethod,
  OAuth2Client,
  OAuth2RequestError,
  type OAuth2Tokens,
} from "arctic";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { withDeadline } from "../../kernel/deadline.ts";
import type { Person } from "../../store/people/people_store.ts";
import { UpstreamError } from "../../outbound/bounded_fetch.ts";

/** What binds a sign-in to the browser that began it. All of it is unguessable and used once. */
export interface LoginProofs {
  state: string;
  /** RFC 7636, always S256. */
  verifier: string;
  /** OpenID Connect Core 3.1.2.1; comes back in the id token. */
  nonce: string;
}

/** What a provider sent back with the browser. */
export interface LoginAnswer extends LoginProofs {
  code: string;
  /** RFC 9207. */
  iss?: string | undefined;
}

export interface IdentityProvider {
  /** The first half of its people's principals, and its place in our routes. */
  id: string;
  /** What a person calls it. */
  label: string;
  /** Where its pages are. */
  origin: string;
  /** Where the browser is sent to. Throws `UpstreamError`. */
  begin(proofs: LoginProofs): Promise<URL>;
  /** Who came back. Throws `UpstreamError`. */
  finish(answer: LoginAnswer): Promise<Person>;
}

/** As the provider registered this server. */
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

/** Trades a code at the provider, with HTTP Basic. Throws `UpstreamError`. */
export async function tokensFor(
  { id, secret, redirectUri }: ProviderClient,
  endpoint: string,
  { code, verifier }: LoginAnswer,
): Promise<OAuth2Tokens> {
  // RFC 6749 2.3.1 wants both form-encoded before they become Basic credentials; arctic leaves that
  // to its caller.
  const [user, password] = [encodeURIComponent(id), encodeURIComponent(secret)];
  const client = new OAuth2Client(user, password, redirectUri);
  try {
    // arctic takes no signal, so a provider that keeps us waiting is left, not cancelled.
    const asked = client.validateAuthorizationCode(endpoint, code, verifier);
    return await withDeadline(asked, ACCOUNT_LIMITS.providerMs, () => {
      throw new UpstreamError("The token endpoint did not answer in time");
    });
  } catch (error) {
    if (error instanceof UpstreamError) throw error;
    if (error instanceof ArcticFetchError) {
      throw new UpstreamError("The token endpoint is unreachable");
    }
    const why = error instanceof OAuth2RequestError ? error.code : "an answer that is none";
    throw new UpstreamError(`The token endpoint says: ${why}`);
  }
}

/** A name as it may be shown: one line, and short. */
export function shownName(...candidates: (string | null | undefined)[]): string {
  const names = candidates.map((name) =>
    [...(name ?? "").replaceAll(/\p{C}+/gu, " ").trim()].slice(0, CHANNEL_LIMITS.displayNameChars)
      .join("")
  );
  return names.find((name) => name !== "") ?? "";
}
