/** The cookies of browsers. Each holds a secret of this server. Scripts can't read them
 *  (`HttpOnly`), and requests from other sites don't carry them, except when a person follows a
 *  link (`SameSite=Lax`). Over https the `__Host-` prefix protects them from other hosts and plain
 *  http. */
import type { Context } from "@hono/hono";
import { getCookie, setCookie } from "@hono/hono/cookie";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import type { OAuthDeps } from "./deps.ts";
import { isSecret, newSecret } from "../secret.ts";

/** `consent` identifies a browser that was shown a page, `session` a person who signed in, `guest`
 *  a guest who took a seat in this browser. */
type Name = "consent" | "guest" | "session";

export function secretCookie(
  c: Context,
  { publicUrl }: Pick<OAuthDeps, "publicUrl">,
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

/** Sets or renews the `consent` cookie, for as long as a page accepts an answer, and returns its
 *  secret. All open pages of one browser share it. */
export function renewBrowserCookie(c: Context, deps: OAuthDeps): string {
  const browser = secretCookie(c, deps, "consent") ?? newSecret();
  setSecretCookie(c, deps, "consent", browser, ACCOUNT_LIMITS.loginMs);
  return browser;
}

function isHttps(publicUrl: string): boolean {
  return publicUrl.startsWith("https:");
}
