/** `/assets/<file>`: the scripts of the pages. */
import { Hono } from "@hono/hono";
import { forPeople } from "../../http/route_declaration.ts";
import type { Assets } from "./assets.ts";

const SCRIPT = {
  "content-type": "text/javascript; charset=utf-8",
  "cache-control": "public, max-age=31536000, immutable",
};

export function assetRoutes(assets: Assets): Hono {
  const app = new Hono();
  app.get("/assets/:file", forPeople(), async (c, next) => {
    const bytes = await assets.read(c.req.param("file"));
    return bytes ? c.body(bytes, 200, SCRIPT) : await next();
  });
  return app;
}
