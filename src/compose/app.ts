/** Puts the routes of all endpoints on one Hono app. They work with the services of
 *  `services.ts`. */
import { Hono } from "@hono/hono";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { STORAGE_BOUNDS } from "../domain/storage/storage.ts";
import { Refusal } from "../kernel/refusal.ts";
import { type HttpEnv, requestGuard } from "../http/request_guard.ts";
import { allowedMethods, notAllowed } from "../http/allowed_methods.ts";
import { crossOrigin } from "../http/cors.ts";
import { exportRoutes } from "../http/exports.ts";
import { healthRoutes, readiness } from "../http/health.ts";
import { openApiRoute } from "../http/openapi/openapi.ts";
import { originPolicy } from "../http/origins.ts";
import { peerAddress } from "../http/peer_address.ts";
import { problem, problemResponse } from "../http/problem.ts";
import { requestBody } from "../http/request_body.ts";
import { restRoutes } from "../http/rest.ts";
import { forPrograms } from "../http/route_declaration.ts";
import { securityHeaders } from "../http/security_headers.ts";
import { SetupNotices } from "../http/setup_notices.ts";
import { signingKeyRoutes } from "../http/signing_keys.ts";
import { singleHeaders } from "../http/single_headers.ts";
import { unbufferedStreams } from "../http/unbuffered_streams.ts";
import { UnderWay } from "../http/under_way.ts";
import { deniedAnswer } from "../mcp/denied.ts";
import { mcpEndpoint } from "../mcp/endpoint.ts";
import { type Offer, PLAY, WHOLE } from "../mcp/offer.ts";
import { sessionLabels } from "../mcp/session_label.ts";
import { Tasks } from "../mcp/tasks.ts";
import { browsers } from "../accounts/access/browser.ts";
import { bearerCheck } from "../accounts/access/bearer.ts";
import { ownAddress } from "../accounts/access/own_address.ts";
import { ENDPOINT_PATHS } from "../accounts/access/resource.ts";
import { ClientDirectory } from "../accounts/clients/client_directory.ts";
import { publicFetch } from "../outbound/public_fetch.ts";
import { PublishedDocuments } from "../accounts/clients/published_documents.ts";
import { oauthRoutes } from "../oauth/routes.ts";
import type { LoginSettings } from "../accounts/providers/identity_providers.ts";
import { DocumentStore } from "../store/people/document_store.ts";
import { EnvVault } from "../store/channel/env_vault.ts";
import { failingKv } from "../store/failing_kv.ts";
import { PeopleStore } from "../store/people/people_store.ts";
import { serverSecret } from "../store/server/server_secrets.ts";
import { SignInStore } from "../store/people/sign_in_store.ts";
import { checkStore } from "../store/server/store_check.ts";
import { operatorFigures } from "./operator.ts";
import { channelsOn, type ChannelsParts, type Work } from "./services.ts";
import type { Assets } from "../web/assets/assets.ts";
import { assetRoutes } from "../web/assets/routes.ts";
import { boardPicture } from "../web/board_picture.ts";
import { errorPages } from "../web/error_pages.ts";
import { pageScripts } from "../web/frame/scripts.ts";
import { visitors } from "../web/frame/visitor.ts";
import { discoveryRoutes } from "../web/discovery/routes.ts";
import { createRoutes } from "../web/create/routes.ts";
import { handOverRoutes } from "../web/channel/hand_over_routes.ts";
import { replayRoutes } from "../web/channel/replay_routes.ts";
import { channelRoutes } from "../web/channel/routes.ts";
import { seatRoutes } from "../web/channel/seat_routes.ts";
import { SentForms } from "../web/channel/sent_forms.ts";
import { liveRoutes } from "../web/live/routes.ts";
import { Streams } from "../web/live/streams.ts";
import { operatorRoutes } from "../web/operator/routes.ts";
import { profileRoutes } from "../web/profile/routes.ts";
import { webRoutes } from "../web/routes.ts";
import { verifyRoutes } from "../web/verify_routes.ts";

