/** The HTTPS proxy of the operator's network. Deno's own `fetch` reads the same variables and
 *  decides in the same way. Pure. */

export interface ProxySettings {
  /** Its URL, with a name and a password if it asks for them. */
  url: string;
  /** Host names that are called directly, with the names below them; `*` for all. */
  except: readonly string[];
}

/** Names of private networks and of this machine (RFC 6761, 6762, 8375, and ICANN's `internal`). A
 *  proxy might resolve them to addresses behind it. */
const PRIVATE =
  /(?:^|\.)(?:localhost|local|internal|intranet|private|corp|home|lan|home\.arpa)\.?$/;

/** The URL of the proxy that a request to a host goes through; undefined: none. */
export function proxyFor(hostname: string, proxy: ProxySettings | undefined): string | undefined {
  const direct = proxy?.except.some((name) =>
    name === "*" || `.${hostname}`.endsWith(`.${name.replace(/^\*?\./, "").toLowerCase()}`)
  );
  return direct ? undefined : proxy?.url;
}

/** Whether a proxy may be asked for a host by its name alone. */
export function isPublicName(hostname: string): boolean {
  return hostname.replace(/\.$/, "").includes(".") && !PRIVATE.test(hostname);
}
