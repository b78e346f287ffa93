/** The only reader of the environment. A malformed value stops the start with one clear line. */
import * as z from "zod";
import { ConfigError } from "./config_error.ts";
import { DEFAULT_PORT } from "./default_server.ts";
import { QUICKNET } from "../kernel/drand.ts";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import type { EventLimits } from "../domain/limits/events.ts";
import type { ConnectionLimits } from "../domain/limits/http.ts";
import type { LadderSettings } from "../domain/rating/ladders.ts";
import { providerOf } from "../domain/channel/principal.ts";
import { STORE_LIMITS } from "../domain/limits/store.ts";
import type { StorageBounds } from "../domain/storage/storage.ts";
import { LoginEnvironment, loginSettings } from "./login_settings.ts";
import type { ProxySettings } from "../outbound/proxy.ts";
import type { TestNetwork } from "../outbound/public_connection.ts";
import { listedOrigin } from "../http/origins.ts";
import { isLoopback } from "../accounts/clients/redirect_policy.ts";
import type { LoginSettings } from "../accounts/providers/identity_providers.ts";
import type { Rate, RateName } from "../domain/limits/rate_limit.ts";

/** Whether a `KV_URL` is a URL and not a path. */
export function isKvConnect(kvUrl: string): boolean {
  return /^https?:\/\//i.test(kvUrl);
}

const OnOff = z.enum(["true", "false"]).transform((text) => text === "true");
const Count = (min: number, max: number) =>
  z.string().regex(/^\d+$/, "must be a whole number").transform(Number).pipe(
    z.number().min(min).max(max),
  );
/** Megabytes as bytes; 0 means no bound. */
const Megabytes = Count(0, 1_000_000_000).transform((count) =>
  count === 0 ? Infinity : count * 1024 ** 2
);
/** Days as milliseconds; 0 means never. */
const Days = Count(0, 36_500).transform((count) =>
  count === 0 ? undefined : count * 24 * 60 * 60 * 1000
);
/** Client ids, separated by commas or white space. */
const ClientIds = z.string().transform((text) => text.split(/[\s,]+/).filter((id) => id !== ""))
  .pipe(z.array(z.string().max(ACCOUNT_LIMITS.documentUrlChars)).max(100));
/** Principals of people who sign in, separated by commas or white space. */
const Subjects = z.string().transform((text) => text.split(/[\s,]+/).filter((id) => id !== ""))
  .pipe(
    z.array(
      z.string().max(300).regex(
        /^(github|google|oidc):./,
        "must list people as github:<number>, google:<sub> or oidc:<sub>",
      ),
    ).max(100),
  );
const NO_ORIGIN = "must be an origin such as https://play.example.org, without a path";
/** An http(s) origin without path, query or trailing slash. */
const Origin = z.url({ protocol: /^https?$/, error: NO_ORIGIN }).refine(
  (text) => URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, ""),
  NO_ORIGIN,
).transform((text) => text.replace(/\/$/, ""));

/** Origins as browsers and apps send them, separated by commas; `*` for all. */
const Origins = z.string().transform((text) =>
  text.split(",").map((part) => part.trim()).filter((part) => part !== "")
).pipe(z.array(
  z.string().transform((text, context) => {
    const origin = listedOrigin(text);
    if (origin !== undefined) return origin;
    context.addIssue({
      code: "custom",
      message: "must be a comma-separated list of origins such as https://app.example.org, " +
        `vscode-webview://, null, or *: ${text} is none`,
    });
    return z.NEVER;
  }),
));

/** The public relays of drand's chains. */
const RELAYS = [
  "https://api.drand.sh",
  "https://api2.drand.sh",
  "https://api3.drand.sh",
  "https://drand.cloudflare.com",
];
const Relays = z.string().transform((text) => text.split(",").map((part) => part.trim()))
  .pipe(z.array(Origin).max(16));

/** JSON: an object with lists of sources by the name of their ladder. */
const Ladders = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "must be JSON" });
    return z.NEVER;
  }
}).pipe(z.record(
  z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, "must name ladders with letters and digits"),
  z.array(
    z.string().regex(
      /^(sha256:[0-9a-f]{64}|builtin:\/\/[A-Za-z][A-Za-z0-9]{0,39})$/,
      'must list sources as "builtin://Name" or "sha256:<64 hex digits>"',
    ),
  ).max(32),
  'must be like {"Chess": ["builtin://Chess"]}',
)).refine((ladders) => Object.keys(ladders).length <= 100, "must be at most 100 ladders");

const Key = z.string().regex(/^[0-9a-fA-F]{64}$/, "must be 32 bytes as 64 hex digits");

/** A path, `:memory:` or a URL. Each request carries the token, so a URL without TLS must stay on
 *  this machine. */
