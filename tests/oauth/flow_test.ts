/** Sign-in with real MCP clients, v2 and v1, over HTTP at a real server. */
import { auth } from "@modelcontextprotocol/client";
import { auth as authV1 } from "@modelcontextprotocol/sdk/client/auth.js";
import assert from "node:assert/strict";
import { Memory, providerFor } from "./client_provider.ts";
import { location, OAuthEndpoints } from "./oauth_endpoints.ts";

const CLIENTS: Record<
  string,
  (provider: ReturnType<typeof providerFor>, options: {
    serverUrl: string;
    authorizationCode?: string;
    iss?: string;
  }) => Promise<string>
> = { v2: auth, v1: authV1 };

for (const [version, signIn] of Object.entries(CLIENTS)) {
  for (
    const [path, resource] of [["", "/"], ["/", "/"], ["/mcp", "/mcp"], ["/mcp/play", "/mcp/play"]]
  ) {
    Deno.test(`oauthRoutes() sign in a ${version} client that connects to "${path}"`, async () => {
      const opened = Promise.withResolvers<OAuthEndpoints>();
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        async (request) => (await opened.promise).app.fetch(request),
      );
      const publicUrl = `http://127.0.0.1:${server.addr.port}`;
      using oauth = await OAuthEndpoints.open({ publicUrl });
      opened.resolve(oauth);
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
        const before = await oauth.who(access_token ?? "");
        assert.equal(await signIn(provider, { serverUrl }), "AUTHORIZED");
        const refreshed: Record<string, string> = memory.tokens ?? {};
        assert.notEqual(refreshed.refresh_token, refresh_token);
        const after = await oauth.who(refreshed.access_token ?? "");
        assert.match(after?.principal ?? "", /^guest:/);
        assert.equal(after?.principal, before?.principal);
      } finally {
        await server.shutdown();
      }
    });
  }
}
