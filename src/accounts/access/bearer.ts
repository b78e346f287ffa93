/** The check of an access token (RFC 6750): one hash and one read of the store. It returns a denial
 *  as a value, from which each endpoint makes its response. */
import { isGuest } from "../../domain/channel/principal.ts";
import type { Grant } from "../../store/people/sign_in_records.ts";
import type { OAuthDeps } from "./deps.ts";
import { metadataUrl, spellingOf } from "./resource.ts";
import { covers, type Scope } from "../scope.ts";

/** The caller that an access token identifies. */
export interface Identity {
  kind: "identified";
  /** Stable for the life of the token's grant. */
  principal: string;
  /** The grant of the token. */
  grantId: string;
  scope: Scope;
  /** The address of this server's metadata for the URL that the caller used (RFC 9728). */
  resourceMetadataUrl: string;
}

export interface Denied {
  kind: "denied";
  /** `unauthorized` if the request has no token; the others are those of RFC 6750 3.1. */
  error: "unauthorized" | "invalid_token" | "insufficient_scope";
  description: string;
  /** The value of `WWW-Authenticate`: it shows a client how to get a valid token (RFC 9728 5.1). */
  challenge: string;
}

export type BearerCheck = (request: Request, needed?: Scope) => Promise<Identity | Denied>;

/** Longer than any token that this server has ever issued. */
const MAX_CHARS = 200;

/** Makes the check. Without `needed`, it accepts a token of any scope. */
export function bearerCheck(deps: OAuthDeps): BearerCheck {
  const { store, addressOf, now } = deps;
  return async (request, needed = "watch") => {
    const address = addressOf(request);
    const spelling = spellingOf(new URL(request.url).pathname);
    const resourceMetadataUrl = metadataUrl(address, spelling);
    const [, token] = /^Bearer +(\S.*)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
    if (token === undefined) {
      return noToken(resourceMetadataUrl, elsewhere(request, address, spelling));
    }
    const grant = token.length > MAX_CHARS ? undefined : await store.access(token, now());
    if (grant === undefined || !isAdmitted(grant, deps)) {
      const description = "The access token is unknown, expired or revoked. Sign in again.";
      return denied("invalid_token", description, resourceMetadataUrl);
    }
    const { principal, grantId, scope } = grant;
    const identity: Identity = {
      kind: "identified",
      principal,
      grantId,
      scope,
      resourceMetadataUrl,
    };
    return denialOf(identity, needed) ?? identity;
  };
}

/** The denial if an identity lacks the needed scope; undefined if it has it. A client can
 *  authorize again and ask for that scope. */
export function denialOf(
  { scope, resourceMetadataUrl }: Identity,
  needed: Scope,
): Denied | undefined {
  if (covers(scope, needed)) return undefined;
  const description =
    "The access token permits watching only; authorize again with the scope play.";
  return denied("insufficient_scope", description, resourceMetadataUrl);
}

/** A guest's token may outlive the operator's decision to admit no more guests. */
function isAdmitted({ principal }: Grant, { guests }: OAuthDeps): boolean {
  return guests || !isGuest(principal);
}

/** What to do if the caller used an address that the metadata does not name: clients refuse to
 *  sign in there. */
function elsewhere(request: Request, address: string, spelling: string): string {
  const asked = request.headers.get("host") ?? new URL(request.url).host;
  if (asked.toLowerCase() === new URL(address).host) return "";
  return ` To sign in, use this server's own address, ${address}${spelling}.`;
}

/** A challenge to a request without a token names no error (RFC 6750 3.1). */
function noToken(resourceMetadataUrl: string, hint: string): Denied {
  return {
    kind: "denied",
    error: "unauthorized",
    description: `Send an access token as Authorization: Bearer.${hint}`,
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