const KvUrl = z.string().min(1).refine((text) => {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return true;
  if (!isKvConnect(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || isLoopback(url);
}, "must be a path, :memory:, or the https URL of a KV Connect server (http on this machine)");

/** Deno 2.9.6 exits with a stack trace if its token is not a valid header value. */
const HeaderText = z.string().regex(
  /^[\x21-\x7e]+$/,
  "must be the token alone, without spaces or line breaks",
);

/** Proxies that Deno's `fetch` can use. As there, a host with a port alone is an http proxy: many
 *  companies set the variable so for every program. */
const ProxyUrl = z.preprocess(
  (text) => /^[\w.-]+:\d+$/.test(String(text)) ? `http://${text}` : text,
  z.url({
    protocol: /^(?:https?|socks5h?)$/,
    error: "must be a URL such as http://proxy.example.org:3128",
  }),
);

const Environment = z.object({
  PORT: Count(0, 65_535).default(DEFAULT_PORT),
  HOST: z.string().default("127.0.0.1"),
  PUBLIC_URL: Origin.optional(),
  ALLOWED_ORIGINS: Origins.optional(),
  TRUSTED_PROXIES: Count(0, 16).default(0),
  RATE_LIMITS: z.enum(["on", "off"]).default("on"),
  MCP_STRICT: OnOff.default(false),
  KV_URL: KvUrl.optional(),
  DENO_KV_ACCESS_TOKEN: HeaderText.optional(),
  STORAGE_PER_GUEST_MB: Megabytes.default(STORE_LIMITS.storagePerGuestBytes),
  STORAGE_PER_PERSON_MB: Megabytes.default(STORE_LIMITS.storagePerPersonBytes),
  STORAGE_GUESTS_MB: Megabytes.default(STORE_LIMITS.storageOfGuestsBytes),
  IDLE_CHANNEL_DAYS: Days.default(CHANNEL_LIMITS.idleMs),
  GUESTS: OnOff.default(true),
  TRUSTED_CLIENTS: ClientIds.default([]),
  CLIENT_DOCUMENTS: z.enum(["on", "off"]).optional(),
  ...LoginEnvironment.shape,
  ADMIN_SUBJECTS: Subjects.default([]),
  SANDBOX: z.enum(["process", "worker", "off"]).default("process"),
  SANDBOX_HOSTS: Count(1, 32).default(2),
  HOOK_TIMEOUT_MS: Count(100, 60_000).default(CHANNEL_LIMITS.hookMs),
  LADDERS: Ladders.default({}),
  BOT_NETWORK: z.enum(["https", "http", "off"]).default("https"),
  ENV_KEY: Key.optional(),
  SIGNING_KEY: Key.optional(),
  SEED_BEACON: z.enum(["off", "drand"]).default("off"),
  DRAND_CHAIN: z.string().regex(/^[0-9a-f]{64}$/, "must be a chain hash, 64 hex digits")
    .default(QUICKNET.hash),
  DRAND_RELAYS: Relays.default(RELAYS),
  HTTPS_PROXY: ProxyUrl.optional(),
  NO_PROXY: z.string().optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  ENV_FILE: z.enum(["on", "off"]).default("on"),
  DENO_DEPLOYMENT_ID: z.string().optional(),
});

/** The names of all settings. */
export const SETTINGS: readonly string[] = Object.keys(Environment.shape);

export interface Config {
  port: number;
  host: string;
  /** The URL by which clients call the server, without a trailing slash; undefined: the address
   *  that it listens on. */
  publicUrl: string | undefined;
  /** Origins whose pages may call, `*` for all; undefined: all if the public URL is https, else
   *  this machine's. */
  allowedOrigins: string[] | undefined;
  /** Whether the platform routes requests by host name, so that every `Host` is valid. */
  anyHost: boolean;
  /** The number of the operator's proxies in front of the server. They report the address of a
   *  caller in `X-Forwarded-For`. */
  trustedProxies: number;
  rateLimits: boolean;
  /** Whether MCP requests must have exactly the headers that the specification prescribes. */
  mcpStrict: boolean;
  /** A path, `:memory:`, a KV Connect URL, or undefined for the platform's own database. */
  kvUrl: string | undefined;
  /** The bounds of stored bytes, per channel and per owner. */
  storage: StorageBounds;
  /** After what time without a life sign of a member the server warns in new channels that it will
   *  close them, in milliseconds; undefined for never. */
  idleMs: number | undefined;
  guests: boolean;
  /** Ids of clients that need no consent: URLs of client documents, or registered ids. */
  trustedClients: readonly string[];
  /** Whether a client may publish its metadata under a URL instead of registering, so that the
   *  server fetches it; undefined: if the public URL is https. */
  clientDocuments: boolean | undefined;
  /** Identity providers that people sign in with; undefined if there are none. */
  login?: LoginSettings | undefined;
  /** The principals that may look at the page for operators. */
  operators: readonly string[];
  sandbox: "process" | "worker" | "off";
  sandboxHosts: number;
  hookTimeoutMs: number;
  /** The requests that bots may make over the network: https only, also http, or none. */
  botNetwork: "https" | "http" | "off";
  /** The ladders of the operator, beside those of the built-in games. */
  ladders: LadderSettings;
  /** 32 bytes as hex that seal bots' secrets; undefined: the server generates a key. */
  envKey: string | undefined;
  /** 32 bytes as hex that sign tree heads; undefined: the server generates a key. */
  signingKey: string | undefined;
  beacon: {
    /** Whether new channels use public randomness. */
    used: boolean;
    /** The hash of the chain that they use. */
    chain: string;
    /** Origins of the relays for all chains, those of earlier channels included. */
    relays: readonly string[];
  };
  /** The proxy through which the server calls public hosts; undefined: it calls them directly. */
  proxy?: ProxySettings | undefined;
  /** The file that settings were read from, if any. */
  settingsFile?: string | undefined;
  logLevel: "debug" | "info" | "warn" | "error";
  /** Only for tests, without a setting: rates that replace those of `domain/limits/work.ts`. */
  testRates?: Partial<Record<RateName, Rate>> | undefined;
  /** Only for tests, without a setting: limits of connections that replace those of
   *  `domain/limits/http.ts`. */
  testConnections?: Partial<ConnectionLimits>;
  /** Only for tests, without a setting: bots and sign-in may reach the loopback network, and trust
   *  these PEM certificates. */
  testNetwork?: TestNetwork | undefined;
  /** Only for tests, without a setting: limits of events that replace those of
   *  `domain/limits/events.ts`. */
  testEvents?: Partial<EventLimits> | undefined;
  /** Only for tests, without a setting: a spare sandbox host starts only once a hook stalls. */
  testLateSpare?: boolean | undefined;
}

export { ConfigError };

/** Reads the settings that `.env.example` documents. Throws a `ConfigError` that names the first
 *  invalid one. */
export function readConfig(env: { get(name: string): string | undefined }): Config {
  // An empty value counts as unset: compose files and shells write it that way.
  const given = Object.fromEntries(SETTINGS.map((name) => [name, valueOf(env, name)]));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new ConfigError(`Cannot start: ${String(path[0])} ${message}`);
  }
  const e = parsed.data;
  const login = loginSettings(e, e.PUBLIC_URL);
  if (!e.GUESTS && login === undefined) {
    throw new ConfigError("Cannot start: GUESTS=false needs another way to sign in: set LOGIN_*");
  }
  for (const subject of e.ADMIN_SUBJECTS) {
    const provider = providerOf(subject) as keyof LoginSettings;
    if (login?.[provider]) continue;
    const missing = `LOGIN_${provider.toUpperCase()}_*`;
    throw new ConfigError(`Cannot start: ADMIN_SUBJECTS names ${subject}, which needs ${missing}`);
  }
  // Deno itself reads the token; this only reports that it is missing.
  if (isKvConnect(e.KV_URL ?? "") && e.DENO_KV_ACCESS_TOKEN === undefined) {
    throw new ConfigError("Cannot start: a KV_URL with an address also needs DENO_KV_ACCESS_TOKEN");
  }
  const onDeploy = e.DENO_DEPLOYMENT_ID !== undefined;
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: e.PUBLIC_URL,
    allowedOrigins: e.ALLOWED_ORIGINS,
    anyHost: onDeploy,
    trustedProxies: e.TRUSTED_PROXIES,
    rateLimits: e.RATE_LIMITS === "on",
    mcpStrict: e.MCP_STRICT,
    kvUrl: e.KV_URL ?? (onDeploy ? undefined : "data/multiplayer.sqlite3"),
    storage: {
      channel: STORE_LIMITS.channelBytes,
      perGuest: e.STORAGE_PER_GUEST_MB,
      perPerson: e.STORAGE_PER_PERSON_MB,
      guests: e.STORAGE_GUESTS_MB,
    },
    idleMs: e.IDLE_CHANNEL_DAYS,
    guests: e.GUESTS,
    trustedClients: e.TRUSTED_CLIENTS,
    clientDocuments: e.CLIENT_DOCUMENTS && e.CLIENT_DOCUMENTS === "on",
    login,
    operators: e.ADMIN_SUBJECTS,
    sandbox: e.SANDBOX,
    sandboxHosts: e.SANDBOX_HOSTS,
    hookTimeoutMs: e.HOOK_TIMEOUT_MS,
    botNetwork: e.BOT_NETWORK,
    ladders: e.LADDERS,
    envKey: e.ENV_KEY,
    signingKey: e.SIGNING_KEY,
    beacon: { used: e.SEED_BEACON === "drand", chain: e.DRAND_CHAIN, relays: e.DRAND_RELAYS },
    proxy: e.HTTPS_PROXY === undefined ? undefined : {
      url: e.HTTPS_PROXY,
      except: e.NO_PROXY?.split(",").map((name) => name.trim()).filter((name) => name !== "") ?? [],
    },
    logLevel: e.LOG_LEVEL,
  };
}

/** Most programs read the variables of a proxy in small letters, too. */
function valueOf(env: { get(name: string): string | undefined }, name: string): string | undefined {
  const value = env.get(name) || name.endsWith("_PROXY") && env.get(name.toLowerCase());
  return value || undefined;
}
