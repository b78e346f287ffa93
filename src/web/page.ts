/** What this server's own pages have in common: plain HTML with one style sheet, no script, nothing
 *  loaded. */
import type { Context } from "@hono/hono";
import { html, raw } from "@hono/hono/html";

/** The sheet has no characters that HTML would escape. */
const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; }
  h2 { margin-top: 2.5rem; font-size: 1.25rem; }
  code, pre { background: #8882; border-radius: .2em; font-size: .9em; }
  code { padding: .1em .3em; overflow-wrap: anywhere; }
  pre { padding: .8em 1em; overflow-x: auto; line-height: 1.45; }
  pre code { padding: 0; background: none; font-size: 1em; overflow-wrap: normal; }
  .install { display: inline-block; margin-right: .6em; padding: .2em .8em; border: 1px solid; border-radius: .4em; }
`;

const CSP =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export type Html = ReturnType<typeof html>;

/** Answers with a page. */
export function page(c: Context, title: string, body: Html): Response | Promise<Response> {
  c.header("content-security-policy", CSP);
  c.header("x-content-type-options", "nosniff");
  c.header("referrer-policy", "no-referrer");
  return c.html(html`
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
  `);
}

/** Text to be copied as it is. */
export function listing(text: string): Html {
  return raw(`<pre><code>${escaped(text)}</code></pre>`);
}

/** A formatter must not indent what a person copies, so listings are not `html` templates. */
function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character]!);
}
