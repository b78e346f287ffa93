/** The public keys that verify receipts, including the replaced ones. */
import { Hono } from "@hono/hono";
import type { PublishedKey } from "../domain/proof/channel_export.ts";
import { forPrograms } from "./route_declaration.ts";

const PATH = "/.well-known/mcp-multiplayer/keys.json";

/** `publicUrl` gives the logs their names: the log of a channel is `<host>/<channel id>`. */
export function signingKeyRoutes(publicUrl: string, keys: readonly PublishedKey[]): Hono {
  const document = { origin_prefix: `${new URL(publicUrl).host}/`, keys };
  const headers = { "cache-control": "public, max-age=300" };
  return new Hono().use(PATH, forPrograms()).get(PATH, (c) => c.json(document, 200, headers));
}
