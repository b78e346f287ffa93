/** CORS for clients in a browser. A page has to set the header with its token itself, so every
 *  origin that may call may also read the answers; cookies give no access. */
import type { Context, MiddlewareHandler } from "@hono/hono";
import { cors } from "@hono/hono/cors";
import type { OriginPolicy } from "./origins.ts";
import { declarationOf } from "./route_declaration.ts";

const METHODS = ["GET", "HEAD", "POST", "DELETE"];
const HEADERS = ["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"];
/** Headers of MCP, including one for each tool parameter that clients mirror into a header. */
const MCP_HEADER = /^mcp-[\w-]{1,60}$/;
/** Chrome caches the answer to a preflight for at most two hours. */
const PREFLIGHT_SECONDS = 7_200;
const EXPOSED = [
  "WWW-Authenticate",
  "Mcp-Session-Id",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
];

/** Answers preflights, and lets pages of other origins read the answers of routes for programs. */
export function crossOrigin({ open, originAllowed }: OriginPolicy): MiddlewareHandler {
  const answerPreflight = (allowHeaders: string[]) =>
    cors({
      origin: open ? "*" : (origin) => originAllowed(origin) ? origin : null,
      allowMethods: METHODS,
      allowHeaders,
      exposeHeaders: EXPOSED,
      maxAge: PREFLIGHT_SECONDS,
    });
  return async (c, next) => {
    if (declarationOf(c).audience !== "programs") return await next();
    if (c.req.method !== "OPTIONS") {
      await next();
      // hono/cors sets the same headers, but makes a stream of the answer, which costs time.
      const { headers } = c.res;
      const origin = c.req.header("origin");
      if (open) headers.set("access-control-allow-origin", "*");
      else if (origin !== undefined && originAllowed(origin)) {
        headers.set("access-control-allow-origin", origin);
      }
      headers.set("access-control-expose-headers", EXPOSED.join(","));
      if (!open) headers.append("vary", "Origin");
      return;
    }
    // hono/cors treats every OPTIONS as a preflight, and can't allow headers by a pattern.
    if (c.req.header("access-control-request-method") === undefined) return await next();
    return await answerPreflight([...HEADERS, ...mcpHeaders(c)])(c, next);
  };
}

function mcpHeaders(c: Context): string[] {
  const asked = c.req.header("access-control-request-headers") ?? "";
  return asked.toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => MCP_HEADER.test(name));
}
