/** Sign-in at an identity provider: the redirect there and the callback. An attempt works once,
 *  within ten minutes, with the browser and the provider that it began with. It ends at the stored
 *  authorization request that started it, or at the account page. The server never takes the
 *  address from the browser (no open redirect). */
import type { Context, Handler } from "@hono/hono";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import type { LoginAttempt } from "../store/people/people_store.ts";
import { renewBrowserCookie, secretCookie } from "../accounts/access/cookies.ts";
import type { Login, OAuthDeps } from "../accounts/access/deps.ts";
import { NO_STORE } from "../accounts/errors.ts";
import { messagePage, stalePage } from "./pages.ts";
import { formOf, single } from "./params.ts";
import { derivedSecret, isFormProof, isSecret, secretFor } from "../accounts/secret.ts";
import { beginSession } from "../accounts/access/session.ts";
import type { LoginProofs } from "../accounts/providers/identity_provider.ts";
import { UpstreamError } from "../outbound/bounded_fetch.ts";

/** Redirects the browser to a provider: `POST /login/:provider`, from a page of this server. */
export function beginLogin(deps: OAuthDeps, login: Login): Handler {
  return async (c) => {
    const form = await formOf(c);
    const browser = secretCookie(c, deps, "consent");
    if (browser === undefined || !isFormProof(single(form, "proof"), browser)) return stalePage(c);
    const provider = login.providers.get(c.req.param("provider") ?? "");
    if (provider === undefined) return await c.notFound();

    const now = deps.now();
    const handle = single(form, "consent");
    const pending = handle && await deps.store.pending.get(handle, browser, now);
    if (handle && !pending) return stalePage(c);
    const query = pending ? pending.query : undefined;
    const state = secretFor(ACCOUNT_LIMITS.loginMs, now);
    try {
      const url = await provider.begin(proofsOf(browser, state.secret));
      await login.people.beginLogin(state, browser, { provider: provider.id, query }, now);
      renewBrowserCookie(c, deps);
      return redirectTo(c, url.href);
    } catch (error) {
      return failed(c, deps, provider, error, query);
    }
  };
}

/** Handles the callback from a provider: `GET /login/:provider/callback`. */
export function finishLogin(deps: OAuthDeps, login: Login): Handler {
  return async (c) => {
    const params = new URL(c.req.url).searchParams;
    const given = (name: string) =>
      params.getAll(name).length === 1 ? params.get(name)! : undefined;
    const state = given("state") ?? "";
    const browser = secretCookie(c, deps, "consent");
    const attempt = browser !== undefined && isSecret(state)
      ? await login.people.takeLogin(state, browser, deps.now())
      : undefined;
    const provider = login.providers.get(c.req.param("provider") ?? "");
    if (!browser || !attempt || provider?.id !== attempt.provider) return stalePage(c);

    const code = given("code");
    if (params.has("error") || code === undefined) {
      deps.log?.("info", "login.refused", { provider: provider.id });
      const message = `${provider.label} did not sign you in. Perhaps you canceled the sign-in.`;
      return messagePage(c, "You are not signed in", message, { link: backLink(attempt.query) });
    }
    try {
      const proofs = proofsOf(browser, state);
      const person = await provider.finish({ ...proofs, code, iss: given("iss") });
      await beginSession(c, deps, login, person);
      return redirectTo(c, backLink(attempt.query).href);
    } catch (error) {
      return failed(c, deps, provider, error, attempt.query);
    }
  };
}

/** Derives the verifier and the nonce from the browser's secret. So the server stores neither, and
 *  unlike the state neither is readable on the provider's pages. */
function proofsOf(browser: string, state: string): LoginProofs {
  return {
    state,
    verifier: derivedSecret(browser, `verifier ${state}`),
    nonce: derivedSecret(browser, `nonce ${state}`),
  };
}

/** The log has the exact reason for the operator; the person, who can't act on it, gets none. */
function failed(
  c: Context,
  deps: OAuthDeps,
  { id, label }: { id: string; label: string },
  error: unknown,
  query: LoginAttempt["query"],
): Response | Promise<Response> {
  if (!(error instanceof UpstreamError)) throw error;
  deps.log?.("warn", "login.failed", { provider: id, reason: error.message });
  const message = `${label} could not identify you. The operator finds the reason in the log.`;
  return messagePage(c, "Sign-in failed", message, { status: 502, link: backLink(query) });
}

function backLink(query: LoginAttempt["query"]): { href: string; text: string } {
  return query === undefined
    ? { href: "/login", text: "Back to sign-in" }
    : { href: `/oauth/authorize?${query}`, text: "Choose again" };
}

function redirectTo(c: Context, href: string): Response {
  for (const [name, value] of Object.entries(NO_STORE)) c.header(name, value);
  return c.redirect(href, 303);
}
