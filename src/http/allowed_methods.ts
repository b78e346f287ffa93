/** Answers a method that a path does not serve: with 405 and `Allow`, and `OPTIONS` with 204 and
 *  the same header. */
import type { Hono, MiddlewareHandler } from "@hono/hono";
import { methodNotAllowed } from "@hono/hono/method-not-allowed";
import type { HttpEnv } from "./request_guard.ts";
import { problem } from "./problem.ts";

/** The refusal of a method at a path that serves others. */
export function notAllowed(methods: readonly string[]): Response {
  const allow = allowOf(methods);
  return problem("METHOD_NOT_ALLOWED", `Use ${allow}.`, { allow });
}

function allowOf(methods: readonly string[]): string {
  return [...methods, "OPTIONS"].toSorted().join(", ");
}

/** Reads the routes of `app` at the first request that no route answers. */
export function allowedMethods(app: Hono<HttpEnv>): MiddlewareHandler {
  return methodNotAllowed({
    app,
    onMethodNotAllowed(c, methods) {
      if (c.req.method !== "OPTIONS") return notAllowed(methods);
      return new Response(null, { status: 204, headers: { allow: allowOf(methods) } });
    },
  });
}
