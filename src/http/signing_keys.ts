/** The public keys under which receipts are checked, those that were replaced included. */
import { Hono } from "@hono/hono";

export interface PublishedKey {
  /** Ed25519, 32 bytes, hex. */
  publicKey: string;
  since: Date;
  until: Date | null;
}

/** `publicUrl` names the logs: a channel's is `<host>/<channel id>`. */
export function signingKeyRoutes(publicUrl: string, keys: readonly PublishedKey[]): Hono {
  const document = {
    origin_prefix: `${new URL(publicUrl).host}/`,
    keys: keys.map(({ publicKey, since, until }) => ({
      algorithm: "Ed25519",
      public_key: Uint8Array.fromHex(publicKey).toBase64(),
      since: since.toISOString(),
      until: until?.toISOString() ?? null,
    })),
  };
  const headers = { "access-control-allow-origin": "*", "cache-control": "public, max-age=300" };
  return new Hono().get(
    "/.well-known/mcp-multiplayer/keys.json",
    (c) => c.json(document, 200, headers),
  );
}
