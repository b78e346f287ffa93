/** CORS for clients that live in a browser. They send tokens in a header that a page has to set
 *  itself, so every origin that may call may also read the answers; cookies never count. */
import type { Context, MiddlewareHandler } from "@hono/hono";
import { cors } from "@hono/hono/cors";
import type { OriginPolicy } from "./origins.ts";
import { declarationOf } from "./route_declaration.ts";

const METHODS = ["GET", "HEAD", "POST", "DELETE"];
const HEADERS = ["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"];
/** Headers of MCP, among them one for each parameter that a tool mirrors into a header. */
const MCP_HEADER = /^mcp-[\w-]{1,60}$/;
/** Chrome keeps the answer to a preflight for two hours at most. */
const KEPT_SECONDS = 7_200;
const EXPOSED = [
  "WWW-Authenticate",
  "Mcp-Session-Id",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
];

/** Answers preflights, and lets pages of other origins read the answers to programs. */
export function crossOrigin({ open, originAllowed }: OriginPolicy): MiddlewareHandler {
  const policy = (allowHeaders: string[]) =>
    cors({
      origin: open ? "*" : (origin) => originAllowed(origin) ? origin : null,
      allowMethods: METHODS,
      allowHeaders,
      exposeHeaders: EXPOSED,
      maxAge: KEPT_SECONDS,
    });
  const usual = policy(HEADERS);
  return async (c, next) => {
    if (declarationOf(c).audience !== "programs") return await next();
    if (c.req.method !== "OPTIONS") {
      // Hono copies an answer whose headers were begun before it, so they are added to it.
      await next();
      await usual(c, done);
      return;
    }
    // hono/cors takes every OPTIONS for a preflight, and can't name headers by a pattern.
    if (c.req.header("access-control-request-method") === undefined) return await next();
    return await policy([...HEADERS, ...mcpHeaders(c)])(c, next);
  };
}

const done = () => Promise.resolve();

function mcpHeaders(c: Context): string[] {
  const asked = c.req.header("access-control-request-headers") ?? "";
  return asked.toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => MCP_HEADER.test(name));
}
