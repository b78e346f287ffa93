/** The frame of the sign-in pages: not cached. */
import type { Context } from "@hono/hono";
import { NO_STORE } from "../accounts/errors.ts";
import { type Html, page, type PageOptions } from "../web/frame/page.tsx";

export async function framed(
  c: Context,
  title: string,
  body: Html,
  options?: PageOptions,
): Promise<Response> {
  for (const [name, value] of Object.entries(NO_STORE)) c.header(name, value);
  return await page(c, title, body, options);
}

/** A page with an error or a reason. */
export async function message(
  c: Context,
  title: string,
  text: string,
  { status = 400, link = { href: "/", text: "Home" } }: MessageOptions = {},
): Promise<Response> {
  const body = (
    <>
      <p>{text}</p>
      <p class="actions">
        <a class="button" href={link.href}>{link.text}</a>
      </p>
    </>
  );
  return await framed(c, title, body, { status });
}

export interface MessageOptions {
  status?: PageOptions["status"];
  /** The way out. */
  link?: { href: string; text: string };
}
