/** The metadata of the authorization server (RFC 8414) and of the protected MCP endpoint (RFC
 *  9728). */
import type { Handler } from "@hono/hono";
import type { OAuthMetadata, OAuthProtectedResourceMetadata } from "@modelcontextprotocol/server";
import { AuthMethod } from "../store/people/sign_in_records.ts";
import { ASSERTION_ALGORITHMS } from "./client_assertion.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { spellingOf } from "../accounts/access/resource.ts";
import { SCOPES } from "../accounts/scope.ts";

/** A copy of the server's metadata soon learns whether it offers client documents. */
const CACHE_MINUTE = { "Cache-Control": "public, max-age=60", "Vary": "Host" };
/** The address in a document depends on the `Host` that asked for it. */
const CACHE_MINUTES = { "Cache-Control": "public, max-age=300", "Vary": "Host" };
const AUTH_METHODS = AuthMethod.options;

export const SERVER_METADATA = "/.well-known/oauth-authorization-server";
export const RESOURCE_METADATA = "/.well-known/oauth-protected-resource";

export function serverMetadata({ publicUrl, guests, clients }: OAuthDeps): Handler {
  const metadata = (): OAuthMetadata => ({
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
    client_id_metadata_document_supported: clients.documents() === "on",
  });
  return (c) => c.json(metadata(), 200, CACHE_MINUTE);
}

/** Describes the endpoint in the spelling that the path of the document has after its well-known
 *  part, or before it. */
export function resourceMetadata({ publicUrl }: OAuthDeps): Handler {
  return (c) => {
    const path = new URL(c.req.url).pathname.replace(RESOURCE_METADATA, "");
    const metadata: OAuthProtectedResourceMetadata = {
      resource: `${publicUrl}${spellingOf(path)}`,
      authorization_servers: [publicUrl],
      scopes_supported: ["play"], // clients request every scope in this list
      bearer_methods_supported: ["header"],
      resource_name: "MCP Multiplayer",
    };
    return c.json(metadata, 200, CACHE_MINUTES);
  };
}
