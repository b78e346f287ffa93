/** The frame of every page: plain HTML with one style sheet, without scripts or external resources.
 *  `html` escapes the values in its templates. */
import type { Context } from "@hono/hono";
import { html, raw } from "@hono/hono/html";
import { formPolicy, pagePolicy } from "../../http/security_headers.ts";
import { STYLE, STYLE_SOURCE } from "./style.ts";

export type Html = ReturnType<typeof html>;

export interface PageOptions {
  status?: 200 | 400 | 404 | 502;
  /** Further URLs that the answers to the page's forms may redirect to; undefined for a page
   *  without forms. */
  formsLeadTo?: readonly string[];
}

/** The response with a page. */
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
        <title>${title}</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
    ${body}
      </body>
    </html>
  `;
  return c.html(document, status, { "content-security-policy": policy });
}
