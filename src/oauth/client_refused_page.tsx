/** The page for an authorization request whose client the server does not know or can't check. The
 *  server can't trust the request's redirect URI, so it sends nothing there. The app waits for an
 *  answer, and only the person can make it start anew. */
import type { Context } from "@hono/hono";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { namesDocument } from "../accounts/clients/client_document.ts";
import { isLoopback, redirectProblem } from "../accounts/clients/redirect_policy.ts";
import { errorBody, OAuthError, OAuthErrorCode } from "../accounts/errors.ts";
import { registerAgain, registerInstead } from "../web/frame/client_help.tsx";
import type { Html } from "../web/frame/page.tsx";
import { answerUrl } from "./authorization_response.ts";
import { framed } from "./framed.tsx";

/** `error` is the reason. */
export function clientRefusedPage(
  c: Context,
  deps: OAuthDeps,
  params: URLSearchParams,
  error: OAuthError,
): Response | Promise<Response> {
  const body = (
    <>
      <p>{error.message}</p>
      {endWaiting(deps, params, error)} {help(params.get("client_id") ?? "", error)}
    </>
  );
  return framed(c, "This link cannot be used", body, { status: 400 });
}

function help(clientId: string, { code }: OAuthError): Html | "" {
  if (code !== OAuthErrorCode.InvalidClient && code !== OAuthErrorCode.TemporarilyUnavailable) {
    return "";
  }
  return namesDocument(clientId)
    ? (
      <>
        <h2>Let your app register instead</h2>
        {registerInstead()}
      </>
    )
    : (
      <>
        <h2>Let your app register again</h2>
        {registerAgain()}
      </>
    );
}

/** A link that tells a program on the person's own machine that it waits in vain. The person
 *  follows it, not the server: the address may belong to another program. */
function endWaiting(
  deps: OAuthDeps,
  params: URLSearchParams,
  error: OAuthError,
): Html | "" {
  const [redirectUri = "", ...more] = params.getAll("redirect_uri");
  const leadsHome = redirectProblem(redirectUri) === undefined && isLoopback(new URL(redirectUri));
  if (!leadsHome || more.length > 0) return "";
  const [state] = params.getAll("state");
  const url = answerUrl(deps, { redirectUri, state }, {
    ...errorBody(error),
    // An authorization response has no `invalid_client` (RFC 6749 4.1.2.1).
    ...(error.code === OAuthErrorCode.InvalidClient && { error: "unauthorized_client" }),
  });
  return (
    <p>
      The app still waits. <a href={url.href} rel="noreferrer">End its sign-in at {url.host}</a>
    </p>
  );
}
