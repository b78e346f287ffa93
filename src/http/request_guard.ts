/** The checks that every request passes before its route runs: the length of its URL, its host, its
 *  origin, and the rate of its address. */
import type { Context, MiddlewareHandler } from "@hono/hono";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import type { RateLimiter } from "../domain/limits/rate_limit.ts";
import type { OriginPolicy } from "./origins.ts";
import { problem } from "./problem.ts";
import { setRateHeaders, tooManyRequests } from "./rate_headers.ts";
import { declarationOf } from "./route_declaration.ts";

/** The values that a request carries through Hono. */
export interface HttpEnv {
  Bindings: {
    /** The address of the caller: see `peer_address.ts`. */
    address: string;
  };
  Variables: {
    /** The caller, once a route has checked its token. */
    principal: string | undefined;
  };
}

interface RequestGuardDeps {
  origins: OriginPolicy;
  /** The URL by which clients call the server. */
  publicUrl: string;
  /** Absent if there are no rate limits. */
  limiter?: RateLimiter | undefined;
  /** Is told of a host that the server does not answer for. */
  refusedHost?: (host: string) => void;
}

export function requestGuard(deps: RequestGuardDeps): MiddlewareHandler<HttpEnv> {
  const { limiter } = deps;
  return async (c, next) => {
    const refused = refusal(c, deps);
    if (refused !== null) return refused;
    await next();
    const principal = c.get("principal");
    if (limiter && principal !== undefined) {
      setRateHeaders(c.res.headers, limiter.look("calls", principal));
    }
  };
}

function refusal(c: Context<HttpEnv>, deps: RequestGuardDeps): Response | null {
  const { origins, publicUrl, limiter } = deps;
  const { raw } = c.req;
  const { audience, rate } = declarationOf(c);
  if (audience === "load_balancers") return null;
  if (raw.url.length > HTTP_LIMITS.urlChars) {
    return problem(
      "URI_TOO_LONG",
      `A URL has at most ${HTTP_LIMITS.urlChars} characters. Shorten it.`,
    );
  }
  const host = c.req.header("host") ?? new URL(raw.url).host;
  if (!origins.hostAllowed(host)) {
    deps.refusedHost?.(host);
    const text = `This server's address is ${publicUrl}: use that instead. The operator can set ` +
      "another one with PUBLIC_URL.";
    return problem("HOST_NOT_SERVED", text);
  }
  const origin = c.req.header("origin");
  if (origin !== undefined && audience === "programs" && !origins.originAllowed(origin)) {
    const text =
      "Web pages of this origin may not call this server. The operator can allow the origin with " +
      "ALLOWED_ORIGINS.";
    return problem("ORIGIN_NOT_ALLOWED", text);
  }
  const standing = limiter?.take(rate, c.env.address);
  return standing && standing.retryAfterMs > 0 ? tooManyRequests(standing) : null;
}
