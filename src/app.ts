/** Puts the floors together: the store, the sandbox, the channels, and every door on one Hono app. */
import { Hono } from "@hono/hono";
import { Auditor } from "./channels/auditor.ts";
import { beaconClock } from "./channels/beacon_clock.ts";
import { BotLibrary } from "./channels/bot_library.ts";
import { ChannelOpener } from "./channels/channel_opener.ts";
import { ChannelService } from "./channels/channel_service.ts";
import { Follower } from "./channels/follower.ts";
import { SourceReader } from "./channels/source_reader.ts";
import { Dispatcher } from "./channels/dispatcher.ts";
import { Exporter } from "./channels/exporter.ts";
import { ExportOffers } from "./channels/export_offers.ts";
import { Lister } from "./channels/lister.ts";
import { Notary } from "./channels/notary.ts";
import { Prover } from "./channels/prover.ts";
import { Reader } from "./channels/reader.ts";
import { timerClock } from "./channels/timer_clock.ts";
import { ChannelRegistry } from "./channels/registry.ts";
import { base64Url, derivedTokens } from "./channels/tokens.ts";
import { Waiters } from "./channels/waiters.ts";
import type { Config } from "./config.ts";
import type { Beacon, Chain } from "./domain/drand.ts";
import { LIMITS } from "./domain/limits.ts";
import type { Log } from "./domain/log.ts";
import { type Rate, RateLimiter, type RateName } from "./domain/rate_limit.ts";
import { front, type HttpEnv } from "./http/front.ts";
import { exportRoutes } from "./http/exports.ts";
import { healthRoutes } from "./http/health.ts";
import { methodsByPath } from "./http/methods.ts";
import { openApiRoute } from "./http/openapi.ts";
import { originPolicy } from "./http/origins.ts";
import { peerAddress } from "./http/peer_address.ts";
import { problem } from "./http/problem.ts";
import { requestBody } from "./http/request_body.ts";
import { restRoutes } from "./http/rest.ts";
import { signingKeyRoutes } from "./http/signing_keys.ts";
import { mcpDoor } from "./mcp/door.ts";
import { sessionLabels } from "./mcp/session_label.ts";
import { bearerCheck, insufficientScope, mayPlay } from "./oauth/bearer.ts";
import { ClientDirectory } from "./oauth/client_directory.ts";
import { publicFetch } from "./oauth/public_fetch.ts";
import { PublishedDocuments } from "./oauth/published_documents.ts";
import { oauthRoutes } from "./oauth/routes.ts";
import type { Operation } from "./operations/operation.ts";
import { type LoginSettings, upstreams } from "./oauth/upstreams.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { BlobStore } from "./store/blob_store.ts";
import { ChannelStore, type StoredChannel } from "./store/channel_store.ts";
import { DocumentStore } from "./store/document_store.ts";
import { EnvVault } from "./store/env_vault.ts";
import { PeopleStore } from "./store/people_store.ts";
import { serverSecret } from "./store/server_secrets.ts";
import { keepSigningKey, published } from "./store/signing_keys.ts";
import { SignInStore } from "./store/sign_in_store.ts";
import { TileStore } from "./store/tile_store.ts";
import { webRoutes } from "./web/routes.ts";

