import assert from "node:assert/strict";
import {
  OAuthMetadataSchema,
  OAuthProtectedResourceMetadataSchema,
} from "@modelcontextprotocol/core";
import { OAuthEndpoints, PUBLIC_URL } from "./oauth_endpoints.ts";

const AUTH_METHODS = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];

Deno.test("serverMetadata() names every endpoint under the issuer", async () => {
  using oauth = await OAuthEndpoints.open();
  const response = await oauth.send("/.well-known/oauth-authorization-server");
  const metadata = OAuthMetadataSchema.parse(await response.json());
  assert.deepEqual(metadata, {
    issuer: PUBLIC_URL,
    authorization_endpoint: `${PUBLIC_URL}/oauth/authorize`,
    token_endpoint: `${PUBLIC_URL}/token`,
    registration_endpoint: `${PUBLIC_URL}/register`,
    revocation_endpoint: `${PUBLIC_URL}/revoke`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ["ES256", "RS256", "PS256", "EdDSA"],
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: ["ES256", "RS256", "PS256", "EdDSA"],
    scopes_supported: ["play", "watch", "offline_access"],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  });
});

Deno.test("serverMetadata() omits client_credentials on a server without guests", async () => {
  using oauth = await OAuthEndpoints.open({ guests: false });
  const response = await oauth.send("/.well-known/oauth-authorization-server");
  const { grant_types_supported } = await response.json();
  assert.deepEqual(grant_types_supported, ["authorization_code", "refresh_token"]);
});

Deno.test("resourceMetadata() names the requested spelling of the endpoint", async () => {
  using oauth = await OAuthEndpoints.open();
  const document = "/.well-known/oauth-protected-resource";
  const table = [
    [document, "/"],
    [`${document}/mcp`, "/mcp"],
    [`/mcp${document}`, "/mcp"],
    [`${document}/mcp/play`, "/mcp/play"],
    [`/mcp/play${document}`, "/mcp/play"],
  ] as const;
  for (const [path, resource] of table) {
    const response = await oauth.send(path);
    const metadata = OAuthProtectedResourceMetadataSchema.parse(await response.json());
    assert.equal(metadata.resource, PUBLIC_URL + resource);
    assert.deepEqual(metadata.authorization_servers, [PUBLIC_URL]);
    assert.deepEqual(metadata.scopes_supported, ["play"]);
  }
});
