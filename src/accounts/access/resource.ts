/** The protected resource: this server's MCP endpoints. A client compares `resource` with the URL
 *  that a person typed, so each spelling of each path has its own metadata. A token is for all of
 *  them, as for REST: they are doors to the same seats of the same principal (RFC 8707, 2). */
import { OAuthError, OAuthErrorCode } from "../errors.ts";

/** The paths of the endpoints; the one that a path begins with comes after it. */
export const ENDPOINT_PATHS = ["/", "/mcp", "/mcp/play"] as const;
type EndpointPath = (typeof ENDPOINT_PATHS)[number];
type Spelling = EndpointPath | `${Exclude<EndpointPath, "/">}/`;

/** The spelling that a request path belongs to. */
export function spellingOf(path: string): Spelling {
  const at = ENDPOINT_PATHS.findLast((at) => path === at || path.startsWith(`${at}/`)) ?? "/";
  return at !== "/" && path === `${at}/` ? `${at}/` : at;
}

/** The address of a spelling's metadata (RFC 9728). */
export function metadataUrl(publicUrl: string, spelling: Spelling): string {
  return `${publicUrl}/.well-known/oauth-protected-resource${spelling === "/" ? "" : spelling}`;
}

/** Refuses a `resource` that is none of the endpoints (RFC 8707). Ignores a trailing slash. */
export function checkResources(params: URLSearchParams, publicUrl: string): void {
  const ours = ENDPOINT_PATHS.map((path) => new URL(publicUrl + path).href.replace(/\/$/, ""));
  for (const resource of params.getAll("resource")) {
    if (resource === "") continue; // as if absent: RFC 6749 3.1
    const asked = URL.canParse(resource) ? new URL(resource).href.replace(/\/$/, "") : undefined;
    if (asked === undefined || !ours.includes(asked)) {
      throw new OAuthError(
        OAuthErrorCode.InvalidTarget,
        `resource must be ${ENDPOINT_PATHS.map((path) => publicUrl + path).join(" or ")}.`,
      );
    }
  }
}
