/** The frame of the sign-in pages: not cached. */
import type { Context } from "@hono/hono";
import { html } from "@hono/hono/html";
import { NO_STORE } from "../accounts/errors.ts";
import { type Html, page as framed, type PageOptions } from "../web/frame/page.ts";

export function page(
  c: Context,
  title: string,
  body: Html,
  options?: PageOptions,
): Response | Promise<Response> {
  for (const [name, value] of Object.entries(NO_STORE)) c.header(name, value);
  return framed(c, title, body, options);
}

/** A page with an error or a reason, for cases in which no client can receive it. */
export function messagePage(
  c: Context,
  title: string,
  message: string,
  { status = 400, link }: {
    status?: PageOptions["status"];
    link?: { href: string; text: string };
  } = {},
): Response | Promise<Response> {
  const linked = link &&
    html`<p class="actions"><a class="button" href="${link.href}">${link.text}</a></p>`;
  return page(c, title, html`<p>${message}</p>${linked}`, { status });
}

export function stalePage(c: Context): Response | Promise<Response> {
  return messagePage(
    c,
    "This page is no longer valid",
    "You have already answered it, it is older than ten minutes, or it belongs to another browser or person. Start again in the app.",
  );
}
