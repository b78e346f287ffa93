/** Keeps proxies from collecting events. nginx buffers and compresses an answer unless it is told
 *  otherwise, and then a reader gets an event when the buffer is full, or never. */
import type { MiddlewareHandler } from "@hono/hono";

export function unbufferedStreams(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    if (!headers.get("content-type")?.startsWith("text/event-stream")) return;
    const caching = headers.get("cache-control") ?? "no-cache";
    if (!caching.includes("no-transform")) {
      c.res.headers.set("cache-control", `${caching}, no-transform`);
    }
    c.res.headers.set("x-accel-buffering", "no");
  };
}
