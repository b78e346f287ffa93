/** The whole server with a real identity provider, an adjustable clock, and MCP clients that sign
 *  people in. */
import { auth } from "@modelcontextprotocol/client";
import assert from "node:assert/strict";
import { type App, type AppParts, createApp } from "../../src/compose/app.ts";
import { closedSandbox } from "../../src/sandbox/closed_sandbox.ts";
import type { LoginSettings } from "../../src/accounts/providers/identity_providers.ts";
import { keys } from "../../src/store/keys.ts";
import type { Browser } from "../support/browser.ts";
import { OIDC_CLIENT, oidcProvider, signInAtProvider } from "../support/oidc_provider.ts";
import { Memory, providerFor } from "./client_provider.ts";

export const APP = "https://app.example/callback";
export const SIGN_IN = "Sign in with Test ID";

export class OAuthApp implements AsyncDisposable {
  readonly logged: { event: string; fields?: Record<string, unknown> | undefined }[] = [];
  #ahead = 0;

  private constructor(
    readonly url: string,
    readonly kv: Deno.Kv,
    readonly opened: AsyncDisposableStack,
  ) {}

  /** `login` adds providers to the one that is always present. */
  static async open(parts: Partial<AppParts> = {}, login: LoginSettings = {}): Promise<OAuthApp> {
    await using opened = new AsyncDisposableStack();
    const ready = Promise.withResolvers<App>();
    const listener = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      async (request) => (await ready.promise).fetch(request),
    );
    const url = `http://127.0.0.1:${listener.addr.port}`;
    const provider = opened.use(await oidcProvider(`${url}/login/oidc/callback`));
    const kv = await Deno.openKv(":memory:");
    opened.defer(() => kv.close());
    const app: OAuthApp = new OAuthApp(url, kv, new AsyncDisposableStack());
    const served = await createApp({
      kv,
      shared: false,
      sandbox: closedSandbox("no bots here", true),
      builtins: new Map(),
      publicUrl: url,
      guests: true,
      login: { ...login, oidc: { ...OIDC_CLIENT, issuer: provider.issuer, name: "Test ID" } },
      version: "test",
      guide: "# Bots",
      log: (_level, event, fields) => void app.logged.push({ event, fields }),
      now: () => new Date(Date.now() + app.#ahead),
      nowMs: () => performance.now() + app.#ahead,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      ...parts,
    });
    opened.defer(() => served.close());
    ready.resolve(served);
    opened.defer(() => listener.shutdown());
    opened.defer(() => served.release());
    app.opened.use(opened.move());
    return app;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.opened.disposeAsync();
  }

  pass(ms: number): void {
    this.#ahead += ms;
  }

  /** The principals that created a channel or hold a seat in one. */
  async players(): Promise<string[]> {
    const found = await Array.fromAsync(this.kv.list({ prefix: ["mine"] }));
    return [...new Set(found.map(({ key }) => String(key[1])))];
  }

  async channelsOf(principal: string): Promise<unknown[]> {
    return await Array.fromAsync(this.kv.list({ prefix: keys.mine(principal) }));
  }

  /** The reasons of failed sign-ins in the log. */
  reasons(): unknown[] {
    return this.logged.filter(({ event }) => event === "login.failed")
      .map(({ fields }) => fields?.reason);
  }
}

/** An MCP client with its own registration. */
export class Assistant {
  readonly memory = new Memory();
  readonly #provider;
  readonly #serverUrl: string;

  constructor(app: OAuthApp, { redirectUrl = APP, name = "An assistant" } = {}) {
    this.#serverUrl = `${app.url}/mcp`;
    const provider = providerFor(this.memory, redirectUrl);
    const clientMetadata = { ...provider.clientMetadata, client_name: name };
    this.#provider = { ...provider, clientMetadata };
  }

  /** Opens the sign-in window. */
  async ask(browser: Browser): Promise<void> {
    assert.equal(await auth(this.#provider, { serverUrl: this.#serverUrl }), "REDIRECT");
    await browser.open(this.memory.url!);
  }

  /** Exchanges the code in the browser's redirect to this client for an access token. */
  async take(browser: Browser): Promise<string> {
    const { url, status } = browser.page;
    assert.equal(status, 0, browser.page.html);
    assert.equal(url.origin + url.pathname, this.#provider.redirectUrl);
    assert.equal(url.searchParams.get("error"), null);
    const authorizationCode = url.searchParams.get("code")!;
    const iss = url.searchParams.get("iss")!;
    const outcome = await auth(this.#provider, {
      serverUrl: this.#serverUrl,
      authorizationCode,
      iss,
    });
    assert.equal(outcome, "AUTHORIZED");
    return (this.memory.tokens as unknown as { access_token: string }).access_token;
  }

  async refresh(): Promise<string> {
    return await auth(this.#provider, { serverUrl: this.#serverUrl });
  }

  /** The whole sign-in of a person, in a browser without cookies. */
  async signIn(browser: Browser, person: string): Promise<string> {
    await this.ask(browser);
    await browser.press(SIGN_IN);
    await signInAtProvider(browser, person);
    await browser.press("Allow");
    return await this.take(browser);
  }
}

/** The status of a call, which shows whether an access token is still valid. */
export async function statusOf(app: OAuthApp, token: string): Promise<number> {
  const response = await fetch(`${app.url}/list_channels`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await response.body?.cancel();
  return response.status;
}
