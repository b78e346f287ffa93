/** Sign-in at a server's own OAuth endpoints: as a guest with a client's credentials, or by a code
 *  that a browser brings; and new access tokens for both. */
import { ArcticFetchError, OAuth2Client, OAuth2RequestError, type OAuth2Tokens } from "arctic";
import type { SignIn } from "./account.ts";
import { EXIT, Failure, messageOf } from "./exit_codes.ts";
import { type JsonAnswer, jsonOf, request, strange, unreachable } from "./http.ts";

/** The used part of RFC 8414. */
export interface Metadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  registration_endpoint: string;
  grant_types_supported: string[];
}

/** A refused request to a token endpoint. */
export class TokenRefusal extends Error {
  constructor(readonly code: string, description: string) {
    super(description);
  }
}

/** The addresses of a server's endpoints. They have to be its own: a token goes nowhere else. */
export async function metadataOf(server: string): Promise<Metadata> {
  const response = await request(server, "/.well-known/oauth-authorization-server");
  const answer = await jsonOf(server, response);
  if (!response.ok || typeof answer?.issuer !== "string") throw strangeOr(server, response, answer);
  const metadata = answer as unknown as Metadata;
  const { issuer, authorization_endpoint, token_endpoint, registration_endpoint } = metadata;
  if (issuer !== server) {
    throw new Failure(
      EXIT.usage,
      `The server at ${server} calls itself ${issuer}: pass --server ${issuer}.`,
    );
  }
  const endpoints = [authorization_endpoint, token_endpoint, registration_endpoint];
  if (endpoints.some((each) => !String(each).startsWith(`${server}/`))) {
    throw new Failure(EXIT.refused, `The server at ${server} names endpoints of another one.`);
  }
  return metadata;
}

/** A server that knows the request answers it with a problem. */
function strangeOr(server: string, response: Response, answer: JsonAnswer | undefined): Failure {
  const detail = answer?.detail ?? answer?.error_description;
  if (typeof detail !== "string") return strange(server, response);
  const code = String(answer?.code ?? answer?.error ?? "REFUSED");
  return new Failure(EXIT.refused, `${code}: ${detail}`, code);
}

export async function register(
  server: string,
  metadata: Metadata,
  client: Record<string, unknown>,
): Promise<{ client_id: string; client_secret?: string }> {
  const path = metadata.registration_endpoint.slice(server.length);
  const response = await request(server, path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(client),
  });
  const answer = await jsonOf(server, response);
  if (response.status !== 201 || typeof answer?.client_id !== "string") {
    throw strangeOr(server, response, answer);
  }
  return answer as { client_id: string; client_secret?: string };
}

export function admitsGuests({ grant_types_supported }: Metadata): boolean {
  // It may be absent, and then there is none (RFC 8414 2).
  return [grant_types_supported].flat().includes("client_credentials");
}

/** A new guest. */
export async function guestSignIn(
  server: string,
  metadata: Metadata,
  clientName: string,
): Promise<SignIn> {
  const client = await register(server, metadata, {
    client_name: clientName,
    grant_types: ["client_credentials"],
  });
  return await guestToken(server, metadata, client);
}

/** An access token for the guest that a client is. */
async function guestToken(
  server: string,
  { token_endpoint }: Metadata,
  { client_id, client_secret = "" }: { client_id: string; client_secret?: string | undefined },
): Promise<SignIn> {
  const basic = btoa(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`);
  const response = await request(server, token_endpoint.slice(server.length), {
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const answer = await jsonOf(server, response);
  if (response.ok && typeof answer?.access_token === "string") {
    const { access_token, expires_in } = answer;
    const expires_at = Date.now() + Number(expires_in) * 1000;
    return { kind: "guest", client_id, client_secret, access_token, expires_at };
  }
  if (typeof answer?.error !== "string") throw strangeOr(server, response, answer);
  throw new TokenRefusal(answer.error, String(answer.error_description ?? answer.error));
}

/** The tokens of a person, from arctic's answer. */
export async function personTokens(
  server: string,
  client_id: string,
  asked: Promise<OAuth2Tokens>,
): Promise<SignIn> {
  try {
    const tokens = await asked;
    return {
      kind: "person",
      client_id,
      access_token: tokens.accessToken(),
      expires_at: tokens.accessTokenExpiresAt().getTime(),
      ...tokens.hasRefreshToken() && { refresh_token: tokens.refreshToken() },
    };
  } catch (error) {
    if (error instanceof OAuth2RequestError) {
      throw new TokenRefusal(error.code, error.description ?? error.code);
    }
    const cause = error instanceof ArcticFetchError ? error.cause : error;
    throw unreachable(server, messageOf(cause));
  }
}

/** The same sign-in with a new access token. Throws `TokenRefusal` if there is none any more. */
export async function renewed(server: string, metadata: Metadata, before: SignIn): Promise<SignIn> {
  if (before.kind === "guest") return await guestToken(server, metadata, before);
  const { client_id, refresh_token } = before;
  if (!refresh_token) throw new TokenRefusal("invalid_grant", "There is no refresh token.");
  const client = new OAuth2Client(client_id, null, null);
  const asked = client.refreshAccessToken(metadata.token_endpoint, refresh_token, []);
  const after = await personTokens(server, client_id, asked);
  return { ...before, ...after };
}
