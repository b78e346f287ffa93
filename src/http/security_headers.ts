/** The headers that restrict what a browser does with an answer: one policy for all answers, and
 *  one Content-Security-Policy for each kind of answer. */
import type { MiddlewareHandler } from "@hono/hono";
import { secureHeaders } from "@hono/hono/secure-headers";

/** A header that a handler has set stays. There is no Cross-Origin-Opener-Policy, because it would
 *  cut a client off from the window in which a person signs in. */
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

/** The policy of answers that are not pages: if a browser shows one, it loads nothing. */
const DATA = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** What a page loads. */
interface Loads {
  /** The CSP source of the page's own style. */
  style: string;
  /** Whether it loads scripts of this server. They may also call it. */
  scripts: boolean;
  /** Admits the style elements that have this nonce: those which a script of the page makes. */
  styleNonce?: string | undefined;
}

export function pagePolicy(loads: Loads): string {
  return policy(loads, "'none'");
}

/** The policy of a page with forms that may redirect to `leadsTo`. Browsers apply `form-action` to
 *  the whole chain of redirects, and a client's redirect URI often redirects to another of the
 *  client's hosts. So the policy allows every https URL, and every URL with the scheme of one in
 *  `leadsTo`, such as an editor's scheme. */
export function formPolicy(loads: Loads, leadsTo: readonly string[]): string {
  const schemes = new Set(["https:", ...leadsTo.map((url) => new URL(url).protocol)]);
  return policy(loads, ["'self'", ...schemes].join(" "));
}

/** The policy of a Worker, which may do only what `allowed` says. */
export function workerPolicy(allowed: string): string {
  return `default-src 'none'; ${allowed}; frame-ancestors 'none'`;
}

/** A script can't make code or HTML of text: such a value would have to be of a trusted type. */
const OWN_SCRIPTS = "script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; ";

function policy({ style, scripts, styleNonce }: Loads, formAction: string): string {
  const styles = styleNonce === undefined ? style : `${style} 'nonce-${styleNonce}'`;
  return `default-src 'none'; ${scripts ? OWN_SCRIPTS : ""}style-src ${styles}; img-src 'self'; ` +
    `base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`;
}
