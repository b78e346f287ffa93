/** The two cookies of sign-in, each a secret of ours: out of reach for scripts, for other sites'
 *  requests other than following a link, and, over https, for other hosts and for plain http
 *  (`__Host-`). */
import type { Context } from "@hono/hono";
import { getCookie, setCookie } from "@hono/hono/cookie";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import type { OAuthDeps } from "./deps.ts";
import { isSecret, newSecret } from "../secret.ts";

/** `consent` tells a browser that was shown a page; `session` tells who signed in. */
type Name = "consent" | "session";

export function secretCookie(
  c: Context,
  { publicUrl }: OAuthDeps,
  name: Name,
): string | undefined {
  const value = isHttps(publicUrl) ? getCookie(c, name, "host") : getCookie(c, name);
  return value !== undefined && isSecret(value) ? value : undefined;
}

export function setSecretCookie(
  c: Context,
  { publicUrl }: OAuthDeps,
  name: Name,
  secret: string,
  lifetimeMs: number,
): void {
  setCookie(c, name, secret, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    maxAge: lifetimeMs / 1000,
    ...(isHttps(publicUrl) ? { prefix: "host", secure: true } : {}),
  });
}

export function dropCookie(c: Context, deps: OAuthDeps, name: Name): void {
  setSecretCookie(c, deps, name, "", 0);
}

/** The secret of the browser that a page is shown to, for as long as the page may be answered.
 *  Pages open at once in one browser share it. */
export function keptBrowser(c: Context, deps: OAuthDeps): string {
  const browser = secretCookie(c, deps, "consent") ?? newSecret();
  setSecretCookie(c, deps, "consent", browser, ACCOUNT_LIMITS.loginMs);
  return browser;
}

function isHttps(publicUrl: string): boolean {
  return publicUrl.startsWith("https:");
}
