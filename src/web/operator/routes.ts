/** `/operator`: the state of the server, for the people whom its operator names. For everybody else
 *  there is no such page, by no method. */
import { Hono } from "@hono/hono";
import type { Browsers } from "../../accounts/access/browser.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { frame } from "../frame/load.ts";
import type { OperatorFigures } from "./figures.ts";

interface OperatorDeps {
  browsers: Browsers;
  /** Whether a principal may look at the page. */
  operates: (principal: string) => boolean;
  figures: () => Promise<OperatorFigures>;
}

export function operatorRoutes({ browsers, operates, figures }: OperatorDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  // Not `get`: then other methods would be answered by 405, and tell that there is a page.
  app.use("/operator", forPeople(), async (c, next) => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") return await next();
    const caller = await browsers.callerOf(c, c.env.address);
    if (caller?.kind !== "person" || !operates(caller.principal)) return await next();
    const [{ page }, { operatorPage }] = await Promise.all([frame(), import("./page.tsx")]);
    c.header("cache-control", "no-store");
    return await page(c, "State of the server", operatorPage(await figures()));
  });
  return app;
}
