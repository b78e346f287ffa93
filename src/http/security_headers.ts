/** The headers that keep a browser from doing more with an answer than it should: one policy for
 *  all answers, and one Content-Security-Policy for each kind of answer. */
import type { MiddlewareHandler } from "@hono/hono";
import { secureHeaders } from "@hono/hono/secure-headers";

/** What a handler sets itself stays. Cross-Origin-Opener-Policy is left out for clients that wait
 *  for the window in which a person signs in. */
export function securityHeaders(publicUrl: string): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: DATA,
    referrerPolicy: "no-referrer",
    strictTransportSecurity: publicUrl.startsWith("https:") && "max-age=31536000",
    xContentTypeOptions: "nosniff",
    xFrameOptions: "DENY",
    crossOriginOpenerPolicy: false,
    crossOriginResourcePolicy: "same-origin",
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    overwrite: false,
  });
}

/** An answer that is no page loads nothing, should a browser show it. */
const DATA = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** The policy of a page, which brings its style with it. `style` is a source of CSP. */
export function pagePolicy(style: string): string {
  return policy(style, "'none'");
}

/** The policy of a page with forms, whose answers may lead to `leadsTo`. Browsers apply
 *  `form-action` to the whole chain of redirects, and a client's redirect URI often redirects to
 *  another of its hosts: so any https address may follow, and any address with the scheme of one
 *  in `leadsTo`, such as that of an editor. */
export function formPolicy(style: string, leadsTo: readonly string[]): string {
  const schemes = new Set(["https:", ...leadsTo.map((url) => new URL(url).protocol)]);
  return policy(style, ["'self'", ...schemes].join(" "));
}

function policy(style: string, formAction: string): string {
  return `default-src 'none'; style-src ${style}; base-uri 'none'; form-action ${formAction}; ` +
    "frame-ancestors 'none'";
}
