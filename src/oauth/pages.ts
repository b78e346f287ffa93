/** The frame of every page of sign-in, in plain HTML: no script, no style, nothing loaded, framed
 *  by nobody. `html` escapes what it is given. */
import type { Context } from "@hono/hono";
import { html } from "@hono/hono/html";
import { NO_STORE } from "../accounts/errors.ts";

export type Html = ReturnType<typeof html>;

export interface PageOptions {
  status?: 200 | 400 | 502;
  /** Addresses that an answer to one of its forms may lead to. */
  leadsTo?: string[];
}

/** Browsers apply `form-action` to the whole chain of redirects, and a client's redirect URI often
 *  sends on to another of its hosts: so any https address may follow, and where a page leads to
 *  this very machine or to Cursor, what does. */
export function page(
  c: Context,
  title: string,
  body: Html,
  { status = 200, leadsTo = [] }: PageOptions = {},
): Response | Promise<Response> {
  const schemes = new Set(["https:", ...leadsTo.map((url) => new URL(url).protocol)]);
  const document = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>${title}</title>
      </head>
      <body><h1>${title}</h1>
    ${body}
      </body>
    </html>
  `;
  return c.html(document, status, {
    ...NO_STORE,
    "Content-Security-Policy": `default-src 'none'; base-uri 'none'; form-action 'self' ${
      [...schemes].join(" ")
    }; frame-ancestors 'none'`,
  });
}

/** Says why sign-in cannot go on, when there is no app that may be told. */
export function messagePage(
  c: Context,
  title: string,
  message: string,
  { status = 400, link }: {
    status?: PageOptions["status"];
    link?: { href: string; text: string };
  } = {},
): Response | Promise<Response> {
  const way = link && html`<p><a href="${link.href}">${link.text}</a></p>`;
  return page(c, title, html`<p>${message}</p>${way}`, { status });
}

export function stalePage(c: Context): Response | Promise<Response> {
  return messagePage(
    c,
    "This page is no longer valid",
    "It was answered already, is older than ten minutes or belongs to another browser or person. Start again in the app.",
  );
}
