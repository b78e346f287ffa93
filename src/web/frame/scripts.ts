/** The scripts that the frame may put into a page. */
import type { Context, MiddlewareHandler } from "@hono/hono";

/** The path of an island's script; undefined if it was not built. */
type ScriptOf = (island: string) => string | undefined;
const SCRIPT_OF = "script_of";

/** Lets the pages behind it have scripts. */
export function pageScripts(scriptOf: ScriptOf): MiddlewareHandler {
  return (c, next) => {
    c.set(SCRIPT_OF, scriptOf);
    return next();
  };
}

/** The paths of the scripts of islands, as far as they were built. */
export function scriptsOf(c: Context, islands: readonly string[]): string[] {
  const scriptOf: ScriptOf | undefined = c.get(SCRIPT_OF);
  return islands.flatMap((island) => scriptOf?.(island) ?? []);
}
