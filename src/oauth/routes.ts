/** The routes of the authorization server, with a limit for bodies and errors without stack
 *  traces. */
import { type Context, Hono } from "@hono/hono";
import { bodyLimit } from "@hono/hono/body-limit";
import { Refusal } from "../kernel/refusal.ts";
import { account, logout, revokeApp } from "./account.ts";
import { authorize } from "./authorize.ts";
import { takeConsent } from "./consent.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { errorAnswer, NO_STORE, OAuthError, OAuthErrorCode } from "../accounts/errors.ts";
import { beginLogin, finishLogin } from "./login.ts";
import { forPeople, forPrograms } from "../http/route_declaration.ts";
import { resourceMetadata, serverMetadata } from "./metadata.ts";
import { register } from "./register.ts";
import { revoke } from "./revoke.ts";
import { token } from "./token.ts";

export type { OAuthDeps };

const BODY_BYTES = 16 * 1024;

/** The routes. Their middleware applies to no other path, so the app can mount them at its root. */
export function oauthRoutes(deps: OAuthDeps): Hono {
  const app = new Hono();
  const limit = bodyLimit({ maxSize: BODY_BYTES, onError: tooLarge });

  // Clients also probe for other documents. A browser client must be able to read the 404.
  app.use("/.well-known/*", forPrograms());
  const documents = {
    "/.well-known/oauth-authorization-server": serverMetadata(deps),
    "/.well-known/oauth-protected-resource": resourceMetadata(deps, "/"),
    "/.well-known/oauth-protected-resource/mcp": resourceMetadata(deps, "/mcp"),
  };
  for (const [path, handler] of Object.entries(documents)) app.get(path, handler);

  for (const start of ["", "/oauth"]) {
    app.use(`${start}/register`, forPrograms())
      .post(`${start}/register`, forPrograms("registrations"), limit, register(deps))
      .use(`${start}/token`, forPrograms("sign_ins"))
      .post(`${start}/token`, limit, token(deps))
      .use(`${start}/revoke`, forPrograms("sign_ins"))
      .post(`${start}/revoke`, limit, revoke(deps));
  }

  app.use("/oauth/authorize", forPeople("sign_ins"))
    .get("/oauth/authorize", authorize(deps))
    .post("/oauth/authorize", limit, takeConsent(deps));

  const { login } = deps;
  if (login) {
    for (const path of ["/login", "/login/*", "/logout"]) app.use(path, forPeople("sign_ins"));
    app.get("/login", account(deps, login))
      .post("/login", limit, revokeApp(deps, login))
      .post("/logout", limit, logout(deps, login))
      .post("/login/:provider", limit, beginLogin(deps, login))
      .get("/login/:provider/callback", finishLogin(deps, login));
  }

  app.onError((error, c) => {
    if (error instanceof OAuthError) return errorAnswer(c, error);
    if (error instanceof Refusal) return unavailable(c, error);
    deps.log?.("error", "oauth.failed", { path: c.req.path, error: String(error) });
    return c.json({ error: "server_error", error_description: "Try again later." }, 500, NO_STORE);
  });
  return app;
}

/** `temporarily_unavailable` (RFC 6749 4.1.2.1), here for every endpoint: a failure of the database
 *  is not the client's mistake. */
function unavailable(c: Context, { text, retryAfterMs = 1_000 }: Refusal): Response {
  const error = OAuthErrorCode.TemporarilyUnavailable;
  const headers = { ...NO_STORE, "Retry-After": `${Math.ceil(retryAfterMs / 1000)}` };
  return c.json({ error, error_description: text }, 503, headers);
}

function tooLarge(c: Context): Response {
  const error_description = `The body is larger than ${BODY_BYTES} bytes.`;
  return c.json({ error: OAuthErrorCode.InvalidRequest, error_description }, 413, NO_STORE);
}
