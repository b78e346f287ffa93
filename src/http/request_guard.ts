/** What is common to every request and every answer, whichever door is behind: hosts, origins, the
 *  length of a URL, and the headers that keep a browser from doing more with an answer than it
 *  should. */
import type { Context, MiddlewareHandler } from "@hono/hono";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { operationNamed } from "../operations/all.ts";
import type { RateLimiter, RateName } from "../domain/limits/rate_limit.ts";
import { isPreflight, preflight, shareWithPages } from "./cors.ts";
import type { OriginPolicy } from "./origins.ts";
import { problem } from "./problem.ts";
import { tellStanding, tooManyRequests } from "./rate_headers.ts";

/** What travels with a request. */
export interface HttpEnv {
  Bindings: {
    /** Where it comes from: see `peer_address.ts`. */
    address: string;
  };
  Variables: {
    /** Who is calling, once a door knows. */
    principal: string | undefined;
  };
}

export interface RequestGuardDeps {
  origins: OriginPolicy;
  /** What clients type. */
  publicUrl: string;
  /** Absent where nothing is limited. */
  limiter?: RateLimiter;
}

/** Load balancers ask for these by address. */
const HEALTH = new Set(["/healthz", "/readyz"]);
const SIGN_IN = /^(\/oauth)?\/(register|token|revoke)$|^\/\.well-known\//;

/** Tokens, revocations, and the pages on which people sign in and look at what they allowed. */
const SIGNS_IN = /^(\/oauth)?\/(token|revoke)$|^\/oauth\/authorize$|^\/(login|logout)(\/|$)/;

/** Whether programs come to a path, not people: those that live in a browser come from pages of
 *  other origins. Pages of this server are for people and see to themselves. */
function isForPrograms(path: string): boolean {
  return path === "/" || path === "/mcp" || path === "/openapi.json" || SIGN_IN.test(path) ||
    operationNamed.has(path.slice(1));
}

/** What an address has its own budget for. */
function rateOf(method: string, path: string): RateName {
  if (/^(\/oauth)?\/register$/.test(path) && method === "POST") return "registrations";
  return SIGNS_IN.test(path) ? "sign_ins" : "requests";
}

export function requestGuard(deps: RequestGuardDeps): MiddlewareHandler<HttpEnv> {
  const { origins, limiter } = deps;
  return async (c, next) => {
    const refused = HEALTH.has(c.req.path) ? null : refusal(c, deps);
    const forPages = refused === null && isForPrograms(c.req.path);
    if (refused !== null) c.res = refused;
    else if (forPages && isPreflight(c.req.raw)) c.res = preflight(c.req.raw);
    else await next();
    const answer = c.res.headers;
    const principal = c.get("principal");
    if (limiter && principal !== undefined) tellStanding(answer, limiter.look("calls", principal));
    if (forPages) shareWithPages(answer, c.req.raw, origins.open);
  };
}

function refusal(c: Context<HttpEnv>, deps: RequestGuardDeps): Response | null {
  const { origins, publicUrl, limiter } = deps;
  const { raw, path } = c.req;
  if (raw.url.length > HTTP_LIMITS.urlChars) {
    return problem("URI_TOO_LONG", `A URL is at most ${HTTP_LIMITS.urlChars} characters.`);
  }
  if (!origins.hostAllowed(c.req.header("host") ?? new URL(raw.url).host)) {
    const text = `This server answers as ${new URL(publicUrl).host}. Its operator sets PUBLIC_URL.`;
    return problem("HOST_NOT_SERVED", text);
  }
  const origin = c.req.header("origin");
  if (origin !== undefined && isForPrograms(path) && !origins.originAllowed(origin)) {
    const text =
      "Pages of this origin may not call this server. Its operator sets ALLOWED_ORIGINS.";
    return problem("ORIGIN_NOT_ALLOWED", text);
  }
  const standing = limiter?.take(rateOf(raw.method, path), c.env.address);
  return standing && standing.retryAfterMs > 0 ? tooManyRequests(standing) : null;
}
