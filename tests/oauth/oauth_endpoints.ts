/** The real OAuth endpoints on a real in-memory store, with an adjustable clock and the steps of a
 *  client. */
import { Hono } from "@hono/hono";
import { createHash, randomBytes } from "node:crypto";
import { type AllowedApp, appsOf } from "../../src/accounts/access/allowed_apps.ts";
import { type BearerCheck, bearerCheck, type Identity } from "../../src/accounts/access/bearer.ts";
import { ownAddress } from "../../src/accounts/access/own_address.ts";
import { ClientDirectory } from "../../src/accounts/clients/client_directory.ts";
import { securityHeaders } from "../../src/http/security_headers.ts";
import { publicFetch } from "../../src/outbound/public_fetch.ts";
import { PublishedDocuments } from "../../src/accounts/clients/published_documents.ts";
import { type OAuthDeps, oauthRoutes } from "../../src/oauth/routes.ts";
import { DocumentStore } from "../../src/store/people/document_store.ts";
import { type LoginSettings, providers } from "../../src/accounts/providers/identity_providers.ts";
import { PeopleStore } from "../../src/store/people/people_store.ts";
import { SignInStore } from "../../src/store/people/sign_in_store.ts";
import type { ClientSite } from "./client_site.ts";

export const PUBLIC_URL = "https://play.example";
export const CLAUDE = "https://claude.ai/api/mcp/auth_callback";
export const STRANGER = "https://app.example/callback";

export interface Registered {
  client_id: string;
  client_secret?: string;
}

export interface Tokens {
  access_token: string;
  refresh_token?: string;
  token_type: string;
  expires_in: number;
  scope: string;
}

interface Settings {
  guests?: boolean;
  publicUrl?: string;
  kv?: Deno.Kv;
  /** The clients' site, the only one that the endpoints may fetch from. */
  site?: ClientSite;
  trusted?: OAuthDeps["trusted"];
  /** The sign-in of people. */
  login?: LoginSettings;
}

export class OAuthEndpoints {
  /** Only the OAuth routes. */
  readonly routes: Hono;
  /** The same routes behind the header policy of the whole server. */
  readonly app: Hono;
  readonly bearer: BearerCheck;
  readonly store: SignInStore;
  readonly log: string[] = [];
  readonly #deps: OAuthDeps;
  readonly #publicUrl: string;
  #now = new Date("2026-11-23T12:00:00Z");
  #elapsedMs = 0;

  private constructor(
    readonly kv: Deno.Kv,
    { guests = true, publicUrl = PUBLIC_URL, site, trusted, login }: Omit<Settings, "kv"> = {},
  ) {
    this.#publicUrl = publicUrl;
    this.store = new SignInStore(kv, { shared: false });
    const now = () => this.#now;
    const log = (_level: string, event: string) => void this.log.push(event);
    const fetchJson = publicFetch({ test: site?.network });
    const documents = new PublishedDocuments({
      store: new DocumentStore(kv),
      fetchJson,
      now,
      nowMs: () => this.#elapsedMs,
      log,
    });
    const deps: OAuthDeps = {
      store: this.store,
      clients: new ClientDirectory(this.store, documents),
      publicUrl,
      addressOf: ownAddress(publicUrl, 0),
      guests,
      login: login && { people: new PeopleStore(kv), providers: providers(login, publicUrl, now) },
      trusted,
      now,
      log,
    };
    this.#deps = deps;
    this.routes = oauthRoutes(deps);
    this.app = new Hono().use(securityHeaders(publicUrl)).route("/", this.routes);
    this.bearer = bearerCheck(deps);
  }

  static async open({ kv, ...settings }: Settings = {}): Promise<OAuthEndpoints> {
    return new OAuthEndpoints(kv ?? await Deno.openKv(":memory:"), settings);
  }

  /** The same store behind a server with sign-in. */
  withLogin(login: LoginSettings): OAuthEndpoints {
    return new OAuthEndpoints(this.kv, { login });
  }

  /** The same store behind a server that admits no guests. */
  withoutGuests(): OAuthEndpoints {
    return new OAuthEndpoints(this.kv, { guests: false });
  }