export interface AppParts {
  kv: Deno.Kv;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  sandbox: Sandbox;
  /** Sources of the built-in bots, by class name. */
  builtins: ReadonlyMap<string, string>;
  /** What clients type, without a trailing slash. */
  publicUrl: string;
  /** 32 bytes that seal bots' secrets; undefined: made and stored at the first start. */
  envKey?: Uint8Array;
  /** The Ed25519 private key, 32 bytes, that signs tree heads; undefined: made and stored at the first start. */
  signingKey?: Uint8Array;
  /** Where public randomness comes from, for the channels that use it; absent where none does. */
  beacon?: Beacon;
  /** The chain that new channels use; absent where they use none. */
  chain?: Chain;
  guests: boolean;
  /** Ids of clients that nobody is asked about. */
  trustedClients?: readonly string[];
  /** That of `Config`. */
  testNetwork?: Config["testNetwork"];
  /** Identity providers that people sign in with, if any. */
  login?: LoginSettings;
  /** Whether the platform has chosen this server by its name, so that every `Host` is right. */
  anyHost?: boolean;
  /** Origins whose pages may call, `*` for all; undefined: see `http/origins.ts`. */
  allowedOrigins?: readonly string[];
  /** How many proxies of the operator's own are in front. */
  trustedProxies?: number;
  /** Undefined: nothing is limited. */
  rates?: Readonly<Record<RateName, Rate>>;
  version: string;
  /** What authors of bots read, Markdown. */
  guide: string;
  /** How often a waiting call tells a caller that asked for it that it goes on. */
  progressMs?: number;
  log: Log;
  now: () => Date;
  randomBytes: (length: number) => Uint8Array;
}

