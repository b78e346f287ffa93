/** Whom a route is for, and which rate of the calling address it uses. A route says so where it is
 *  defined, with a middleware that does nothing else: `app.use(path, forPrograms())`. */
import type { Context, Handler, MiddlewareHandler } from "@hono/hono";
import { matchedRoutes } from "@hono/hono/route";
import { findTargetHandler } from "@hono/hono/utils/handler";
import type { RateName } from "../domain/limits/rate_limit.ts";

type AddressRate = Extract<RateName, "requests" | "sign_ins" | "registrations">;

interface RouteDeclaration {
  /** Programs may live in a browser and call from pages of other origins. Pages for people check
   *  by themselves where a form comes from. Load balancers call by address, with any `Host`, as
   *  often as they like. */
  audience: "programs" | "people" | "load_balancers";
  rate: AddressRate;
}

/** What holds where nothing is declared, as at a path where there is nothing. */
export const UNDECLARED: RouteDeclaration = { audience: "people", rate: "requests" };

const declarations = new WeakMap<object, RouteDeclaration>();

export function forPrograms(rate: AddressRate = "requests"): MiddlewareHandler {
  return declare({ audience: "programs", rate });
}

export function forPeople(rate: AddressRate = "requests"): MiddlewareHandler {
  return declare({ audience: "people", rate });
}

export function forLoadBalancers(): MiddlewareHandler {
  return declare({ audience: "load_balancers", rate: "requests" });
}

function declare(declaration: RouteDeclaration): MiddlewareHandler {
  const pass: MiddlewareHandler = (_c, next) => next();
  declarations.set(pass, declaration);
  return pass;
}

/** The declaration that was registered last of those that match a request's path and method, so
 *  that a method can differ from the rest of its path. */
export function declarationOf(c: Context): RouteDeclaration {
  let found = UNDECLARED;
  for (const { handler } of matchedRoutes(c)) {
    // Hono wraps the handlers of an app that has an error handler of its own.
    found = declarations.get(findTargetHandler(handler as Handler)) ?? found;
  }
  return found;
}
