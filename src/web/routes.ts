/** The routes of the pages for people. */
import { Hono } from "@hono/hono";
import { forPeople } from "../http/route_declaration.ts";
import { prefersPage } from "../http/negotiation.ts";
import { frame } from "./frame/load.ts";
import { MARK_SVG, markIco } from "./frame/mark.ts";
import { gameRoutes } from "./game_routes.ts";
import type { WebDeps } from "./web_deps.ts";
import { listedAtHome, lobbyRoutes, mayList } from "./lobby_routes.ts";

const ICON_CACHE = { "cache-control": "public, max-age=86400" };

/** `/`, `/mcp` and `/mcp/play` are also MCP endpoints, and `/exports/<ticket>` is also a file. A
 *  request gets the page only if it prefers HTML. */
export function webRoutes(deps: WebDeps): Hono {
  const app = new Hono();
  let icon: Uint8Array<ArrayBuffer> | undefined;
  app.get("/", async (c, next) => {
    if (!prefersPage(c)) return await next();
    const [{ page }, { homePage }] = await Promise.all([frame(), import("./pages/home.tsx")]);
    const publicUrl = deps.addressOf(c.req.raw);
    const maySee = await mayList(c, deps);
    const [live, open] = maySee ? await listedAtHome(deps) : [undefined, []];
    return await page(c, "MCP Multiplayer", homePage({ publicUrl, live, open, maySee }), {
      islands: ["copy"],
    });
  });
  app.get("/connect", forPeople(), async (c) => {
    const { guests } = deps;
    const publicUrl = deps.addressOf(c.req.raw);
    const clientDocuments = deps.clientDocuments();
    const [{ page }, { connectPage }] = await Promise.all([frame(), import("./pages/connect.tsx")]);
    const content = connectPage({ publicUrl, guests, clientDocuments });
    return await page(c, "Connect to MCP Multiplayer", content, { islands: ["copy"] });
  });
  for (const path of ["/mcp", "/mcp/play"]) {
    app.get(path, async (c, next) => {
      if (!prefersPage(c)) return await next();
      const [{ page }, { endpointPage }] = await Promise.all([
        frame(),
        import("./pages/endpoint.tsx"),
      ]);
      const content = endpointPage(deps.addressOf(c.req.raw) + path);
      return await page(c, "This address is for agents", content);
    });
  }
  app.route("/", gameRoutes(deps));
  app.route("/", lobbyRoutes(deps));
  app.get("/favicon.svg", forPeople(), (c) => {
    return c.body(MARK_SVG, 200, { ...ICON_CACHE, "content-type": "image/svg+xml" });
  });
  app.get("/favicon.ico", forPeople(), (c) => {
    return c.body(icon ??= markIco(), 200, { ...ICON_CACHE, "content-type": "image/x-icon" });
  });
  app.get("/exports/:ticket", forPeople(), async (c, next) => {
    c.header("vary", "accept");
    if (!prefersPage(c) || c.req.query("download") !== undefined) return await next();
    const offered = await deps.lookAtExport(c.req.param("ticket"));
    c.header("cache-control", "no-store");
    const [{ page }, { exportPage, exportGonePage }] = await Promise.all([
      frame(),
      import("./pages/export.tsx"),
    ]);
    if (offered) return await page(c, offered.name, exportPage(offered, c.req.url));
    return await page(c, "No export at this link", exportGonePage(), { status: 404 });
  });
  return app;
}
