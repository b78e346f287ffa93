/** The check of an access token at the MCP and REST doors (RFC 6750): one hash and one read of the
 *  store. */
import { isGuest } from "../../domain/channel/principal.ts";
import type { Access } from "../../store/people/sign_in_records.ts";
import type { OAuthDeps } from "./deps.ts";
import { NO_STORE } from "../errors.ts";
import { metadataUrl, spellingOf } from "./resource.ts";
import { covers, type Scope } from "../scope.ts";

/** Who is calling. `principal` is stable for as long as its grant is. */
export interface Identity {
  principal: string;
  clientId: string;
  scopes: Scope[];
  expiresAt: Date;
}

/** Longer than any token that was ever issued here. */
const MAX_CHARS = 200;

/** Makes the check: the caller's identity, the 401 that tells a client where to get a token (RFC
 *  9728 5.1), or the 403 that tells to get one with the scope that is needed. */
export function bearerCheck(
  deps: OAuthDeps,
): (request: Request, needed?: Scope) => Promise<Identity | Response> {
  return async (request, needed = "watch") => {
    const [, token] = /^Bearer +(\S.*)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
    if (token === undefined) return challenge(deps, request, false);
    const access = token.length > MAX_CHARS
      ? undefined
      : await deps.store.access(token, deps.now());
    if (access === undefined || !isAdmitted(access, deps)) return challenge(deps, request, true);
    const { principal, clientId, scope, expiresAt } = access;
    if (!covers(scope, needed)) return insufficientScope(deps, request);
    return { principal, clientId, scopes: [scope], expiresAt };
  };
}

/** Whether an identity may change something. */
export function mayPlay({ scopes }: Identity): boolean {
  return scopes.some((scope) => covers(scope, "play"));
}

/** The 403 of RFC 6750 3.1: a client can authorize again and ask for `play`. The body is a problem
 *  as those of the REST door (RFC 9457). */
export function insufficientScope(deps: OAuthDeps, request: Request): Response {
  const error = "insufficient_scope";
  const detail = "The access token is for watching only; authorize again with the scope play.";
  const [code, status] = ["INSUFFICIENT_SCOPE", 403];
  const problem = { type: "about:blank", title: code, status, detail, code, error };
  return new Response(JSON.stringify({ ...problem, error_description: detail }), {
    status,
    headers: {
      ...NO_STORE,
      "Content-Type": "application/problem+json",
      "WWW-Authenticate": `Bearer error="${error}", error_description="${detail}", ` +
        whereToAsk(deps, request),
    },
  });
}

/** A guest's token outlives the operator's decision to admit no more guests. */
function isAdmitted({ principal }: Access, { guests }: OAuthDeps): boolean {
  return guests || !isGuest(principal);
}

function challenge(deps: OAuthDeps, request: Request, tokenSent: boolean): Response {
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
      "WWW-Authenticate": `Bearer ${details}${whereToAsk(deps, request)}`,
    },
  });
}

function whereToAsk({ publicUrl }: OAuthDeps, request: Request): string {
  const resource = metadataUrl(publicUrl, spellingOf(new URL(request.url).pathname));
  return `resource_metadata="${resource}", scope="play"`;
}
