/** The authorization response to a client's redirect URI (RFC 6749 4.1.2): a code or an error, with
 *  `state` and `iss`. */
import type { Context } from "@hono/hono";
import { guestPrincipal } from "../domain/channel/principal.ts";
import type { AuthorizationRequest } from "../store/people/sign_in_records.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { NO_STORE } from "../accounts/errors.ts";
import { newId, secretFor } from "../accounts/secret.ts";

const CODE_MS = 60_000;

/** The principal of a new guest. */
export function newGuest(): string {
  return guestPrincipal(newId());
}

/** Sends the client a code for a grant of the principal. */
export async function approve(
  c: Context,
  deps: OAuthDeps,
  request: AuthorizationRequest,
  principal: string,
): Promise<Response> {
  const now = deps.now();
  const { secret: code, expiresAt } = secretFor(CODE_MS, now);
  const grant = {
    grantId: newId(),
    clientId: request.clientId,
    principal,
    scope: request.scope,
  };
  const { state: _, ...stored } = request;
  await deps.store.putCode(code, { request: stored, grant, expiresAt }, now);
  return sendBack(c, deps, request, { code });
}

/** Redirects with an answer, the client's `state` and our `iss` (RFC 9207). The status is 303, so
 *  that the browser does not repeat a form's POST at the client. */
export function sendBack(
  c: Context,
  deps: OAuthDeps,
  target: Target,
  answer: Record<string, string>,
): Response {
  for (const [name, value] of Object.entries(NO_STORE)) c.header(name, value);
  return c.redirect(answerUrl(deps, target, answer).href, 303);
}

type Target = Pick<AuthorizationRequest, "redirectUri" | "state">;

/** The address by which a client's redirect URI gets an answer. */
export function answerUrl(
  { publicUrl }: Pick<OAuthDeps, "publicUrl">,
  { redirectUri, state }: Target,
  answer: Record<string, string>,
): URL {
  const params = new URLSearchParams({ ...answer, ...(state ? { state } : {}), iss: publicUrl });
  const url = new URL(redirectUri);
  url.search = url.search === "" ? `${params}` : `${url.search}&${params}`;
  return url;
}
