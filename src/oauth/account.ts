/** The account page and its actions: a signed-in person can sign out and revoke the access of an
 *  app. */
import type { Handler } from "@hono/hono";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import type { AllowedApp } from "./account_page.tsx";
import { clientLabel } from "../accounts/clients/client_label.ts";
import { renewBrowserCookie, secretCookie } from "../accounts/access/cookies.ts";
import type { Login, OAuthDeps } from "../accounts/access/deps.ts";
import { stalePage } from "./pages.ts";
import { formOf, required, single } from "./params.ts";
import { formProof } from "../accounts/secret.ts";
import { endSession, isOwnForm, sessionOf } from "../accounts/access/session.ts";

/** `GET /login`. */
export function account(deps: OAuthDeps, login: Login): Handler {
  return async (c) => {
    const session = await sessionOf(c, deps, login);
    const { accountPage, signInPage } = await import("./account_page.tsx");
    if (session) return accountPage(c, session, await appsOf(session.principal, deps, login));
    return signInPage(c, [...login.providers.values()], formProof(renewBrowserCookie(c, deps)));
  };
}

/** `POST /login`: ends an app's permission to act for the person, at once and for all its
 *  tokens. */
export function revokeApp(deps: OAuthDeps, login: Login): Handler {
  return async (c) => {
    const form = await formOf(c);
    const session = await sessionOf(c, deps, login);
    if (!session || !isOwnForm(c, deps, single(form, "proof"))) return stalePage(c);
    const clientId = required(form, "revoke");
    await login.people.deleteApprovals(session.principal, clientId);
    await deps.store.revokeGrantsTo(session.principal, clientId);
    return c.redirect("/login", 303);
  };
}

/** `POST /logout`. If the form has the handle of a pending authorization request, the browser
 *  returns to that request, where another person can sign in. */
export function logout(deps: OAuthDeps, login: Login): Handler {
  return async (c) => {
    const form = await formOf(c);
    if (!isOwnForm(c, deps, single(form, "proof"))) return stalePage(c);
    await endSession(c, deps, login);
    const browser = secretCookie(c, deps, "consent");
    const handle = single(form, "consent");
    const pending = browser && handle && await deps.store.pending.get(handle, browser, deps.now());
    return c.redirect(pending ? `/oauth/authorize?${pending.query}` : "/login", 303);
  };
}

/** The apps that a person allowed, and those that still hold a grant although the approval has
 *  expired. */
async function appsOf(
  principal: string,
  { store, now }: OAuthDeps,
  { people }: Login,
): Promise<AllowedApp[]> {
  const apps = new Map<string, AllowedApp>();
  for (const approval of await people.approvals(principal, ACCOUNT_LIMITS.approvalsShown, now())) {
    const { clientId, clientLabel: label, redirectHost } = approval;
    const redirectHosts = [...apps.get(clientId)?.redirectHosts ?? [], redirectHost];
    apps.set(clientId, { clientId, label, redirectHosts });
  }
  for (const clientId of await store.clientsOf(principal)) {
    if (apps.has(clientId)) continue;
    const label = clientLabel(await store.client(clientId, now()) ?? { clientId, name: "" });
    apps.set(clientId, { clientId, label, redirectHosts: [] });
  }
  return [...apps.values()];
}