export interface AppParts extends ChannelsParts {
  /** Ids of clients that need no consent. */
  trustedClients?: readonly string[];
  /** See `Config`. */
  clientDocuments?: boolean | undefined;
  /** Identity providers that people sign in with, if any. */
  login?: LoginSettings | undefined;
  /** The principals that may look at the page for operators; there is none without them. */
  operators?: readonly string[];
  /** How operators tell this instance from others; random if absent. */
  instance?: string;
  /** How many connections are open, and the size of the database's file; undefined where this
   *  cannot be known. */
  connections?: () => number | undefined;
  fileBytes?: () => Promise<number | undefined>;
  /** Whether the platform routes requests by host name, so that every `Host` is valid. */
  anyHost?: boolean;
  /** Origins whose pages may call, `*` for all; undefined: see `http/origins.ts`. */
  allowedOrigins?: readonly string[] | undefined;
  /** The number of the operator's proxies in front of the server. */
  trustedProxies?: number;
  /** See `Config`. */
  mcpStrict?: boolean;
  version: string;
  /** The guide for authors of bots, in Markdown. */
  guide: string;
  /** The scripts of the pages; pages have none if absent. */
  assets?: Assets | undefined;
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
  const { services, keys, counted, ...work } = await channelsOn(parts);
  const { anyHost = false, allowedOrigins, trustedProxies = 0 } = parts;
  const addressOf = ownAddress(publicUrl, trustedProxies);

  const signInStore = new SignInStore(kv, { shared: parts.shared });
  const fetchJson = publicFetch({ proxy: parts.proxy, test: parts.testNetwork });
  const documents = parts.clientDocuments ?? publicUrl.startsWith("https:")
    ? new PublishedDocuments({ store: new DocumentStore(kv), fetchJson, now, nowMs, log })
    : undefined;
  const signIn = {
    store: signInStore,
    clients: new ClientDirectory(signInStore, documents),
    publicUrl,
    addressOf,
    guests: parts.guests,
    trusted: (clientId: string) => parts.trustedClients?.includes(clientId) ?? false,
    login: parts.login && await loginWith(parts.login, parts),
    now,
    log,
  };
  const authenticate = bearerCheck(signIn);
  const labels = sessionLabels(await serverSecret(kv, "session_label", randomBytes), randomBytes);
  const { version, guide, progressMs } = parts;
  const taskKey = await serverSecret(kv, "task", randomBytes);
  const tasks = new Tasks(new EnvVault(taskKey, randomBytes));
  const mcpWith = (offer: Offer) =>
    mcpEndpoint({
      offer,
      tasks,
      services,
      labels,
      version,
      publicUrl,
      guide,
      boardApp: async () => await parts.assets?.boardApp(),
      randomBytes,
      log,
      progressMs,
      strict: parts.mcpStrict,
    });
  const [whole, play] = [mcpWith(WHOLE), mcpWith(PLAY)];

