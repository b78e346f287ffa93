/** The page to sign in, and signing out. What a person sees and changes of the account is at `/me`
 *  (`web/profile/`). */
import type { Handler } from "@hono/hono";
import { renewBrowserCookie, secretCookie } from "../accounts/access/cookies.ts";
import type { Login, OAuthDeps } from "../accounts/access/deps.ts";
import { NO_STORE } from "../accounts/errors.ts";
import { stalePage } from "./pages.ts";
import { formOf, single } from "./params.ts";
import { formProof } from "../accounts/secret.ts";
import { endSession, endSessions, isOwnForm, sessionOf } from "../accounts/access/session.ts";

/** `GET /login`. */
export function signIn(deps: OAuthDeps, login: Login): Handler {
  return async (c) => {
    if (await sessionOf(c, deps, login)) {
      for (const [name, value] of Object.entries(NO_STORE)) c.header(name, value);
      return c.redirect("/me", 303);
    }
    const { signInPage } = await import("./sign_in_page.tsx");
    return signInPage(c, [...login.providers.values()], formProof(renewBrowserCookie(c, deps)));
  };
}

/** `POST /logout`, with `everywhere` for all browsers of the person. If the form has the handle of
 *  a pending authorization request, the browser returns to that request, where another person can
 *  sign in. */
export function logout(deps: OAuthDeps, login: Login): Handler {
  return async (c) => {
    const form = await formOf(c);
    if (!isOwnForm(c, deps, single(form, "proof"))) return stalePage(c);
    if (single(form, "everywhere") !== undefined) await endSessions(c, deps, login);
    await endSession(c, deps, login);
    const browser = secretCookie(c, deps, "consent");
    const handle = single(form, "consent");
    const pending = browser && handle && await deps.store.pending.get(handle, browser, deps.now());
    return c.redirect(pending ? `/oauth/authorize?${pending.query}` : "/login", 303);
  };
}
