/** The metadata of the authorization server (RFC 8414) and of the protected MCP endpoint (RFC
 *  9728). */
import type { Handler } from "@hono/hono";
import type { OAuthMetadata, OAuthProtectedResourceMetadata } from "@modelcontextprotocol/server";
import { AuthMethod } from "../store/people/sign_in_records.ts";
import { ASSERTION_ALGORITHMS } from "./client_assertion.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { SCOPES } from "../accounts/scope.ts";

const CACHE_MINUTES = { "Cache-Control": "public, max-age=300" };
const AUTH_METHODS = AuthMethod.options;

export function serverMetadata({ publicUrl, guests }: OAuthDeps): Handler {
  const metadata: OAuthMetadata = {
    issuer: publicUrl,
    authorization_endpoint: `${publicUrl}/oauth/authorize`,
    token_endpoint: `${publicUrl}/token`,
    registration_endpoint: `${publicUrl}/register`,
    revocation_endpoint: `${publicUrl}/revoke`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: [
      "authorization_code",
      "refresh_token",
      ...(guests ? ["client_credentials"] : []),
    ],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    scopes_supported: SCOPES,
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  };
  return (c) => c.json(metadata, 200, CACHE_MINUTES);
}

/** `spelling` is the path of the endpoint, in one of its two spellings. */
export function resourceMetadata({ publicUrl }: OAuthDeps, spelling: "/" | "/mcp"): Handler {
  const metadata: OAuthProtectedResourceMetadata = {
    resource: `${publicUrl}${spelling}`,
    authorization_servers: [publicUrl],
    scopes_supported: ["play"], // clients request every scope in this list
    bearer_methods_supported: ["header"],
    resource_name: "MCP Multiplayer",
  };
  return (c) => c.json(metadata, 200, CACHE_MINUTES);
}
