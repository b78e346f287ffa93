/** The two pages of sign-in, in plain HTML: no script, no style, nothing loaded. `html` escapes what it is given. */
import type { Context } from "@hono/hono";
import { html } from "@hono/hono/html";
import { NO_STORE } from "./errors.ts";

export interface ConsentPage {
  /** What the client calls itself; nobody has checked it. */
  clientName: string;
  redirectHost: string;
  handle: string;
}

/** Asks whether an app may play here, and says where the answer goes. */
export function consentPage(c: Context, { clientName, redirectHost, handle }: ConsentPage) {
  return page(
    c,
    200,
    "Connect to MCP Multiplayer",
    html`
      <p>An app that calls itself <b><bdi>${clientName ||
        "(no name)"}</bdi></b> wants to play here as a new guest.</p>
      <p>Your answer is sent to <b><bdi>${redirectHost}</bdi></b>. If you did not start this there, refuse.</p>
      <form method="post" action="/oauth/authorize">
        <input type="hidden" name="consent" value="${handle}">
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny">Refuse</button>
      </form>
    `,
  );
}

/** Says why sign-in cannot go on, when there is no app that may be told. */
export function messagePage(c: Context, title: string, message: string) {
  return page(c, 400, title, html`<p>${message}</p>`);
}

function page(c: Context, status: 200 | 400, title: string, body: ReturnType<typeof html>) {
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
  return c.html(document, status, NO_STORE);
}
