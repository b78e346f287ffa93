/** Decides for which host names the server answers, and which web pages may call it.
 *
 *  `Host`: in a DNS rebinding attack, evil.example resolves to this machine, and the script of its
 *  page calls the server as if it were the page's own. The browser then sends evil.example as
 *  `Host`, so the server refuses every `Host` but the public URL's and loopback names. Those are
 *  safe, whatever address the server is bound to, because an attacker can't change how they
 *  resolve. The policy ignores the port: it makes no difference to the attack, and port forwarding
 *  changes it.
 *
 *  `Origin`: browsers attach no tokens by themselves, so a foreign page has none of its visitor's
 *  and can at most become a guest itself. If anyone can reach the server, as https implies, the
 *  page's author could do that without a browser, so every origin may call. A server without https
 *  is on somebody's machine or network, and a page must not reach what its author can't. So only
 *  pages of the same machine may call it, and those of origins that the operator lists. Apps with a
 *  web view send origins with a scheme of their own, some of them a new host for every window. */
import { isLoopbackHost } from "../kernel/loopback.ts";

export interface OriginPolicy {
  /** Whether the server answers for a `Host`, which may have a port. */
  hostAllowed(host: string): boolean;
  /** Whether a page of this `Origin` may call. */
  originAllowed(origin: string): boolean;
  /** Whether pages of every origin may call. */
  open: boolean;
}

interface OriginSettings {
  publicUrl: string;
  /** Whether the platform routes requests by host name, so that every `Host` is valid. */
  anyHost: boolean;
  /** See `listedOrigin`; undefined: the default that the module's header explains. */
  allowedOrigins: readonly string[] | undefined;
}

/** An entry of the operator's list in the form in which requests carry it: an http(s) origin, an
 *  app's such as `app://obsidian.md`, `null`, or `*` for all origins. A scheme alone, as in
 *  `vscode-webview://` or `vscode-webview://*`, stands for every origin with it. Undefined for any
 *  other text. */
export function listedOrigin(text: string): string | undefined {
  if (text === "*" || text === "null") return text;
  const app = /^([a-z][a-z0-9+.-]*:\/\/)(?:\*|([a-z0-9._~-]*(?::\d{1,5})?))\/?$/i.exec(text);
  if (app !== null && !/^(https?|file|data|javascript):/i.test(text)) {
    return `${app[1]}${app[2] ?? ""}`.toLowerCase();
  }
  if (!/^https?:[^*]+$/i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, href } = new URL(text);
  return href === `${origin}/` ? origin : undefined;
}

export function originPolicy(settings: OriginSettings): OriginPolicy {
  const { publicUrl, anyHost, allowedOrigins } = settings;
  const { hostname, origin: own, protocol } = new URL(publicUrl);
  const isPublic = protocol === "https:";
  const open = allowedOrigins?.includes("*") ?? isPublic;
  return {
    open,
    hostAllowed(host) {
      const name = host.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
      return anyHost || name === hostname || isLoopbackHost(name);
    },
    originAllowed(origin) {
      if (open || origin === own || allowedOrigins?.includes(origin)) return true;
      const [scheme] = /^[a-z][a-z0-9+.-]*:\/\//.exec(origin) ?? [];
      if (scheme !== undefined && allowedOrigins?.includes(scheme)) return true;
      return !isPublic && URL.canParse(origin) && isLoopbackHost(new URL(origin).hostname);
    },
  };
}
