/** What goes back to a client's redirect URI (RFC 6749 4.1.2): a code or an error, with `state` and
 *  `iss`. */
import type { Context } from "@hono/hono";
import { guestPrincipal } from "../domain/channel/principal.ts";
import type { AuthorizationRequest } from "../store/people/sign_in_records.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { NO_STORE } from "../accounts/errors.ts";
import { newId, secretFor } from "../accounts/secret.ts";

const CODE_MS = 60_000;

/** A guest that nobody was before. */
export function newGuest(): string {
  return guestPrincipal(newId());
}

/** Sends a code to the client, on behalf of a principal. */
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
  const { state: _, ...kept } = request;
  await deps.store.putCode(code, { request: kept, grant, expiresAt }, now);
  return sendBack(c, deps, request, { code });
}

/** Redirects with an answer, the client's `state` and our `iss` (RFC 9207). 303, so that a browser
 *  does not post a form on to the client. */
export function sendBack(
  c: Context,
  { publicUrl }: OAuthDeps,
  { redirectUri, state }: Pick<AuthorizationRequest, "redirectUri" | "state">,
  answer: Record<string, string>,
): Response {
  const params = new URLSearchParams({ ...answer, ...(state ? { state } : {}), iss: publicUrl });
  const url = new URL(redirectUri);
  url.search = url.search === "" ? `${params}` : `${url.search}&${params}`;
  for (const [name, value] of Object.entries(NO_STORE)) c.header(name, value);
  return c.redirect(url.href, 303);
}