export interface App {
  fetch: (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response>;
  /** Goes on with the hooks and timers that a stop or a crash left undone. */
  resume: () => Promise<void>;
  /** Answers the open long polls; what comes in from now on does not wait. */
  release: () => void;
  /** Starts no further hook, lets no timer come due, and waits for those under way. */
  close: () => Promise<void>;
}

/** Builds the app on parts that the caller opened and will close. */
export async function createApp(parts: AppParts): Promise<App> {
  const { kv, sandbox, log, now, randomBytes, publicUrl } = parts;
  const store = new ChannelStore(kv);
  const { shared } = parts;
  const waiters = new Waiters({ store, shared, log });
  const limiter = parts.rates && new RateLimiter(parts.rates, now);
  const committed = (state: StoredChannel, chars = 0) => {
    limiter?.charge("written", state.channel.creator, chars);
    waiters.wake(state.channel.channel_id);
    dispatcher.wake(state);
    for (const clock of clocks) clock.wake(state);
  };
  const newId = () => base64Url(randomBytes(12));
  const registry = new ChannelRegistry({ store, shared, now, newId, log, committed });
  const blobs = new BlobStore(kv);
  const envKey = parts.envKey ?? await serverSecret(kv, "env_key", randomBytes);
  const vault = new EnvVault(envKey, randomBytes);
  const { builtins } = parts;
  const library = new BotLibrary({ blobs, vault, sandbox, builtins, randomBytes });
  const dispatcher = new Dispatcher({ registry, store, library, sandbox, log });
  const forClock = { registry, store, shared, now, log };
  const clocks = [timerClock(forClock)];
  if (parts.beacon) clocks.push(beaconClock({ ...forClock, beacon: parts.beacon }));
  const derivedToken = derivedTokens(await serverSecret(kv, "derived_tokens", randomBytes));
  const signingKey = parts.signingKey ?? await serverSecret(kv, "signing_key", randomBytes);
  const notary = new Notary({ key: signingKey, publicUrl });
  const signingKeys = await keepSigningKey(kv, notary.publicKey.toHex(), now());
  const prover = new Prover({ registry, store, tiles: new TileStore(kv, store), notary });
  const keys = signingKeys.map(published);
  const exporter = new Exporter({ registry, store, blobs, notary, keys });
  const ticketKey = await serverSecret(kv, "export_ticket", randomBytes);
  const services = {
    channels: new ChannelService({ store, registry, library, randomBytes, derivedToken, limiter }),
    opener: new ChannelOpener({
      store,
      library,
      now,
      randomBytes,
      derivedToken,
      committed,
      chain: parts.chain,
    }),
    reader: new Reader({ registry, waiters }),
    follower: new Follower({ registry, waiters, log }),
    lister: new Lister(store),
    sources: new SourceReader({ store, library }),
    library,
    limiter,
    notary,
    prover,
    exports: new ExportOffers({ registry, exporter, notary, key: ticketKey, publicUrl, now }),
    auditor: new Auditor({ registry, exporter, sandbox }),
    now,
    randomBytes,
  };

  const signInStore = new SignInStore(kv, { shared });
  const fetchJson = publicFetch(parts.testNetwork);
  const documents = new PublishedDocuments({
    store: new DocumentStore(kv),
    fetchJson,
    now,
    log,
  });
  const signIn = {
    store: signInStore,
    clients: new ClientDirectory(signInStore, documents),
    publicUrl,
    guests: parts.guests,
    trusted: (clientId: string) => parts.trustedClients?.includes(clientId) ?? false,
    login: parts.login && {
      people: new PeopleStore(kv),
      upstreams: upstreams(parts.login, publicUrl, now),
    },
    now,
    log,
  };
  const authenticate = bearerCheck(signIn);
  const labels = sessionLabels(await serverSecret(kv, "session_label", randomBytes), randomBytes);
  const { version, guide, progressMs } = parts;
  const mcp = mcpDoor({
    services,
    labels,
    version,
    publicUrl,
    guide,
    randomBytes,
    log,
    progressMs,
  });

  const { anyHost = false, allowedOrigins, trustedProxies = 0 } = parts;
  const origins = originPolicy({ publicUrl, anyHost, allowedOrigins });
  const app = new Hono<HttpEnv>();
  app.use(front({ origins, publicUrl, limiter }));
  app.use(requestBody({ maxBytes: LIMITS.requestBytes, withinMs: LIMITS.requestBodyMs }));
  app.route("/", oauthRoutes(signIn));
  const checks = {
    store: async () => (await kv.get(["readyz"])) !== null,
    sandbox: () => sandbox.ready(),
  };
  app.route("/", healthRoutes({ checks }));
  app.route("/", signingKeyRoutes(publicUrl, keys));
  const { exports } = services;
  const lookAtExport = (ticket: string) => exports.look(ticket);
  app.route("/", webRoutes({ publicUrl, guests: parts.guests, lookAtExport }));
  app.route("/", exportRoutes({ take: (ticket) => exports.take(ticket) }));
  for (const path of ["/", "/mcp"]) {
    app.on(["GET", "POST", "DELETE"], path, async (c) => {
      const identity = await authenticate(c.req.raw);
      if (identity instanceof Response) return identity;
      c.set("principal", identity.principal);
      return await mcp(c.req.raw, identity.principal, {
        text: await c.req.text(),
        address: c.env.address,
        stepUp: mayPlay(identity) ? undefined : () => insufficientScope(signIn, c.req.raw),
      });
    });
  }
  const authenticateFor = (request: Request, effects: Operation["effects"]) =>
    authenticate(request, effects === "reads" ? "watch" : "play");
  app.route("/", restRoutes({ services, authenticate: authenticateFor, log }));
  app.route("/", openApiRoute({ publicUrl, version: parts.version, guests: parts.guests }));
  const methodsOf = methodsByPath(app);
  app.notFound((c) => {
    const allow = methodsOf(c.req.path);
    if (allow === null) return problem("NOT_FOUND", "There is nothing at this path.");
    if (c.req.method === "OPTIONS") return c.body(null, 204, { allow });
    return problem("METHOD_NOT_ALLOWED", `Use ${allow}.`, { allow });
  });
  app.onError((error) => {
    log("error", "request_failed", { error: error.stack });
    const text = "The server made a mistake; it is logged. Try again, or tell the operator.";
    return problem("INTERNAL_ERROR", text);
  });

  return {
    fetch: (request, info) => {
      if (!URL.canParse(request.url)) return badTarget();
      const peer = info && "hostname" in info.remoteAddr ? info.remoteAddr.hostname : "";
      const forwarded = request.headers.get("x-forwarded-for");
      return app.fetch(request, { address: peerAddress(peer, forwarded, trustedProxies) });
    },
    resume: async () => {
      await Promise.all([dispatcher, ...clocks].map((each) => each.resume()));
    },
    release: () => waiters.close(),
    close: async () => {
      await Promise.all([...clocks, dispatcher].map((each) => each.close()));
    },
  };
}

/** A Host header or a request target that makes no URL. */
function badTarget(): Response {
  return problem("INVALID_REQUEST", "Host and path must make a valid URL.");
}
