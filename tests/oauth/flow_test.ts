/** The sign-in of real MCP clients, v2 and v1, over HTTP against the real door. */
import { auth, type OAuthClientProvider } from "@modelcontextprotocol/client";
import { auth as authV1 } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientProvider as OAuthClientProviderV1 } from "@modelcontextprotocol/sdk/client/auth.js";
import assert from "node:assert/strict";
import { Door, location } from "./door.ts";

/** What every client keeps between its steps. */
class Memory {
  client?: never;
  tokens?: never;
  verifier = "";
  discovery?: never;
  url?: URL;
}

function providerFor(memory: Memory, redirectUrl: string) {
  return {
    redirectUrl,
    clientMetadata: {
      client_name: "flow",
      redirect_uris: [redirectUrl],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    },
    state: () => "state",
    clientInformation: () => memory.client,
    saveClientInformation: (client: unknown) => void (memory.client = client as never),
    tokens: () => memory.tokens,
    saveTokens: (tokens: unknown) => void (memory.tokens = tokens as never),
    codeVerifier: () => memory.verifier,
    saveCodeVerifier: (verifier: string) => void (memory.verifier = verifier),
    redirectToAuthorization: (url: URL) => void (memory.url = url),
    discoveryState: () => memory.discovery,
    saveDiscoveryState: (state: unknown) => void (memory.discovery = state as never),
  } satisfies OAuthClientProvider & OAuthClientProviderV1;
}

const CLIENTS: Record<
  string,
  (provider: ReturnType<typeof providerFor>, options: {
    serverUrl: string;
    authorizationCode?: string;
    iss?: string;
  }) => Promise<string>
> = { v2: auth, v1: authV1 };

for (const [version, signIn] of Object.entries(CLIENTS)) {
  for (const [path, resource] of [["", "/"], ["/", "/"], ["/mcp", "/mcp"]]) {
    Deno.test(`oauthRoutes() sign a ${version} client in that was given "${path}"`, async () => {
      const opened = Promise.withResolvers<Door>();
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        async (request) => (await opened.promise).app.fetch(request),
      );
      const publicUrl = `http://127.0.0.1:${server.addr.port}`;
      using door = await Door.open({ publicUrl });
      opened.resolve(door);
      try {
        const serverUrl = publicUrl + path;
        const memory = new Memory();
        const provider = providerFor(memory, "http://127.0.0.1:9/callback");
        assert.equal(await signIn(provider, { serverUrl }), "REDIRECT");
        assert.equal(memory.url?.searchParams.get("resource"), publicUrl + resource);

        const response = await fetch(memory.url, { redirect: "manual" });
        await response.body?.cancel();
        const { searchParams } = location(response);
        assert.equal(searchParams.get("state"), "state");
        const authorizationCode = searchParams.get("code") ?? "";
        const iss = searchParams.get("iss") ?? "";
        assert.equal(await signIn(provider, { serverUrl, authorizationCode, iss }), "AUTHORIZED");

        const { access_token, refresh_token }: Record<string, string> = memory.tokens ?? {};
        const before = await door.who(access_token ?? "");
        assert.equal(await signIn(provider, { serverUrl }), "AUTHORIZED");
        const refreshed: Record<string, string> = memory.tokens ?? {};
        assert.notEqual(refreshed.refresh_token, refresh_token);
        const after = await door.who(refreshed.access_token ?? "");
        assert.match(after?.principal ?? "", /^guest:/);
        assert.equal(after?.principal, before?.principal);
      } finally {
        await server.shutdown();
      }
    });
  }
}
