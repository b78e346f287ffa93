/** The check of an access token (RFC 6750): one hash and one read of the store. A denial is a
 *  value, of which each door makes one response. */
import { isGuest } from "../../domain/channel/principal.ts";
import type { Grant } from "../../store/people/sign_in_records.ts";
import type { OAuthDeps } from "./deps.ts";
import { metadataUrl, spellingOf } from "./resource.ts";
import { covers, type Scope } from "../scope.ts";

/** The caller that a token speaks for. */
export interface Identity {
  kind: "identified";
  /** Stable for as long as the grant of the token is. */
  principal: string;
  scope: Scope;
  /** The metadata of this server under the URL that the caller used (RFC 9728). */
  resourceMetadataUrl: string;
}

export interface Denied {
  kind: "denied";
  /** `unauthorized` where no token was sent; the others are those of RFC 6750 3.1. */
  error: "unauthorized" | "invalid_token" | "insufficient_scope";
  description: string;
  /** The value of `WWW-Authenticate`: where a client gets a token that is good (RFC 9728 5.1). */
  challenge: string;
}

export type BearerCheck = (request: Request, needed?: Scope) => Promise<Identity | Denied>;

/** Longer than any token that was ever issued here. */
const MAX_CHARS = 200;

/** Makes the check. A token of any scope is good where no scope is `needed`. */
export function bearerCheck(deps: OAuthDeps): BearerCheck {
  const { store, publicUrl, now } = deps;
  return async (request, needed = "watch") => {
    const resourceMetadataUrl = metadataUrl(publicUrl, spellingOf(new URL(request.url).pathname));
    const [, token] = /^Bearer +(\S.*)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
    if (token === undefined) return noToken(resourceMetadataUrl);
    const grant = token.length > MAX_CHARS ? undefined : await store.access(token, now());
    if (grant === undefined || !isAdmitted(grant, deps)) {
      const description = "The access token is unknown, expired or revoked.";
      return denied("invalid_token", description, resourceMetadataUrl);
    }
    const { principal, scope } = grant;
    const identity: Identity = { kind: "identified", principal, scope, resourceMetadataUrl };
    return denialOf(identity, needed) ?? identity;
  };
}

/** The denial of what needs a scope that an identity lacks; undefined where it has the scope. A
 *  client can authorize again and ask for it. */
export function denialOf(
  { scope, resourceMetadataUrl }: Identity,
  needed: Scope,
): Denied | undefined {
  if (covers(scope, needed)) return undefined;
  const description = "The access token is for watching only; authorize again with the scope play.";
  return denied("insufficient_scope", description, resourceMetadataUrl);
}

/** A guest's token outlives the operator's decision to admit no more guests. */
function isAdmitted({ principal }: Grant, { guests }: OAuthDeps): boolean {
  return guests || !isGuest(principal);
}

/** RFC 6750 3.1: a challenge to a request without a token names no error. */
function noToken(resourceMetadataUrl: string): Denied {
  return {
    kind: "denied",
    error: "unauthorized",
    description: "Send an access token as Authorization: Bearer.",
    challenge: `Bearer ${whereToAsk(resourceMetadataUrl)}`,
  };
}

function denied(
  error: Exclude<Denied["error"], "unauthorized">,
  description: string,
  resourceMetadataUrl: string,
): Denied {
  const problem = `error="${error}", error_description="${description}"`;
  const challenge = `Bearer ${problem}, ${whereToAsk(resourceMetadataUrl)}`;
  return { kind: "denied", error, description, challenge };
}

function whereToAsk(resourceMetadataUrl: string): string {
  return `resource_metadata="${resourceMetadataUrl}", scope="play"`;
}
