/** The frame of every page: plain HTML with one style sheet, without scripts or foreign resources.
 *  `html` escapes the values in its templates. */
import type { Context } from "@hono/hono";
import { html, raw } from "@hono/hono/html";
import type { ContentfulStatusCode } from "@hono/hono/utils/http-status";
import { formPolicy, pagePolicy } from "../../http/security_headers.ts";
import { MARK_ELEMENT } from "./mark.ts";
import { STYLE, STYLE_SOURCE } from "./style.ts";

export type Html = ReturnType<typeof html>;

const PRODUCT = "MCP Multiplayer";

export interface PageOptions {
  status?: ContentfulStatusCode;
  /** Further URLs that the answers to the page's forms may redirect to; undefined for a page
   *  without forms. */
  formsLeadTo?: readonly string[];
}

/** The response with a page. The title is its heading, too. */
export function page(
  c: Context,
  title: string,
  body: Html,
  { status = 200, formsLeadTo }: PageOptions = {},
): Response | Promise<Response> {
  const policy = formsLeadTo ? formPolicy(STYLE_SOURCE, formsLeadTo) : pagePolicy(STYLE_SOURCE);
  const document = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title === PRODUCT ? title : `${title} · ${PRODUCT}`}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml">
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <header class="top">
          <a href="/">${raw(MARK_ELEMENT)} ${PRODUCT}</a>
          <nav><a href="/connect">Connect</a></nav>
        </header>
        <main>
          <h1>${title}</h1>
    ${body}
        </main>
      </body>
    </html>
  `;
  return c.html(document, status, { "content-security-policy": policy });
}
