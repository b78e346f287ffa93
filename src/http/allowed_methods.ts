/** The answer to a method that a path does not serve: 405 with `Allow`, or to `OPTIONS` 204 with
 *  the same. */
import type { Hono, MiddlewareHandler } from "@hono/hono";
import { methodNotAllowed } from "@hono/hono/method-not-allowed";
import type { HttpEnv } from "./request_guard.ts";
import { problem } from "./problem.ts";

/** Reads the routes of `app` at the first request that finds nothing. */
export function allowedMethods(app: Hono<HttpEnv>): MiddlewareHandler {
  return methodNotAllowed({
    app,
    onMethodNotAllowed(c, methods) {
      const allow = [...methods, "OPTIONS"].toSorted().join(", ");
      if (c.req.method === "OPTIONS") {
        return new Response(null, { status: 204, headers: { allow } });
      }
      return problem("METHOD_NOT_ALLOWED", `Use ${allow}.`, { allow });
    },
  });
}
