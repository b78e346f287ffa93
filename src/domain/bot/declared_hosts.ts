/** Matches hosts against the entries of a bot's `net`, by spelling alone. Pure and without imports,
 *  because the sandbox's host processes load it. */

export interface DeclaredHost {
  /** `host`, `.host` for all names below it, or `*`. */
  name: string;
  /** Undefined for the default port of the scheme. */
  port: number | undefined;
}

const ENTRY = /^(\*|(?:\*\.)?[a-z0-9_-][a-z0-9_.-]*)(?::(\d{1,5}))?$/;
/** In the form that `new URL()` produces: it normalizes every other spelling of an IPv4 address to
 *  four decimal numbers. */
const ADDRESS = /^(\[.*\]|\d+\.\d+\.\d+\.\d+)$/;

/** Parses `HookJob.net`. Ignores an entry that is not a host. */
export function declaredHosts(net: readonly string[]): DeclaredHost[] {
  return net.flatMap((entry) => {
    const [, name, port] = ENTRY.exec(entry.toLowerCase()) ?? [];
    if (name === undefined || Number(port) > 65_535) return [];
    return { name: name.replace(/^\*\./, "."), port: port === undefined ? port : Number(port) };
  });
}

/** The entries that match a host, with any port. */
export function hostsNamed(hosts: readonly DeclaredHost[], hostname: string): DeclaredHost[] {
  return hosts.filter(({ name }) =>
    name === "*" || name === hostname || name.startsWith(".") && hostname.endsWith(name)
  );
}

/** The port of an http or https URL. */
export function portOf({ protocol, port }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

/** Whether one of these entries, which all match the URL's host, also matches its port. */
export function namesPort(named: readonly DeclaredHost[], url: URL): boolean {
  const usual = url.protocol === "https:" ? 443 : 80;
  const port = portOf(url);
  return port > 0 && named.some((host) => (host.port ?? usual) === port);
}

/** Whether a host is spelled as an IP address. No bot may contact one. */
export function isAddress(hostname: string): boolean {
  return ADDRESS.test(hostname);
}
