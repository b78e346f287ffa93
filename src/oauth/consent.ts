/** The consent page's two ends: asking, and taking the answer. The form carries a handle that works once, and only
 *  from the browser that was shown the page, which a cookie tells. */
import type { Context, Handler } from "@hono/hono";
import { getCookie, setCookie } from "@hono/hono/cookie";
import type { AuthorizationRequest, Client } from "../store/sign_in_records.ts";
import { approve, sendBack } from "./authorization_response.ts";
import type { OAuthDeps } from "./deps.ts";
import { errorBody, OAuthError, OAuthErrorCode } from "./errors.ts";
import { consentPage, messagePage } from "./pages.ts";
import { formOf, single } from "./params.ts";
import { isSecret, newSecret, secretFor } from "./secret.ts";

const CONSENT_MS = 10 * 60_000;
const COOKIE = "consent";

/** Shows the consent page. Pages open at once in one browser share its cookie. */
export async function askConsent(
  c: Context,
  deps: OAuthDeps,
  client: Client,
  request: AuthorizationRequest,
): Promise<Response> {
  const now = deps.now();
  const handle = secretFor(CONSENT_MS, now);
  const browser = browserOf(c, deps) ?? newSecret();
  await deps.store.askConsent(handle, browser, request, now);

  const isHttps = deps.publicUrl.startsWith("https:");
  setCookie(c, COOKIE, browser, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    maxAge: CONSENT_MS / 1000,
    ...(isHttps ? { prefix: "host", secure: true } : {}),
  });
  const { host } = new URL(request.redirectUri);
  return consentPage(c, { clientName: client.name, redirectHost: host, handle: handle.secret });
}

/** Takes the form's answer. Anything but `allow` is a refusal. */
export function takeConsent(deps: OAuthDeps): Handler {
  return async (c) => {
    const form = await formOf(c);
    const handle = single(form, "consent") ?? "";
    const browser = browserOf(c, deps);
    const request = browser === undefined
      ? undefined
      : await deps.store.takeConsent(handle, browser, deps.now());
    if (request === undefined) {
      return messagePage(
        c,
        "This page is no longer valid",
        "It was answered already, is older than ten minutes or belongs to another browser. Start again in the app.",
      );
    }
    if (single(form, "decision") === "allow" && deps.guests) return await approve(c, deps, request);
    const refused = new OAuthError(OAuthErrorCode.AccessDenied, "The request was refused.");
    return sendBack(c, deps, request, errorBody(refused));
  };
}

function browserOf(c: Context, { publicUrl }: OAuthDeps): string | undefined {
  const cookie = publicUrl.startsWith("https:")
    ? getCookie(c, COOKIE, "host")
    : getCookie(c, COOKIE);
  return cookie !== undefined && isSecret(cookie) ? cookie : undefined;
}
