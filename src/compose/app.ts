/** Puts the routes of all endpoints on one Hono app. They work with the services of
 *  `services.ts`. */
import { Hono } from "@hono/hono";
import type { Config } from "../config/config.ts";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { Refusal } from "../kernel/refusal.ts";
import { type HttpEnv, requestGuard } from "../http/request_guard.ts";
import { allowedMethods } from "../http/allowed_methods.ts";
import { crossOrigin } from "../http/cors.ts";
import { exportRoutes } from "../http/exports.ts";
import { healthRoutes } from "../http/health.ts";
import { openApiRoute } from "../http/openapi.ts";
import { originPolicy } from "../http/origins.ts";
import { peerAddress } from "../http/peer_address.ts";
import { problem, problemResponse } from "../http/problem.ts";
import { requestBody } from "../http/request_body.ts";
import { restRoutes } from "../http/rest.ts";
import { forPrograms } from "../http/route_declaration.ts";
import { securityHeaders } from "../http/security_headers.ts";
import { signingKeyRoutes } from "../http/signing_keys.ts";
import { UnderWay } from "../http/under_way.ts";
import { deniedAnswer } from "../mcp/denied.ts";
import { mcpEndpoint } from "../mcp/endpoint.ts";
import { sessionLabels } from "../mcp/session_label.ts";
import { bearerCheck } from "../accounts/access/bearer.ts";
import { ClientDirectory } from "../accounts/clients/client_directory.ts";
import { publicFetch } from "../outbound/public_fetch.ts";
import { PublishedDocuments } from "../accounts/clients/published_documents.ts";
import { oauthRoutes } from "../oauth/routes.ts";
import type { LoginSettings } from "../accounts/providers/identity_providers.ts";
import { DocumentStore } from "../store/people/document_store.ts";
import { failingKv } from "../store/failing_kv.ts";
import { PeopleStore } from "../store/people/people_store.ts";
import { serverSecret } from "../store/server/server_secrets.ts";
import { SignInStore } from "../store/people/sign_in_store.ts";
import { checkStore } from "../store/server/store_check.ts";
import { channelsOn, type ChannelsParts, type Work } from "./services.ts";
import { webRoutes } from "../web/routes.ts";

export interface AppParts extends ChannelsParts {
  guests: boolean;
  /** Ids of clients that need no consent. */
  trustedClients?: readonly string[];
  /** See `Config`. */
  testNetwork?: Config["testNetwork"] | undefined;
  /** Identity providers that people sign in with, if any. */
  login?: LoginSettings | undefined;
  /** Whether the platform routes requests by host name, so that every `Host` is valid. */
  anyHost?: boolean;
  /** Origins whose pages may call, `*` for all; undefined: see `http/origins.ts`. */
  allowedOrigins?: readonly string[] | undefined;
  /** The number of the operator's proxies in front of the server. */
  trustedProxies?: number;
  version: string;
  /** The guide for authors of bots, in Markdown. */
  guide: string;
  /** The interval between the progress notifications of a waiting call. */
  progressMs?: number | undefined;
}

export interface App extends Work {
  fetch: (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response>;
}

/** Builds the app from parts that the caller has opened and will close. */
export async function createApp(given: AppParts): Promise<App> {
  const parts = { ...given, kv: failingKv(given.kv, given.log) };
  const { kv, sandbox, log, now, nowMs, randomBytes, publicUrl } = parts;
  const { services, keys, ...work } = await channelsOn(parts);

  const signInStore = new SignInStore(kv, { shared: parts.shared });
  const fetchJson = publicFetch(parts.testNetwork);
  const documents = new PublishedDocuments({
    store: new DocumentStore(kv),
    fetchJson,
    now,
    nowMs,
    log,
  });
  const signIn = {
    store: signInStore,
    clients: new ClientDirectory(signInStore, documents),
    publicUrl,
    guests: parts.guests,
    trusted: (clientId: string) => parts.trustedClients?.includes(clientId) ?? false,
    login: parts.login && await loginWith(parts.login, parts),
    now,
    log,
  };
  const authenticate = bearerCheck(signIn);
  const labels = sessionLabels(await serverSecret(kv, "session_label", randomBytes), randomBytes);
  const { version, guide, progressMs } = parts;
  const mcp = mcpEndpoint({
    services,
    labels,
    version,
    publicUrl,
    guide,
    randomBytes,
    log,
    progressMs,
  });

  const underWay = new UnderWay();
  const { anyHost = false, allowedOrigins, trustedProxies = 0 } = parts;
  const origins = originPolicy({ publicUrl, anyHost, allowedOrigins });
  const app = new Hono<HttpEnv>();
  app.use(securityHeaders(publicUrl));
  app.use(requestGuard({ origins, publicUrl, limiter: services.limiter }));
  app.use(crossOrigin(origins));
  app.use(allowedMethods(app));
  app.use(requestBody({ maxBytes: HTTP_LIMITS.requestBytes, withinMs: HTTP_LIMITS.requestBodyMs }));
  app.route("/", oauthRoutes(signIn));
  const checks = {
    store: () => checkStore(kv),
    sandbox: () => sandbox.ready(),
  };
  app.route("/", healthRoutes({ checks }));
  app.route("/", signingKeyRoutes(publicUrl, keys));
  const { exports } = services;
  const lookAtExport = (ticket: string) => exports.look(ticket);
  app.route("/", webRoutes({ publicUrl, guests: parts.guests, lookAtExport }));
  app.route(
    "/",
    exportRoutes({ take: (ticket) => exports.take(ticket), limiter: services.limiter }),
  );
  for (const path of ["/", "/mcp"]) {
    app.use(path, forPrograms());
    app.on(["GET", "POST", "DELETE"], path, async (c) => {
      const identity = await authenticate(c.req.raw);
      if (identity.kind === "denied") return deniedAnswer(identity);
      c.set("principal", identity.principal);
      const text = await c.req.text();
      return await underWay.serve(
        identity.principal,
        (refusal) => mcp(c.req.raw, identity, { text, address: c.env.address, refusal }),
      );
    });
  }
  app.route("/", restRoutes({ services, authenticate, underWay, log }));
  app.route("/", openApiRoute({ publicUrl, version: parts.version, guests: parts.guests }));
  app.notFound(() => problem("NOT_FOUND", "This server has no such path. See /openapi.json."));
  app.onError((error) => {
    // An endpoint used the store before any operation ran, and the database is unreachable.
    if (error instanceof Refusal) return problemResponse(error);
    log("error", "request_failed", { error: error.stack });
    const text = "The server failed and has logged the error. Try again, or contact the operator.";
    return problem("INTERNAL_ERROR", text);
  });

  return {
    fetch: (request, info) => {
      if (!URL.canParse(request.url)) return badTarget();
      const peer = info && "hostname" in info.remoteAddr ? info.remoteAddr.hostname : "";
      const forwarded = request.headers.get("x-forwarded-for");
      return app.fetch(request, { address: peerAddress(peer, forwarded, trustedProxies) });
    },
    ...work,
  };
}

/** Loads the identity providers only if people sign in: a server for guests is then two megabytes
 *  smaller. */
async function loginWith(settings: LoginSettings, { kv, publicUrl, now }: AppParts) {
  const { providers } = await import("../accounts/providers/identity_providers.ts");
  return { people: new PeopleStore(kv), providers: providers(settings, publicUrl, now) };
}

/** The answer to a `Host` and a request target that form no URL. */
function badTarget(): Response {
  return problem("INVALID_REQUEST", "The Host header and the path must form a valid URL.");
}
