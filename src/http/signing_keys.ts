/** The public keys under which receipts are checked, those that were replaced included. */
import { Hono } from "@hono/hono";
import type { PublishedKey } from "../domain/proof/channel_export.ts";

/** `publicUrl` names the logs: a channel's is `<host>/<channel id>`. */
export function signingKeyRoutes(publicUrl: string, keys: readonly PublishedKey[]): Hono {
  const document = { origin_prefix: `${new URL(publicUrl).host}/`, keys };
  const headers = { "access-control-allow-origin": "*", "cache-control": "public, max-age=300" };
  return new Hono().get(
    "/.well-known/mcp-multiplayer/keys.json",
    (c) => c.json(document, 200, headers),
  );
}
