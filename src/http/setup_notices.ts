/** Notices in requests that the server is set up wrongly behind its proxy, and says so in the log:
 *  each kind once, since one request in a thousand can show it and every further one would repeat
 *  it. Headers can be forged. So nothing follows from a notice, and `X-Forwarded-*` of a public
 *  peer, which need not be a proxy, counts for nothing. */
import ipaddr from "ipaddr.js";
import { isLoopbackHost } from "../kernel/loopback.ts";
import type { Log } from "../kernel/log.ts";

interface SetupDeps {
  publicUrl: string;
  trustedProxies: number;
  log: Log;
}

/** A thing to mend: its name in the log, and what follows from it and what to do. */
export interface SetupNotice {
  event: string;
  consequence: string;
}

/** Scanners ask for every host, so more of them would say nothing. */
const HOSTS_NAMED = 5;
const HOST_CHARS = 100;

export class SetupNotices {
  readonly #deps: SetupDeps;
  readonly #own: URL;
  /** By event and, of those about hosts, host. */
  readonly #said = new Map<string, SetupNotice>();
  #hosts = 0;

  constructor(deps: SetupDeps) {
    this.#deps = deps;
    this.#own = new URL(deps.publicUrl);
  }

  /** What was noticed since the start, oldest first. */
  get all(): SetupNotice[] {
    return [...this.#said.values()];
  }

  /** What the settings alone show. */
  checkSettings(): void {
    const { publicUrl, trustedProxies } = this.#deps;
    const isHttps = this.#own.protocol === "https:";
    if (!isHttps && !isLoopbackHost(this.#own.hostname)) {
      this.#say(
        "public_url_not_https",
        `PUBLIC_URL is ${publicUrl}: Claude and ChatGPT connect to https alone.`,
      );
    }
    if (isHttps && trustedProxies === 0) {
      this.#say(
        "proxies_not_trusted",
        "PUBLIC_URL is https, so a proxy stands in front of this server, and with TRUSTED_PROXIES=0 " +
          "all its clients share the rate limits of one address. Set TRUSTED_PROXIES to the number " +
          "of your proxies.",
      );
    }
  }

  /** A host that the server does not answer for. */
  refusedHost(host: string): void {
    if (this.#hosts >= HOSTS_NAMED) return;
    const named = host.slice(0, HOST_CHARS);
    const consequence = `Requests for ${named} are refused with 421, since PUBLIC_URL is ` +
      `${this.#deps.publicUrl}. If clients should use this host, set PUBLIC_URL to it.`;
    if (this.#say("host_not_served", consequence, named)) this.#hosts++;
  }

  /** Looks at a request. `peer` is the other end of its connection. */
  look(headers: Headers, peer: string): void {
    const { publicUrl, trustedProxies } = this.#deps;
    const host = this.#hostname(headers.get("host"));
    const forwardedFor = headers.get("x-forwarded-for");
    if (trustedProxies > 0 && host === this.#own.hostname) this.#countProxies(forwardedFor);
    if (!isNear(peer)) return;
    const scheme = first(headers.get("x-forwarded-proto"));
    const named = this.#hostname(first(headers.get("x-forwarded-host")));
    if (forwardedFor === null && scheme === undefined && named === undefined) return;
    if (forwardedFor !== null && trustedProxies === 0) {
      this.#say(
        "proxies_not_trusted",
        "Requests come through a proxy, and with TRUSTED_PROXIES=0 all its clients share the rate " +
          "limits of one address. Set TRUSTED_PROXIES to the number of your proxies.",
      );
    }
    const isServed = host === this.#own.hostname || host !== undefined && isLoopbackHost(host);
    if (isServed && named && !isLoopbackHost(named) && named !== this.#own.hostname) {
      this.#say(
        "public_url_differs",
        `A proxy passes on requests for ${named}, but PUBLIC_URL is ${publicUrl}: clients refuse ` +
          `to sign in. Set PUBLIC_URL to the address that they use.`,
      );
    }
    const isPublic = !isLoopbackHost(this.#own.hostname);
    if (isPublic && host !== undefined && isLoopbackHost(host) && trustedProxies === 0 && !named) {
      this.#say(
        "host_replaced",
        "A proxy replaces the Host header by a local name, so this server takes its clients for local " +
          "ones and they refuse to sign in. Let the proxy pass Host on, or set TRUSTED_PROXIES.",
      );
    }
    if (host !== this.#own.hostname || !isPublic) return;
    if (scheme === "https" && this.#own.protocol === "http:") {
      this.#say(
        "public_url_not_https",
        `Clients come by https, but PUBLIC_URL is ${publicUrl}: they refuse to sign in. Set ` +
          `PUBLIC_URL to the https address.`,
      );
    }
    if (scheme === "http" && this.#own.protocol === "https:") {
      this.#say(
        "plain_http_passed",
        "A proxy passes on requests that came by plain http, with tokens that everybody on the way " +
          "can read. Let it redirect http to https.",
      );
    }
  }

  #countProxies(forwardedFor: string | null): void {
    const { trustedProxies } = this.#deps;
    const count = forwardedFor === null ? 0 : forwardedFor.split(",").length;
    if (count >= trustedProxies) return;
    this.#say(
      "proxies_missing",
      `A request came with ${count} addresses in X-Forwarded-For, and TRUSTED_PROXIES is ` +
        `${trustedProxies}: its rate limits are those of the last proxy's address. Let each proxy ` +
        "add its peer to X-Forwarded-For, set TRUSTED_PROXIES to their number, and let nobody " +
        "reach the server without them.",
    );
  }

  /** The name in a `Host` header as URLs spell it; undefined for none and for what is no host. */
  #hostname(host: string | null | undefined): string | undefined {
    // Nearly every request: it need not be parsed.
    if (host === this.#own.host) return this.#own.hostname;
    const url = `http://${host ?? ""}`;
    return URL.canParse(url) ? new URL(url).hostname.slice(0, HOST_CHARS) : undefined;
  }

  /** Whether it was new. */
  #say(event: string, consequence: string, about = ""): boolean {
    const key = `${event} ${about}`;
    if (this.#said.has(key)) return false;
    this.#said.set(key, { event, consequence });
    this.#deps.log("warn", event, { consequence });
    return true;
  }
}

/** Whether the peer is on this machine or its network, where an operator's proxy is. */
function isNear(peer: string): boolean {
  return ipaddr.isValid(peer) && ipaddr.process(peer).range() !== "unicast";
}

function first(header: string | null): string | undefined {
  return header?.split(",", 1)[0]?.trim() || undefined;
}
