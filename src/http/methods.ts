/** What a path answers to, told from the routes themselves: for 405 and its `Allow`, and for
 *  `OPTIONS`. */
import type { Hono } from "@hono/hono";

/** Reads an app's routes, which must all be there. The function gives a path's methods as `Allow`
 *  lists them, or null where there is no such path. */
export function methodsByPath({ routes }: Pick<Hono, "routes">): (path: string) => string | null {
  const found = new Map<string, Set<string>>();
  for (const { path, method } of routes) {
    if (method === "ALL") continue; // middleware
    const methods = found.get(path) ?? new Set(["OPTIONS"]);
    methods.add(method);
    if (method === "GET") methods.add("HEAD");
    found.set(path, methods);
  }
  const allow = new Map(
    [...found].map(([path, methods]) => [path, [...methods].toSorted().join(", ")]),
  );
  return (path) => allow.get(path) ?? null;
}
