/** The routes of what programs read before they connect. Pages of every origin may read them. */
import { type Context, Hono } from "@hono/hono";
import { etag } from "@hono/hono/etag";
import type { AddressOf } from "../../accounts/access/own_address.ts";
import { forPrograms } from "../../http/route_declaration.ts";
import { aiCatalog, serverCard } from "./documents.ts";
import { llmsText } from "./llms.ts";

interface DiscoveryDeps {
  addressOf: AddressOf;
  guests: boolean;
  version: string;
}

/** The card's own path, and the one where older scanners look. */
const CARD_PATHS = ["/mcp/server-card", "/.well-known/mcp/server-card.json"];
const LASTING = { "cache-control": "public, max-age=3600" };

export function discoveryRoutes({ addressOf, guests, version }: DiscoveryDeps): Hono {
  const app = new Hono();
  const document = (c: Context, type: string, value: unknown) =>
    c.body(`${JSON.stringify(value, null, 2)}\n`, 200, { ...LASTING, "content-type": type });
  for (const path of CARD_PATHS) {
    app.use(path, forPrograms()).get(path, etag(), (c) => {
      const card = serverCard({ publicUrl: addressOf(c.req.raw), version });
      return document(c, "application/mcp-server-card+json", card);
    });
  }
  const catalog = "/.well-known/ai-catalog.json";
  app.use(catalog, forPrograms()).get(catalog, etag(), (c) => {
    return document(
      c,
      "application/ai-catalog+json",
      aiCatalog({ publicUrl: addressOf(c.req.raw) }),
    );
  });
  app.use("/llms.txt", forPrograms()).get("/llms.txt", etag(), (c) => {
    return c.text(llmsText(addressOf(c.req.raw), guests), 200, LASTING);
  });
  return app;
}
