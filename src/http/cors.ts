/** CORS for clients that live in a browser. Tokens travel in a header that a page has to set
 *  itself, so answers may be read from any origin that may call; cookies never count. */

const METHODS = "GET, HEAD, POST, DELETE";
const HEADERS = new Set(["authorization", "content-type", "idempotency-key", "last-event-id"]);
/** The protocol's own, among them one for each parameter that a tool mirrors into a header. */
const MCP_HEADER = /^mcp-[\w-]{1,60}$/;
/** Chrome keeps an answer for two hours at most. */
const KEPT_SECONDS = "7200";
const EXPOSED = [
  "WWW-Authenticate",
  "Mcp-Session-Id",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
].join(", ");

export function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("origin") &&
    headers.has("access-control-request-method");
}

/** The answer to a preflight, which carries no token and needs none. */
export function preflight({ headers }: Request): Response {
  const asked = (headers.get("access-control-request-headers") ?? "").toLowerCase().split(",")
    .map((name) => name.trim());
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": asked
        .filter((name) => HEADERS.has(name) || MCP_HEADER.test(name)).join(", "),
      "access-control-max-age": KEPT_SECONDS,
    },
  });
}

/** Lets the page that asked read an answer. `open`: every page may, so that the answer is the same
 *  for all. */
export function shareWithPages(answer: Headers, { headers }: Request, open: boolean): void {
  const origin = headers.get("origin");
  if (!open) answer.append("vary", "Origin");
  if (origin === null) return;
  answer.set("access-control-allow-origin", open ? "*" : origin);
  answer.set("access-control-expose-headers", EXPOSED);
}
