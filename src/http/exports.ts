/** Downloads of exports, `GET /exports/<ticket>`: the ticket says whose view it is, so no token is asked for. */
import { Hono } from "@hono/hono";
import { Refusal } from "../domain/refusal.ts";
import { problemResponse } from "./problem.ts";

export interface ExportRoutesDeps {
  /** The export behind a ticket, in pieces; null when it opens nothing. */
  take: (ticket: string) => Promise<AsyncGenerator<string> | null>;
}

export function exportRoutes({ take }: ExportRoutesDeps): Hono {
  return new Hono().get("/exports/:ticket", async (c) => {
    const pieces = await take(c.req.param("ticket"));
    if (!pieces) {
      const text = "This link is over, or never was one. Call export_channel for another.";
      return problemResponse(new Refusal("CHANNEL_NOT_FOUND", text));
    }
    const encoder = new TextEncoder();
    const body = ReadableStream.from((async function* () {
      for await (const piece of pieces) yield encoder.encode(piece);
    })());
    return c.body(body, 200, {
      "content-type": "application/json",
      "content-disposition": 'attachment; filename="channel.json"',
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
  });
}
