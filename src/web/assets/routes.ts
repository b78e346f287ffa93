/** `/assets/<file>`: the scripts of the pages. */
import { Hono } from "@hono/hono";
import { forPeople } from "../../http/route_declaration.ts";
import type { Assets } from "./assets.ts";
import { workerPolicy } from "../../http/security_headers.ts";
import type { WorkerName } from "./manifest.ts";

const SCRIPT = {
  "content-type": "text/javascript; charset=utf-8",
  "cache-control": "public, max-age=31536000, immutable",
};

/** The Worker that verifies starts the other one. That one runs bots, and may do nothing else. */
const POLICIES: Record<WorkerName, string> = {
  verify_worker: workerPolicy("worker-src 'self'"),
  guest_worker: workerPolicy("script-src 'wasm-unsafe-eval'"),
};

export function assetRoutes(assets: Assets): Hono {
  const app = new Hono();
  app.get("/assets/:file", forPeople(), async (c, next) => {
    const found = await assets.read(c.req.param("file"));
    if (!found) return await next();
    const { bytes, worker } = found;
    const policy = worker && { "content-security-policy": POLICIES[worker] };
    return c.body(bytes, 200, { ...SCRIPT, ...policy });
  });
  return app;
}
