/** Errors for people: the same answer as a program gets, with its status and headers, as a page. */
import type { MiddlewareHandler } from "@hono/hono";
import type { ContentfulStatusCode } from "@hono/hono/utils/http-status";
import { readsErrorPage } from "../http/negotiation.ts";

const TITLES: Partial<Record<number, string>> = {
  401: "Sign in first",
  403: "Not allowed",
  404: "There is no such page",
  405: "This page does not take that",
  408: "That took too long",
  413: "That is too large",
  421: "This server has another name",
  429: "Too many requests",
  503: "Not available at the moment",
};
const OURS = "Something went wrong here";
const THEIRS = "This request cannot be answered";

/** Headers that describe the body of the data, or that the page sets itself. */
const OF_THE_BODY = ["content-type", "content-length", "content-encoding"];

export function errorPages(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { status, headers } = c.res;
    if (status < 400) return;
    const isData = headers.get("content-type")?.includes("json") ?? false;
    if (!isData || !readsErrorPage(c)) return;
    const problem = await c.res.json();
    const title = TITLES[status] ?? (status >= 500 ? OURS : THEIRS);
    const wait = headers.get("retry-after");
    const [{ page }, { problemPage }] = await Promise.all([
      import("./frame/page.tsx"),
      import("./pages/problem.tsx"),
    ]);
    const text = problem.detail ?? problem.error_description ?? "";
    const body = problemPage({ code: problem.code ?? "", text }, wait);
    c.res = undefined;
    const answer = await page(c, title, body, { status: status as ContentfulStatusCode });
    for (const [name, value] of headers) {
      if (!OF_THE_BODY.includes(name)) answer.headers.set(name, value);
    }
    answer.headers.append("vary", "accept");
    c.res = answer;
  };
}
