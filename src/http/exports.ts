/** Downloads of exports, `GET /exports/<ticket>`. The ticket names the view that it opens, so the
 *  route needs no token. */
import { Hono } from "@hono/hono";
import type { RateLimiter } from "../domain/limits/rate_limit.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { HttpEnv } from "./request_guard.ts";
import { problemResponse } from "./problem.ts";
import { tooManyRequests } from "./rate_headers.ts";
import { forPeople } from "./route_declaration.ts";

interface ExportRoutesDeps {
  /** Absent if there are no rate limits. */
  limiter?: RateLimiter | undefined;
  /** The export of a ticket, in pieces; null if the ticket has expired or is invalid. */
  take: (ticket: string) => Promise<AsyncGenerator<string> | null>;
}

export function exportRoutes({ take, limiter }: ExportRoutesDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>().get("/exports/:ticket", forPeople(), async (c) => {
    const { address } = c.env;
    const standing = limiter?.look("downloads", address);
    if (standing && standing.retryAfterMs > 0) return tooManyRequests(standing);
    const pieces = await take(c.req.param("ticket"));
    if (!pieces) {
      const text =
        "This download link has expired or is invalid. Call export_channel for a new one.";
      return problemResponse(new Refusal("CHANNEL_NOT_FOUND", text));
    }
    const encoder = new TextEncoder();
    const body = ReadableStream.from((async function* () {
      for await (const piece of pieces) {
        const bytes = encoder.encode(piece);
        // A download that has started always finishes: the limiter only counts its bytes.
        limiter?.charge("downloads", address, bytes.length);
        yield bytes;
      }
    })());
    return c.body(body, 200, {
      "content-type": "application/json",
      "content-disposition": 'attachment; filename="channel.json"',
      "cache-control": "no-store",
    });
  });
}
