/** The audience of a route, the rate of the calling address that it uses, and the form of its
 *  errors. A route declares them where it is defined, with a middleware that does nothing else:
 *  `app.use(path, forPrograms())`. */
import type { Context, Handler, MiddlewareHandler } from "@hono/hono";
import { matchedRoutes } from "@hono/hono/route";
import { findTargetHandler } from "@hono/hono/utils/handler";
import type { RateName } from "../domain/limits/rate_limit.ts";

type AddressRate = Extract<RateName, "requests" | "sign_ins" | "registrations">;

interface RouteDeclaration {
  /** Programs may run in a browser and call from pages of other origins. Pages for people check the
   *  origin of a form themselves. Load balancers call by address, with any `Host` and without a
   *  rate limit. */
  audience: "programs" | "people" | "load_balancers";
  rate: AddressRate;
  /** A problem document (RFC 9457), OAuth's error document, or JSON-RPC's. */
  errors: "problem" | "oauth" | "json_rpc";
}

/** The declaration of a path that has none of its own, such as one that does not exist. */
export const UNDECLARED: RouteDeclaration = {
  audience: "people",
  rate: "requests",
  errors: "problem",
};

const declarations = new WeakMap<object, RouteDeclaration>();

export function forPrograms(
  rate: AddressRate = "requests",
  errors: RouteDeclaration["errors"] = "problem",
): MiddlewareHandler {
  return declare({ audience: "programs", rate, errors });
}

export function forPeople(rate: AddressRate = "requests"): MiddlewareHandler {
  return declare({ audience: "people", rate, errors: "problem" });
}

export function forLoadBalancers(): MiddlewareHandler {
  return declare({ audience: "load_balancers", rate: "requests", errors: "problem" });
}

function declare(declaration: RouteDeclaration): MiddlewareHandler {
  const pass: MiddlewareHandler = (_c, next) => next();
  declarations.set(pass, declaration);
  return pass;
}

/** The last registered declaration that matches a request's path and method, so that a method can
 *  differ from the rest of its path. */
export function declarationOf(c: Context): RouteDeclaration {
  let found = UNDECLARED;
  for (const { handler } of matchedRoutes(c)) {
    // Hono wraps the handlers of an app that has an error handler of its own.
    found = declarations.get(findTargetHandler(handler as Handler)) ?? found;
  }
  return found;
}
