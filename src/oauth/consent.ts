/** Asks a person for consent and takes the answer. The form carries a single-use handle, which
 *  works only in the browser that received the page and for the person that the page named. An app
 *  of a signed-in person may skip the page only if that person allowed the same app before, or if
 *  the operator vouches for it. */
import type { Context, Handler } from "@hono/hono";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import type { AuthorizationRequest, Client, Pending } from "../store/people/sign_in_records.ts";
import type { Approval } from "../store/people/people_store.ts";
import { approve, newGuest, sendBack } from "./authorization_response.ts";
import { clientLabel } from "../accounts/clients/client_label.ts";
import { renewBrowserCookie, secretCookie } from "../accounts/access/cookies.ts";
import type { Login, OAuthDeps } from "../accounts/access/deps.ts";
import { errorBody, OAuthError, OAuthErrorCode } from "../accounts/errors.ts";
import { stalePage } from "./pages.ts";
import { formOf, single } from "./params.ts";
import { isLoopback, isPrivateUse } from "../accounts/clients/redirect_policy.ts";
import { formProof, secretFor } from "../accounts/secret.ts";
import { sessionOf } from "../accounts/access/session.ts";

/** Asks on a server without sign-in. */
export async function askGuest(
  c: Context,
  deps: OAuthDeps,
  client: Client,
  request: AuthorizationRequest,
): Promise<Response> {
  const { asking } = await ask(c, deps, client, { request });
  const { guestPage } = await consentPages();
  return await guestPage(c, asking);
}

/** Asks on a server with sign-in, or approves at once. `query` is the query of the request. */
export async function askPerson(
  c: Context,
  deps: OAuthDeps,
  login: Login,
  client: Client,
  request: AuthorizationRequest,
  query: string,
): Promise<Response> {
  const session = await sessionOf(c, deps, login);
  if (session === undefined) {
    const { asking, browser } = await ask(c, deps, client, { request, query });
    const { guests } = deps;
    const providers = [...login.providers.values()];
    const { strangerPage } = await consentPages();
    return await strangerPage(c, asking, { providers, guests, proof: formProof(browser) });
  }
  const { principal } = session;
  const { people } = login;
  const now = deps.now();
  const { redirectHost } = redirectTarget(request);
  const approval = await people.approval(principal, client.clientId, redirectHost, now);
  if (isCovered(approval, request)) return await approve(c, deps, request, principal);
  if (isVouchedFor(client, request.redirectUri, deps)) {
    if (approval === undefined) {
      const vouched = approvalOf(request, clientLabel(client), "operator", now);
      await people.putApproval(principal, vouched, now);
    }
    return await approve(c, deps, request, principal);
  }
  const { asking } = await ask(c, deps, client, { request, principal, query });
  const { personPage } = await consentPages();
  return await personPage(c, asking, session);
}

function consentPages() {
  return import("./consent_page.tsx");
}

/** Whether the operator vouches for a client, so that nobody is asked. That says nothing about the
 *  program that claims a private-use scheme: it could use the client's id and get the answer. */
export function isVouchedFor(
  { clientId }: Client,
  redirectUri: string,
  { trusted }: OAuthDeps,
): boolean {
  return !isPrivateUse(redirectUri) && (trusted?.(clientId) ?? false);
}

/** Takes the form's answer. Any decision other than `allow` is a refusal. */
export function takeConsent(deps: OAuthDeps): Handler {
  return async (c) => {
    const form = await formOf(c);
    const handle = single(form, "consent") ?? "";
    const decision = single(form, "decision"); // may throw, so before the handle is used up
    const browser = secretCookie(c, deps, "consent");
    const pending = browser && await deps.store.pending.take(handle, browser, deps.now());
    if (!pending) return stalePage(c);
    const { request, principal } = pending;
    if (decision === "allow") {
      if (principal !== undefined) return await allow(c, deps, pending, principal);
      if (deps.guests) return await approve(c, deps, request, newGuest());
    }
    const refused = new OAuthError(OAuthErrorCode.AccessDenied, "The request was refused.");
    return sendBack(c, deps, request, errorBody(refused));
  };
}

/** Records a person's consent, which counts only while that person is still signed in. */
async function allow(
  c: Context,
  deps: OAuthDeps,
  { request, clientLabel }: Pending,
  principal: string,
): Promise<Response> {
  const { login } = deps;
  const session = login && await sessionOf(c, deps, login);
  if (!login || session?.principal !== principal) return stalePage(c);
  const approval = approvalOf(request, clientLabel, "person", deps.now());
  await login.people.putApproval(principal, approval, deps.now());
  return await approve(c, deps, request, principal);
}

async function ask(
  c: Context,
  deps: OAuthDeps,
  client: Client,
  { request, ...more }: Omit<Pending, "clientLabel">,
) {
  const now = deps.now();
  const handle = secretFor(ACCOUNT_LIMITS.loginMs, now);
  const browser = renewBrowserCookie(c, deps);
  const pending = { request, clientLabel: clientLabel(client), ...more };
  await deps.store.pending.put(handle, browser, pending, now);
  const { redirectUri } = request;
  const asking = { client, redirectUri, scope: request.scope, handle: handle.secret };
  return { asking, browser };
}

/** Whether an earlier consent covers the request. A request with a loopback or private-use redirect
 *  URI needs consent each time: any program on the machine can use the client's id and listen, or
 *  claim the scheme (RFC 8252 8.6). */
function isCovered(approval: Approval | undefined, request: AuthorizationRequest): boolean {
  if (approval?.by !== "person" || redirectTarget(request).anyProgram) return false;
  const allowed = approval.scope.split(" ");
  return request.scope.split(" ").every((scope) => allowed.includes(scope));
}

/** The host that receives a request's answer. A loopback host is without its port, which changes
 *  from request to request; a private-use scheme stands for itself. */
function redirectTarget({ redirectUri }: AuthorizationRequest) {
  const url = new URL(redirectUri);
  if (isPrivateUse(redirectUri)) return { anyProgram: true, redirectHost: url.protocol };
  const onLoopback = isLoopback(url);
  return { anyProgram: onLoopback, redirectHost: onLoopback ? url.hostname : url.host };
}

function approvalOf(
  request: AuthorizationRequest,
  clientLabel: string,
  by: Approval["by"],
  now: Date,
): Approval {
  const { clientId } = request;
  const { redirectHost } = redirectTarget(request);
  const expiresAt = new Date(now.getTime() + ACCOUNT_LIMITS.approvalMs);
  return { clientId, clientLabel, redirectHost, scope: request.scope, by, expiresAt };
}