  [Symbol.dispose](): void {
    this.kv.close();
  }

  get now(): Date {
    return this.#now;
  }

  pass(ms: number): void {
    this.#elapsedMs += ms;
    this.setClock(ms);
  }

  /** Sets the clock forward or back. The monotonic clock stays. */
  setClock(ms: number): void {
    this.#now = new Date(this.#now.getTime() + ms);
  }

  async send(path: string, init?: RequestInit): Promise<Response> {
    return await this.app.request(this.#publicUrl + path, init);
  }

  async post(
    path: string,
    form: Record<string, string> | string[][],
    headers: HeadersInit = {},
  ): Promise<Response> {
    return await this.send(path, { method: "POST", body: new URLSearchParams(form), headers });
  }

  async tryRegister(metadata: unknown): Promise<Response> {
    return await this.send("/register", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(metadata),
    });
  }

  /** Registers a client: a public one, unless the metadata says otherwise. */
  async register(metadata: Record<string, unknown> = {}): Promise<Registered> {
    const defaults = { redirect_uris: [CLAUDE], token_endpoint_auth_method: "none" };
    const response = await this.tryRegister({ ...defaults, ...metadata });
    return await response.json();
  }

  async authorize(params: Record<string, string>, headers: HeadersInit = {}): Promise<Response> {
    return await this.send(`/oauth/authorize?${new URLSearchParams(params)}`, { headers });
  }

  /** A code for a client whose redirect URI needs no consent. */
  async code(client: Registered, pkce: Pkce, extra: Record<string, string> = {}): Promise<string> {
    const response = await this.authorize({ ...authorization(client, pkce), ...extra });
    return location(response).searchParams.get("code") ?? "";
  }

  async redeem(
    client: Registered,
    pkce: Pkce,
    code: string,
    extra: Record<string, string> = {},
  ): Promise<Response> {
    return await this.post("/token", {
      grant_type: "authorization_code",
      client_id: client.client_id,
      code,
      code_verifier: pkce.verifier,
      redirect_uri: CLAUDE,
      ...extra,
    });
  }

  async signIn(client: Registered): Promise<Tokens> {
    const pkce = newPkce();
    return await (await this.redeem(client, pkce, await this.code(client, pkce))).json();
  }

  async refresh(client: Registered, refreshToken = "", scope?: string): Promise<Response> {
    return await this.post("/token", {
      grant_type: "refresh_token",
      client_id: client.client_id,
      refresh_token: refreshToken,
      ...(scope !== undefined && { scope }),
    });
  }

  /** The apps that may act for a person. */
  async apps(principal: string): Promise<AllowedApp[]> {
    return await appsOf(principal, this.#deps, this.#deps.login!);
  }

  /** The caller that an access token identifies; undefined if the server refuses it. */
  async who(token: string): Promise<Identity | undefined> {
    const request = new Request(`${PUBLIC_URL}/mcp`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const answer = await this.bearer(request);
    return answer.kind === "denied" ? undefined : answer;
  }
}

export interface Pkce {
  verifier: string;
  challenge: string;
}

export function newPkce(): Pkce {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

export function authorization(
  client: Registered,
  pkce: Pkce,
  redirectUri = CLAUDE,
): Record<string, string> {
  return {
    response_type: "code",
    client_id: client.client_id,
    redirect_uri: redirectUri,
    code_challenge: pkce.challenge,
    code_challenge_method: "S256",
    state: "s t&te",
  };
}

export function basic(id: string, secret: string): { Authorization: string } {
  return { Authorization: `Basic ${btoa(`${id}:${secret}`)}` };
}

export function location(response: Response): URL {
  return new URL(response.headers.get("location") ?? "about:blank");
}

/** An error answer as `status code`. Also checks the form of the answer. */
export async function refusal(response: Response): Promise<string> {
  const { error, error_description } = await response.json();
  if (typeof error_description !== "string") throw new Error("no error_description");
  if (response.headers.get("cache-control") !== "no-store") throw new Error("may be cached");
  return `${response.status} ${error}`;
}
