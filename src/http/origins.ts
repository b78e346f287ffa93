/** Which hosts this server answers as, and which web pages may call it.
 *
 *  DNS rebinding: a page at evil.example lets its own name point to this machine, and its script
 *  then calls the server as if it were its own. The browser sends the name it knows, so a `Host`
 *  that is neither the public URL's nor a loopback name is refused. Those are safe, whatever the
 *  server is bound to: nobody else can make them resolve. Ports make no difference to that, and
 *  forwarding changes them.
 *
 *  `Origin`: tokens are not ambient, a foreign page has none of its visitor's, so what it can do at
 *  most is to become a guest itself. Where anyone can reach the server, which https stands for, it
 *  could do that without a browser, and every origin is welcome. A server without https is on
 *  somebody's machine or network, where a page must not reach what its author can't: there only
 *  pages of the same machine may call, and those the operator lists. */
import { isLoopbackHost } from "../kernel/loopback.ts";

export interface OriginPolicy {
  /** Whether a `Host`, with or without a port, is one that this server answers as. */
  hostAllowed(host: string): boolean;
  /** Whether a page of this `Origin` may call. */
  originAllowed(origin: string): boolean;
  /** Whether every page may. */
  open: boolean;
}

interface OriginSettings {
  publicUrl: string;
  /** The platform has chosen the server by its name already, so that every `Host` is right. */
  anyHost: boolean;
  /** Origins, or `*` for all of them; undefined: as the module says. */
  allowedOrigins: readonly string[] | undefined;
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
      return !isPublic && URL.canParse(origin) && isLoopbackHost(new URL(origin).hostname);
    },
  };
}