  const underWay = new UnderWay();
  const origins = originPolicy({ publicUrl, anyHost, allowedOrigins });
  const setup = new SetupNotices({ publicUrl, trustedProxies, log });
  if (!anyHost) setup.checkSettings();
  // A slash at the end of a path makes no difference.
  const app = new Hono<HttpEnv>({ strict: false });
  app.use(securityHeaders(publicUrl));
  app.use(unbufferedStreams());
  app.use(visitors(signIn));
  app.use(pageScripts((island) => parts.assets?.scriptOf(island)));
  app.use(errorPages());
  app.use(singleHeaders());
  const refusedHost = (host: string) => setup.refusedHost(host);
  app.use(requestGuard({ origins, publicUrl, limiter: services.limiter, refusedHost }));
  app.use(crossOrigin(origins));
  app.use(allowedMethods(app));
  app.use(requestBody({ maxBytes: HTTP_LIMITS.requestBytes, withinMs: HTTP_LIMITS.requestBodyMs }));
  app.route("/", oauthRoutes(signIn));
  const checks = {
    store: () => checkStore(kv),
    sandbox: () => sandbox.ready(),
  };
  const ready = readiness({ checks });
  app.route("/", healthRoutes(ready));
  app.route("/", signingKeyRoutes(publicUrl, keys));
  // Before the pages: the one at /leaderboard shares its path with an operation.
  app.route("/", restRoutes({ services, authenticate, underWay, log }));
  app.route("/", discoveryRoutes({ addressOf, guests: parts.guests, version }));
  const { exports } = services;
  const clientDocuments = () => signIn.clients.documents();
  const lookAtExport = (ticket: string) => exports.look(ticket);
  app.route(
    "/",
    webRoutes({ addressOf, guests: parts.guests, clientDocuments, lookAtExport, services }),
  );
  const guestKey = await serverSecret(kv, "browser_guest", randomBytes);
  const live = { services, browsers: browsers(signIn, guestKey) };
  const acting = { ...live, underWay, sentForms: new SentForms(nowMs), log, addressOf };
  app.route("/", boardPicture({ ...acting, guests: parts.guests }));
  app.route("/", channelRoutes(acting));
  app.route("/", replayRoutes(acting));
  app.route("/", seatRoutes(acting));
  app.route("/", handOverRoutes(acting));
  app.route("/", createRoutes(acting));
  const { operators = [] } = parts;
  const operates = (principal: string) => operators.includes(principal);
  app.route("/", profileRoutes({ ...acting, people: signIn, operates }));
  const streams = new Streams();
  if (operators.length > 0) {
    const { shared, connections, fileBytes, instance = randomBytes(4).toHex() } = parts;
    const figures = operatorFigures({
      instance: { id: instance, version },
      shared,
      counted,
      sandbox,
      streams,
      ready,
      setup,
      connections,
      fileBytes,
      guestsLimit: (parts.storage ?? STORAGE_BOUNDS).guests,
      now,
    });
    app.route("/", operatorRoutes({ ...live, operates, figures }));
  }
  app.route("/", liveRoutes({ ...live, streams }));
  if (parts.assets) app.route("/", assetRoutes(parts.assets));
  const verifier = parts.assets?.verifier;
  app.route("/", verifyRoutes({ verifier, publicUrl, keys, lookAtExport }));
  app.route(
    "/",
    exportRoutes({ take: (ticket) => exports.take(ticket), limiter: services.limiter }),
  );
  for (const path of ENDPOINT_PATHS) {
    const mcp = path === "/mcp/play" ? play : whole;
    app.use(path, forPrograms("requests", "json_rpc"));
    app.post(path, async (c) => {
      const identity = await authenticate(c.req.raw);
      if (identity.kind === "denied") return deniedAnswer(identity);
      c.set("principal", identity.principal);
      const text = await c.req.text();
      return await underWay.serve(
        identity.principal,
        (refusal) => mcp(c.req.raw, identity, { text, address: c.env.address, refusal }),
      );
    });
    // A client looks for the challenge by every method. There is no stream to GET and no session to
    // DELETE; a browser's GET is a page.
    app.all(path, async (c, next) => {
      if (!["GET", "HEAD", "DELETE"].includes(c.req.method)) return await next();
      const identity = await authenticate(c.req.raw);
      if (identity.kind === "denied") return deniedAnswer(identity);
      return notAllowed(["GET", "HEAD", "POST"]);
    });
  }
  app.route("/", openApiRoute({ addressOf, version, guests: parts.guests }));
  app.notFound(() =>
    problem(
      "NOT_FOUND",
      "This server has no such path. MCP is at /mcp; see /openapi.json for more.",
    )
  );
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
      setup.look(request.headers, peer);
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
