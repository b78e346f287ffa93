/** The provider that the official clients, v1 and v2, require from their host program for
 *  sign-in. */
import type { OAuthClientProvider } from "@modelcontextprotocol/client";
import type { OAuthClientProvider as OAuthClientProviderV1 } from "@modelcontextprotocol/sdk/client/auth.js";

/** The state that every client keeps between its steps. */
export class Memory {
  client?: never;
  tokens?: never;
  verifier = "";
  discovery?: never;
  url?: URL;
}

export function providerFor(memory: Memory, redirectUrl: string, scope?: string) {
  return {
    redirectUrl,
    clientMetadata: {
      client_name: "flow",
      redirect_uris: [redirectUrl],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      ...(scope && { scope }),
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
