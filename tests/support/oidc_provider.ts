/** A real OpenID provider on the loopback network, with its own pages for login and consent. */
import { exportJWK, generateKeyPair } from "jose";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import type { Browser } from "./browser.ts";

export const OIDC_CLIENT = { id: "multiplayer", secret: "a secret+with/odd=characters" };

export interface OidcProvider extends AsyncDisposable {
  issuer: string;
}

/** The names of accounts that try how much room there is for a name. */
const LONG_NAMES: Record<string, string> = {
  wide: "W".repeat(64),
  chinese: "\u754c".repeat(64),
};

/** Accounts: any name signs in. The display name is `Name of <sub>`, which only the userinfo
 *  endpoint returns. */
export async function oidcProvider(redirectUri: string): Promise<OidcProvider> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...await exportJWK(privateKey), alg: "ES256", use: "sig", kid: "1" };
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  // Cookies do not distinguish ports, so the provider has another host name than our server.
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: OIDC_CLIENT.id,
      client_secret: OIDC_CLIENT.secret,
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: "ES256",
    }],
    jwks: { keys: [jwk] },
    cookies: { keys: ["only a test's"] },
    claims: { openid: ["sub"], profile: ["name"] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    pkce: { required: () => true },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, name: LONG_NAMES[sub] ?? `Name of ${sub}` }),
    }),
  });
  server.on("request", provider.callback());
  return {
    issuer,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((closed) => server.close(closed));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Fills in the provider's pages as a person would, until it redirects the browser back. */
export async function signInAtProvider(browser: Browser, login: string): Promise<void> {
  assert.match(browser.page.html, /Enter any login/);
  await browser.press("Sign-in", { login, password: "any" });
  await browser.press("Continue");
}
