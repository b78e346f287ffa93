/** The routes of the pages for people. */
import { type Context, Hono } from "@hono/hono";
import { type ConnectPage, connectPage } from "./connect_page.ts";
import type { OfferedExport } from "../channels/proof/export_offers.ts";
import { forPeople } from "../http/route_declaration.ts";
import { exportGonePage, exportPage } from "./export_page.ts";
import { homePage } from "./home_page.ts";
import { page } from "./frame/page.ts";

interface WebDeps extends ConnectPage {
  /** The export that a ticket opens; null if it opens none. */
  lookAtExport: (ticket: string) => Promise<OfferedExport | null>;
}

const acceptsHtml = (c: Context) => c.req.header("accept")?.includes("text/html") ?? false;

/** `/` is also an MCP endpoint, and `/exports/<ticket>` is also a file. A request gets the page
 *  only if it accepts HTML. */
export function webRoutes(deps: WebDeps): Hono {
  const app = new Hono();
  app.get("/", async (c, next) => {
    if (!acceptsHtml(c)) return await next();
    return await page(c, "MCP Multiplayer", homePage(deps.publicUrl));
  });
  app.get("/connect", forPeople(), (c) => page(c, "Connect to MCP Multiplayer", connectPage(deps)));
  app.get("/exports/:ticket", forPeople(), async (c, next) => {
    c.header("vary", "accept");
    if (!acceptsHtml(c) || c.req.query("download") !== undefined) return await next();
    const offered = await deps.lookAtExport(c.req.param("ticket"));
    c.header("cache-control", "no-store");
    if (offered) return await page(c, offered.name, exportPage(offered, c.req.url));
    return await page(c, "No export", exportGonePage(), { status: 404 });
  });
  return app;
}
