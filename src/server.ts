/** One server: it opens the store and the sandbox, listens, and stops in an order that loses
 *  nothing. */
import denoJson from "../deno.json" with { type: "json" };
import { type App, createApp } from "./compose/app.ts";
import { builtinBots } from "./compose/builtin_bots.ts";
import { type Config, ConfigError } from "./config/config.ts";
import { withDeadline } from "./kernel/deadline.ts";
import type { Chain } from "./kernel/drand.ts";
import { RATES } from "./domain/limits/work.ts";
import type { Log } from "./kernel/log.ts";
import { randomBytes } from "./kernel/random_bytes.ts";
import { openListener } from "./compose/open_listener.ts";
import { openStore } from "./compose/open_store.ts";
import { closedSandbox } from "./sandbox/closed_sandbox.ts";
import { openSandbox, openWorkerSandbox } from "./sandbox/open_sandbox.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { DrandRelays } from "./outbound/drand_relays.ts";
import { Assets } from "./web/assets/assets.ts";
import { BUILD_FOLDER } from "./web/assets/manifest.ts";

/** How long a stop waits for requests and hooks in progress before it abandons them. A platform,
 *  such as Deno Deploy, kills the process 5 seconds after it has asked it to end. */
const GRACE_MS = { own: 8_000, platform: 4_000 };

/** The wall clock, which may be set back or forward, and a monotonic clock in milliseconds. */
export interface Clocks {
  now: () => Date;
  nowMs: () => number;
}

const CLOCKS: Clocks = { now: () => new Date(), nowMs: () => performance.now() };

export interface RunningServer {
  /** The URL that it listens on. */
  url: string;
  /** The URL by which clients call it. */
  publicUrl: string;
  /** Answers open long polls, lets hooks finish, closes the store. Resolves when all is closed. */
  stop: () => Promise<void>;
}

/** Starts a server. If it can't open the store or the sandbox, or can't bind the address, it closes
 *  what it has opened and throws. `around` may wrap the sandbox: tests use it to see the calls of
 *  bots. */
export async function startServer(
  config: Config,
  log: Log,
  around: (sandbox: Sandbox) => Sandbox = (sandbox) => sandbox,
  clocks = CLOCKS,
): Promise<RunningServer> {
  await using opened = new AsyncDisposableStack();
  const beacon = new DrandRelays(config.beacon.relays);
  const chain = config.beacon.used ? await chainOf(beacon, config) : undefined;
  const { kv, watchKv, shared, close, fileBytes } = await openStore(config.kvUrl, log);
  opened.defer(close);
  const sandbox = around(await openConfiguredSandbox(config, log));
  opened.defer(() => sandbox.close());

  const ready = Promise.withResolvers<App>();
  const listener = openListener(
    config,
    log,
    async (request, info) => await (await ready.promise).fetch(request, info),
  );
  opened.defer(() => listener.close());
  const url = `http://${urlHost(listener.addr.hostname)}:${listener.addr.port}`;
  const publicUrl = config.publicUrl ?? url;
  const instance = randomBytes(4).toHex();
  const app = await createApp({
    operators: config.operators,
    instance,
    connections: () => listener.open?.(),
    fileBytes,
    kv,
    watchKv,
    shared,
    sandbox,
    ...await builtinBots(),
    publicUrl,
    anyHost: config.anyHost,
    allowedOrigins: config.allowedOrigins,
    trustedProxies: config.trustedProxies,
    mcpStrict: config.mcpStrict,
    rates: config.rateLimits ? { ...RATES, ...config.testRates } : undefined,
    envKey: config.envKey === undefined ? undefined : Uint8Array.fromHex(config.envKey),
    signingKey: config.signingKey === undefined ? undefined : Uint8Array.fromHex(config.signingKey),
    ladders: config.ladders,
    beacon,
    chain,
    storage: config.storage,
    idleMs: config.idleMs,
    guests: config.guests,
    trustedClients: config.trustedClients,
    clientDocuments: config.clientDocuments,
    proxy: config.proxy,
    testNetwork: config.testNetwork,
    testEvents: config.testEvents,
    login: config.login,
    version: denoJson.version,
    guide: await Deno.readTextFile(new URL("../docs/bots.md", import.meta.url)),
    assets: await Assets.open(BUILD_FOLDER, log),
    log,
    ...clocks,
    randomBytes,
  });
  ready.resolve(app);
  const resumed = app.resume().catch((error) => {
    log("error", "resume_failed", { error: String(error) });
  });
  const { sandbox: walls, settingsFile } = config;
  const read = settingsFile === undefined ? {} : { settings_file: settingsFile };
  const { version } = denoJson;
  const where = { url, public_url: publicUrl, sandbox: walls };
  log("info", "listening", { ...where, version, instance, ...read });

  const open = opened.move();
  return {
    url,
    publicUrl,
    async stop() {
      app.release();
      const quiet = Promise.all([listener.shutdown(), resumed, app.close()]);
      const graceMs = config.anyHost ? GRACE_MS.platform : GRACE_MS.own;
      await withDeadline<unknown>(quiet, graceMs, () => {});
      await open.disposeAsync();
      log("info", "stopped");
    },
  };
}

async function chainOf(relays: DrandRelays, { beacon }: Config): Promise<Chain> {
  try {
    return await relays.chain(beacon.chain);
  } catch (error) {
    throw new ConfigError(
      `Cannot start: DRAND_CHAIN can't be looked up: ${(error as Error).message}`,
    );
  }
}

/** The sandbox with the walls that the operator has chosen, never with fewer: if a wall is missing,
 *  the server refuses bots. */
async function openConfiguredSandbox(config: Config, log: Log): Promise<Sandbox> {
  const options = {
    hosts: config.sandboxHosts,
    hookTimeoutMs: config.hookTimeoutMs,
    lateSpare: config.testLateSpare,
    log,
    network: {
      schemes: config.botNetwork,
      denied: config.testNetwork ? [] : ownNames(config),
      test: config.testNetwork,
    },
  };
  if (config.sandbox === "off") {
    return closedSandbox("This server does not run bots: leave the bot out.", true);
  }
  if (config.sandbox === "worker") return await openWorkerSandbox(options);
  try {
    return await openSandbox(options);
  } catch (error) {
    log("error", "sandbox_missing", {
      error: String(error),
      consequence: "The server refuses bots. SANDBOX=worker would run them with fewer walls.",
    });
    return closedSandbox(
      "This server can't run bots at the moment; the operator's log has the cause. Leave the bot out, or " +
        "try again later.",
      false,
    );
  }
}

/** Names and IPv4 addresses, in the form of `--deny-net`, by which a bot could reach this server or
 *  another service of its machine from outside. */
function ownNames({ publicUrl, host }: Config): string[] {
  const names = [host, ...Deno.networkInterfaces().map(({ address }) => address)];
  if (publicUrl) names.push(new URL(publicUrl).hostname);
  return [...new Set(names)].filter((name) => /^[\w.-]+$/.test(name) && name !== "0.0.0.0");
}

/** The host by which a person on this machine reaches a listener that is bound to an address. */
function urlHost(hostname: string): string {
  if (hostname === "0.0.0.0" || hostname === "::") return "127.0.0.1";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
