/** The check of an access token at the MCP and REST doors (RFC 6750): one hash and one read of the store. */
import type { OAuthDeps } from "./deps.ts";
import { NO_STORE } from "./errors.ts";
import { metadataUrl, SCOPE, spellingOf } from "./resource.ts";

/** Who is calling. `principal` is stable for as long as its grant is. */
export interface Identity {
  principal: string;
  clientId: string;
  scopes: string[];
  expiresAt: Date;
}

/** Longer than any token that was ever issued here. */
const MAX_CHARS = 200;

/** Makes the check: the caller's identity, or the 401 that tells a client where to get a token (RFC 9728 5.1). */
export function bearerCheck(deps: OAuthDeps): (request: Request) => Promise<Identity | Response> {
  return async (request) => {
    const [, token] = /^Bearer +(\S.*)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
    if (token === undefined) return challenge(deps, request, false);
    const access = token.length > MAX_CHARS
      ? undefined
      : await deps.store.access(token, deps.now());
    if (access === undefined) return challenge(deps, request, true);
    const { principal, clientId, scope, expiresAt } = access;
    return { principal, clientId, scopes: scope.split(" "), expiresAt };
  };
}

function challenge({ publicUrl }: OAuthDeps, request: Request, tokenSent: boolean): Response {
  const resource = metadataUrl(publicUrl, spellingOf(new URL(request.url).pathname));
  const problem = tokenSent
    ? {
      error: "invalid_token",
      error_description: "The access token is unknown, expired or revoked.",
    }
    : {
      error: "unauthorized",
      error_description: "Send an access token as Authorization: Bearer.",
    };
  const details = tokenSent
    ? `error="${problem.error}", error_description="${problem.error_description}", `
    : "";
  return Response.json(problem, {
    status: 401,
    headers: {
      ...NO_STORE,
      "WWW-Authenticate": `Bearer ${details}resource_metadata="${resource}", scope="${SCOPE}"`,
    },
  });
}
