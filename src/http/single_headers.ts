/** Some proxies and clients send a header twice, and HTTP then joins the two values by a comma (RFC
 *  9110 5.3). For a header that has one value, equal values count as one, and the server refuses
 *  values that differ, because nobody knows which one is meant. */
import type { MiddlewareHandler } from "@hono/hono";
import { refused } from "./problem.ts";

const REFUSED = ["Authorization", "Origin", "MCP-Protocol-Version", "Mcp-Session-Id"];
/** These may hold a comma, and whoever reads them refuses what does not fit. */
const LEFT_ALONE = ["Content-Type", "Mcp-Method", "Mcp-Name"];
/** Both, by their names in lower case. */
const SINGLE = new Map([...REFUSED, ...LEFT_ALONE].map((name) => [name.toLowerCase(), name]));

export function singleHeaders(): MiddlewareHandler {
  return async (c, next) => {
    const collapsed = new Map<string, string>();
    for (const [key, value] of c.req.raw.headers) {
      const name = value.includes(",") ? SINGLE.get(key) : undefined;
      if (name === undefined) continue;
      const values = new Set(value.split(",").map((part) => part.trim()).filter(Boolean));
      const [only = ""] = values;
      if (values.size <= 1) collapsed.set(name, only);
      else if (REFUSED.includes(name)) {
        const text = `The header ${name} has several values that differ. Send it once.`;
        return refused(c, "INVALID_REQUEST", text);
      }
    }
    if (collapsed.size > 0) {
      const headers = new Headers(c.req.raw.headers);
      for (const [name, value] of collapsed) headers.set(name, value);
      c.req.raw = new Request(c.req.raw, { headers });
    }
    await next();
  };
}
