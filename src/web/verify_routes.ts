/** `/verify`, and `/verify.html`, the same from disk. */
import { Hono } from "@hono/hono";
import type { OfferedExport } from "../channels/proof/export_offers.ts";
import type { PublishedKey } from "../domain/proof/channel_export.ts";
import { forPeople } from "../http/route_declaration.ts";
import type { BuiltVerifier } from "./assets/assets.ts";

interface VerifyDeps {
  verifier: BuiltVerifier | undefined;
  /** The origin that gives the logs their names. */
  publicUrl: string;
  keys: readonly PublishedKey[];
  lookAtExport: (ticket: string) => Promise<OfferedExport | null>;
}

/** With `?export=<ticket>`, the page begins with the export of `/exports/<ticket>`. */
export function verifyRoutes({ verifier, publicUrl, keys, lookAtExport }: VerifyDeps): Hono {
  const app = new Hono();
  const { host } = new URL(publicUrl);
  app.get("/verify", forPeople(), async (c) => {
    const ticket = c.req.query("export");
    const offer = ticket === undefined ? null : await lookAtExport(ticket);
    const [{ page }, { verifyPage }] = await Promise.all([
      import("./frame/page.tsx"),
      import("./pages/verify.tsx"),
    ]);
    const content = verifyPage({
      verifier,
      host,
      keys: keys.map(({ public_key }) => public_key),
      offered: offer ? { offer, path: `/exports/${ticket}` } : undefined,
      gone: ticket !== undefined && !offer,
    });
    c.header("cache-control", "no-store");
    return await page(c, "Verify a game", content, { islands: ["verify", "copy"] });
  });
  app.get("/verify.html", forPeople(), async (c, next) => {
    const bytes = await verifier?.page();
    if (!bytes) return await next();
    return c.body(bytes, 200, {
      "content-type": "text/html; charset=utf-8",
      "content-disposition": 'attachment; filename="verify.html"',
      "cache-control": "no-cache",
    });
  });
  return app;
}
