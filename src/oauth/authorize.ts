/** The authorization endpoint (RFC 6749 4.1.1, with PKCE as in OAuth 2.1). Until the redirect URI
 *  is verified as the client's own, the server answers an error with a page; afterwards it
 *  redirects errors to the client. On a server without sign-in, everyone becomes a new guest. */
import type { Handler } from "@hono/hono";
import * as z from "zod";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import type { AuthorizationRequest, Client } from "../store/people/sign_in_records.ts";
import { approve, newGuest, sendBack } from "./authorization_response.ts";
import { askGuest, askPerson, isVouchedFor } from "./consent.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { complaint, errorBody, OAuthError, OAuthErrorCode } from "../accounts/errors.ts";
import { required, single } from "./params.ts";
import {
  isKnownRedirect,
  isSameRedirect,
  redirectProblem,
} from "../accounts/clients/redirect_policy.ts";
import { checkResources } from "../accounts/access/resource.ts";
import { scopeAsked } from "../accounts/scope.ts";

/** The parameters other than client and redirect URI. */
const Parameters = z.object({
  response_type: z.literal("code", { error: "must be code" }),
  response_mode: z.literal("query", { error: "must be query" }).optional(),
  code_challenge: z.string({ error: "is required" })
    .regex(/^[A-Za-z0-9_-]{43}$/, { error: "must be the base64url of a SHA-256" }),
  code_challenge_method: z.literal("S256", { error: "must be S256" }),
  state: z.string().max(4096).optional(),
  scope: z.string().max(1000).optional(),
});

export function authorize(deps: OAuthDeps): Handler {
  return async (c) => {
    const params = new URL(c.req.url).searchParams;
    const target = await targetOf(params, deps).catch(refusalOf);
    if (target instanceof OAuthError) {
      const { clientRefusedPage } = await import("./client_refused_page.tsx");
      return await clientRefusedPage(c, deps, params, target);
    }
    const { client, redirectUri } = target;
    try {
      const request = requestOf(params, client, redirectUri, deps);
      if (deps.login) {
        return await askPerson(c, deps, deps.login, client, request, queryOf(c.req.url));
      }
      const asksNobody = isKnownRedirect(redirectUri) || isVouchedFor(client, redirectUri, deps);
      if (!asksNobody) return await askGuest(c, deps, client, request);
      return await approve(c, deps, request, newGuest());
    } catch (error) {
      const [state] = params.getAll("state");
      return sendBack(c, deps, { redirectUri, state }, errorBody(refusalOf(error)));
    }
  };
}

/** The client and the verified redirect URI. Throws if either is invalid. */
async function targetOf(
  params: URLSearchParams,
  { clients, now }: OAuthDeps,
): Promise<{ client: Client; redirectUri: string }> {
  const clientId = required(params, "client_id");
  const asked = single(params, "redirect_uri");
  const client = await clients.find(clientId, now());
  if (client === undefined) {
    throw new OAuthError(
      OAuthErrorCode.InvalidClient,
      "The app is not registered here: the server does not know its client_id, or has forgotten it.",
    );
  }
  const [only, ...others] = client.redirectUris;
  const redirectUri = asked ?? (others.length === 0 ? only : undefined);
  const isRegistered = redirectUri !== undefined &&
    client.redirectUris.some((uri) => isSameRedirect(uri, redirectUri));
  if (isRegistered) return { client, redirectUri };
  const problem = redirectUri === undefined ? undefined : redirectProblem(redirectUri);
  throw invalid(
    "The app asks for an answer at an address that it did not register." +
      (problem === undefined ? "" : ` The address ${problem}.`),
  );
}

function requestOf(
  params: URLSearchParams,
  client: Client,
  redirectUri: string,
  { guests, login, publicUrl }: OAuthDeps,
): AuthorizationRequest {
  const names = Object.keys(Parameters.shape);
  const given = Object.fromEntries(names.map((name) => [name, single(params, name)]));
  if (given.response_type !== undefined && given.response_type !== "code") {
    throw new OAuthError(OAuthErrorCode.UnsupportedResponseType, "response_type must be code.");
  }
  const { data, error } = Parameters.safeParse(given);
  if (error) throw invalid(complaint(error));
  checkResources(params, publicUrl);
  if (!client.grantTypes.includes("authorization_code")) {
    throw new OAuthError(
      OAuthErrorCode.UnauthorizedClient,
      "This client is not registered for authorization_code.",
    );
  }
  if (!guests && login === undefined) {
    throw new OAuthError(OAuthErrorCode.AccessDenied, "This server does not admit guests.");
  }
  return {
    clientId: client.clientId,
    redirectUri,
    codeChallenge: data.code_challenge,
    scope: scopeAsked(data.scope),
    state: data.state,
  };
}

/** The query of the request. After sign-in the browser repeats the request with it, and the server
 *  checks it again. */
function queryOf(url: string): string {
  const query = new URL(url).search.slice(1);
  if (query.length <= ACCOUNT_LIMITS.authorizationQueryChars) return query;
  throw invalid(`The request is longer than ${ACCOUNT_LIMITS.authorizationQueryChars} characters.`);
}

function invalid(message: string): OAuthError {
  return new OAuthError(OAuthErrorCode.InvalidRequest, message);
}

/** The caller's mistake as an `OAuthError`. Rethrows anything else, which is a bug. */
function refusalOf(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  throw error;
}
