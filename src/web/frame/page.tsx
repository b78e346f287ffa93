/** The frame of every page: plain HTML with one style sheet, complete without script and without
 *  foreign resources. JSX escapes all values. */
import type { Context } from "@hono/hono";
import { raw } from "@hono/hono/html";
import type { JSX } from "@hono/hono/jsx/jsx-runtime";
import type { ContentfulStatusCode } from "@hono/hono/utils/http-status";
import { PROBLEM_STATUS } from "../../http/problem.ts";
import { formPolicy, pagePolicy } from "../../http/security_headers.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { MARK_ELEMENT } from "./mark.ts";
import { scriptsOf } from "./scripts.ts";
import { STYLE, STYLE_SOURCE } from "./style.ts";
import { visitorOf } from "./visitor.ts";

export type Html = JSX.Element;

const PRODUCT = "MCP Multiplayer";

const NAVIGATION: readonly [path: string, text: string][] = [
  ["/lobby", "Lobby"],
  ["/games", "Games"],
  ["/leaderboard", "Ladders"],
  ["/verify", "Verify"],
  ["/connect", "Connect"],
];

export interface PageOptions {
  status?: ContentfulStatusCode;
  /** Why the form whose answer the page is was refused: decides the status. */
  refused?: Refusal | undefined;
  /** Further URLs that the answers to the page's forms may redirect to; undefined for a page
   *  without forms. */
  formsLeadTo?: readonly string[];
  /** The islands of `src/web/islands/` whose scripts the page loads, where they were built. */
  islands?: readonly string[];
  /** Of the style elements that a script of the page makes. */
  styleNonce?: string;
  /** How a link to the page is shown elsewhere (Open Graph). */
  preview?: { about: string; image?: string | undefined };
}

/** The response with a page. The title is its heading, too. */
export async function page(
  c: Context,
  title: string,
  body: Html,
  { refused, status = statusOf(refused), formsLeadTo, islands = [], styleNonce, preview }:
    PageOptions = {},
): Promise<Response> {
  const scripts = scriptsOf(c, islands);
  const loads = { style: STYLE_SOURCE, scripts: scripts.length > 0, styleNonce };
  const policy = formsLeadTo ? formPolicy(loads, formsLeadTo) : pagePolicy(loads);
  if (refused?.retryAfterMs !== undefined) {
    c.header("retry-after", String(Math.ceil(refused.retryAfterMs / 1000)));
  }
  const visitor = await visitorOf(c);
  const here = c.req.path;
  const link = (path: string, text: string | Html, label?: string) => {
    const current = here === path ? "page" : here.startsWith(`${path}/`) ? "true" : undefined;
    return <a href={path} aria-current={current} aria-label={label}>{text}</a>;
  };
  const document = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title === PRODUCT ? title : `${title} · ${PRODUCT}`}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        {preview && previewOf(title, preview)}
        <style>{raw(STYLE)}</style>
        {scripts.map(script)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="top">
          <a class="brand" href="/">{raw(MARK_ELEMENT)} {PRODUCT}</a>
          <nav aria-label="Pages">
            {NAVIGATION.map(([path, text]) => link(path, text))}
          </nav>
          <nav class="account" aria-label="Account">
            {visitor.name !== undefined
              ? link("/me", <bdi>{visitor.name}</bdi>, `Your profile, ${visitor.name}`)
              : visitor.signsIn && !visitor.isGuest
              ? link("/login", "Sign in")
              : link("/me", "You", "You: your profile")}
          </nav>
        </header>
        <main id="content">
          <h1>{title}</h1>
          {body}
        </main>
        <footer class="foot">
          <p>
            For programs: <a href="/llms.txt">llms.txt</a>,{" "}
            <a href="/openapi.json">openapi.json</a>, <a href="/mcp/server-card">server card</a>
          </p>
        </footer>
      </body>
    </html>
  );
  return await c.html(`<!doctype html>${await document}`, status, {
    "content-security-policy": policy,
  });
}

function statusOf(refused: Refusal | undefined): ContentfulStatusCode {
  return refused ? PROBLEM_STATUS[refused.code] as ContentfulStatusCode : 200;
}

function previewOf(title: string, { about, image }: NonNullable<PageOptions["preview"]>): Html {
  return (
    <>
      <meta property="og:title" content={title} />
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content={PRODUCT} />
      <meta property="og:description" content={about} />
      {image && <meta property="og:image" content={image} />}
      {image && <meta property="og:image:type" content="image/svg+xml" />}
    </>
  );
}

function script(path: string): Html {
  return <script type="module" src={path}></script>;
}
