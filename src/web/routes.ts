/** The pages for people. */
import { Hono } from "@hono/hono";
import { type ConnectPage, connectPage } from "./connect_page.ts";
import { homePage } from "./home_page.ts";
import { page } from "./page.ts";

/** `/` is also an MCP endpoint: it is a page only for who asks for one. */
export function webRoutes(deps: ConnectPage): Hono {
  const app = new Hono();
  app.get("/", async (c, next) => {
    if (!c.req.header("accept")?.includes("text/html")) return await next();
    return await page(c, "MCP Multiplayer", homePage(deps.publicUrl));
  });
  app.get("/connect", (c) => page(c, "Connect to MCP Multiplayer", connectPage(deps)));
  return app;
}
