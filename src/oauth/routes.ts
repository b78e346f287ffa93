/** The routes of the authorization server, with a limit for bodies and errors without stack
 *  traces. */
import { type Context, type Handler, Hono } from "@hono/hono";
import { bodyLimit } from "@hono/hono/body-limit";
import { Refusal } from "../kernel/refusal.ts";
import { authorize } from "./authorize.ts";
import { takeConsent } from "./consent.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { ENDPOINT_PATHS } from "../accounts/access/resource.ts";
import { errorAnswer, NO_STORE, OAuthError, OAuthErrorCode } from "../accounts/errors.ts";
import { beginLogin, finishLogin } from "./login.ts";
import { forPeople, forPrograms } from "../http/route_declaration.ts";
import {
  RESOURCE_METADATA,
  resourceMetadata,
  SERVER_METADATA,
  serverMetadata,
} from "./metadata.ts";
import { messagePage } from "./pages.ts";
import { register } from "./register.ts";
import { revoke } from "./revoke.ts";
import { logout, signIn } from "./sign_in.ts";
import { token } from "./token.ts";

export type { OAuthDeps };

const BODY_BYTES = 16 * 1024;

/** The routes. Their middleware applies to no other path, so the app can mount them at its root. */
export function oauthRoutes(deps: OAuthDeps): Hono {
  const app = new Hono();
  const limit = bodyLimit({ maxSize: BODY_BYTES, onError: tooLarge });

  /** The handler for the address that each request was sent to. */
  const here = (handlerOf: (deps: OAuthDeps) => Handler): Handler => {
    const usual = handlerOf(deps);
    return (c, next) => {
      const publicUrl = deps.addressOf(c.req.raw);
      return (publicUrl === deps.publicUrl ? usual : handlerOf({ ...deps, publicUrl }))(c, next);
    };
  };

  // Clients also probe for other documents. A browser client must be able to read the 404.
  const documents = { [SERVER_METADATA]: serverMetadata, [RESOURCE_METADATA]: resourceMetadata };
  for (const endpoint of ENDPOINT_PATHS) {
    const at = endpoint === "/" ? "" : endpoint;
    app.use(`${at}/.well-known/*`, forPrograms());
    for (const [path, handlerOf] of Object.entries(documents)) {
      for (const spelling of new Set([path + at, at + path])) app.get(spelling, here(handlerOf));
    }
  }

  // A client that finds no metadata tries /authorize, /token and /register (MCP 2025-03-26).
  for (const start of ["", "/oauth"]) {
    app.use(`${start}/register`, forPrograms())
      .post(`${start}/register`, forPrograms("registrations", "oauth"), limit, here(register))
      .use(`${start}/token`, forPrograms("sign_ins", "oauth"))
      .post(`${start}/token`, limit, here(token))
      .use(`${start}/revoke`, forPrograms("sign_ins", "oauth"))
      .post(`${start}/revoke`, limit, here(revoke))
      .use(`${start}/authorize`, forPeople("sign_ins"))
      .get(`${start}/authorize`, here(authorize))
      .post(`${start}/authorize`, limit, here(takeConsent));
  }

  const { login } = deps;
  if (login) {
    for (const path of ["/login", "/login/*", "/logout"]) app.use(path, forPeople("sign_ins"));
    app.get("/login", here((deps) => signIn(deps, login)))
      .post("/logout", limit, here((deps) => logout(deps, login)))
      .post("/login/:provider", limit, here((deps) => beginLogin(deps, login)))
      .get("/login/:provider/callback", here((deps) => finishLogin(deps, login)));
  } else {
    app.use("/login", forPeople()).get("/login", noLogin);
  }

  app.onError((error, c) => {
    if (error instanceof OAuthError) return errorAnswer(c, error);
    if (error instanceof Refusal) return unavailable(c, error);
    deps.log?.("error", "oauth.failed", { path: c.req.path, error: String(error) });
    return c.json({ error: "server_error", error_description: "Try again later." }, 500, NO_STORE);
  });
  return app;
}

/** On a server without identity providers. */
function noLogin(c: Context): Response | Promise<Response> {
  return messagePage(c, "Nobody signs in here", NO_LOGIN, {
    status: 404,
    link: { href: "/connect", text: "Connect an app" },
  });
}
const NO_LOGIN =
  "Everyone plays as a guest on this server. Each app that you connect is a guest of its own.";

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
