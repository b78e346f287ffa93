/** Whether an answer is for a person in a browser or for a program. */
import type { Context } from "@hono/hono";
import { accepts } from "@hono/hono/accepts";
import { declarationOf } from "./route_declaration.ts";

const PAGE = "text/html";

/** Whether a request prefers a page to data. Programs that accept anything get data. */
export function prefersPage(c: Context): boolean {
  return accepts(c, { header: "Accept", supports: [PAGE, "application/json"], default: "" }) ===
    PAGE;
}

/** Whether a person reads the error that a request gets. Some programs' libraries claim to prefer
 *  pages; on a route for programs, only a browser that navigates counts. */
export function readsErrorPage(c: Context): boolean {
  const byPerson = declarationOf(c).audience === "people" ||
    c.req.header("sec-fetch-mode") === "navigate";
  return byPerson && prefersPage(c);
}
