/** Asking a person, and taking the answer. The form carries a handle that works once, only from the
 *  browser that was shown the page, and only for the person whom the page named. Without a click a
 *  signed-in person's app goes on only if the person allowed that very app before, or the operator
 *  vouches for it. */
import type { Context, Handler } from "@hono/hono";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import type { AuthorizationRequest, Client, Pending } from "../store/people/sign_in_records.ts";
import type { Approval } from "../store/people/people_store.ts";
import { approve, newGuest, sendBack } from "./authorization_response.ts";
import { clientLabel, guestPage, personPage, strangerPage } from "./consent_page.ts";
import { keptBrowser, secretCookie } from "../accounts/access/cookies.ts";
import type { Login, OAuthDeps } from "../accounts/access/deps.ts";
import { errorBody, OAuthError, OAuthErrorCode } from "../accounts/errors.ts";
import { stalePage } from "./pages.ts";
import { formOf, single } from "./params.ts";
import { isLoopback } from "../accounts/clients/redirect_policy.ts";
import { formProof, secretFor } from "../accounts/secret.ts";
import { sessionOf } from "../accounts/access/session.ts";

/** Asks where nobody signs in. */
export async function askGuest(
  c: Context,
  deps: OAuthDeps,
  client: Client,
  request: AuthorizationRequest,
): Promise<Response> {
  const { asking } = await ask(c, deps, client, { request });
  return guestPage(c, asking);
}

/** Asks where people sign in, or goes on at once. `query` is how the request came. */
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
    return strangerPage(c, asking, { providers, guests, proof: formProof(browser) });
  }
  const { principal } = session;
  const { people } = login;
  const now = deps.now();
  const { redirectHost } = answeredAt(request);
  const approval = await people.approval(principal, client.clientId, redirectHost, now);
  if (isCovered(approval, request)) return await approve(c, deps, request, principal);
  if (deps.trusted?.(client.clientId)) {
    if (approval === undefined) {
      const vouched = approvalOf(request, clientLabel(client), "operator", now);
      await people.putApproval(principal, vouched, now);
    }
    return await approve(c, deps, request, principal);
  }
  const { asking } = await ask(c, deps, client, { request, principal, query });
  return personPage(c, asking, session);
}

/** Takes the form's answer. Anything but `allow` is a refusal. */
export function takeConsent(deps: OAuthDeps): Handler {
  return async (c) => {
    const form = await formOf(c);
    const handle = single(form, "consent") ?? "";
    const decision = single(form, "decision"); // before the handle is spent
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

/** A person's yes. It counts only while that person is still signed in. */
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
  const browser = keptBrowser(c, deps);
  const pending = { request, clientLabel: clientLabel(client), ...more };
  await deps.store.pending.put(handle, browser, pending, now);
  const { redirectUri } = request;
  const asking = { client, redirectUri, scope: request.scope, handle: handle.secret };
  return { asking, browser };
}

/** Whether a person said yes to all of this before. What is answered on the person's own machine is
 *  asked about each time: any program there may use the client's id and listen (RFC 8252 8.6). */
function isCovered(approval: Approval | undefined, request: AuthorizationRequest): boolean {
  if (approval?.by !== "person" || answeredAt(request).onOwnMachine) return false;
  const allowed = approval.scope.split(" ");
  return request.scope.split(" ").every((scope) => allowed.includes(scope));
}

/** The host that a request's answer is sent to. On the own machine the port changes and says
 *  nothing. */
function answeredAt({ redirectUri }: AuthorizationRequest) {
  const url = new URL(redirectUri);
  const onOwnMachine = isLoopback(url);
  return { onOwnMachine, redirectHost: onOwnMachine ? url.hostname : url.host };
}

function approvalOf(
  request: AuthorizationRequest,
  clientLabel: string,
  by: Approval["by"],
  now: Date,
): Approval {
  const { clientId } = request;
  const { redirectHost } = answeredAt(request);
  const expiresAt = new Date(now.getTime() + ACCOUNT_LIMITS.approvalMs);
  return { clientId, clientLabel, redirectHost, scope: request.scope, by, expiresAt };
}
