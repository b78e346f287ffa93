/** The protected resource: this server's MCP endpoint. It has two URLs, `<public>/` and
 *  `<public>/mcp`. Clients compare `resource` with the URL that a person typed, so each URL has its
 *  own metadata. */
import { OAuthError, OAuthErrorCode } from "../errors.ts";

/** The URL that a request path belongs to. */
export function spellingOf(path: string): "/" | "/mcp" {
  return path === "/mcp" || path.startsWith("/mcp/") ? "/mcp" : "/";
}

/** The address of a URL's metadata (RFC 9728). */
export function metadataUrl(publicUrl: string, spelling: "/" | "/mcp"): string {
  return `${publicUrl}/.well-known/oauth-protected-resource${spelling === "/" ? "" : spelling}`;
}

/** Refuses a `resource` that is not this endpoint (RFC 8707). Ignores a trailing slash. */
export function checkResources(params: URLSearchParams, publicUrl: string): void {
  const ours = [publicUrl, `${publicUrl}/mcp`].map((url) => new URL(url).href.replace(/\/$/, ""));
  for (const resource of params.getAll("resource")) {
    if (resource === "") continue; // as if absent: RFC 6749 3.1
    const asked = URL.canParse(resource) ? new URL(resource).href.replace(/\/$/, "") : undefined;
    if (asked === undefined || !ours.includes(asked)) {
      throw new OAuthError(
        OAuthErrorCode.InvalidTarget,
        `resource must be ${publicUrl}/ or ${publicUrl}/mcp.`,
      );
    }
  }
}
