/** Which hosts a bot's `net` names, by their spelling alone. Pure, and without imports: hosts of
 *  bots load it. */

export interface DeclaredHost {
  /** `host`, `.host` for all names below it, or `*`. */
  name: string;
  /** Undefined: the usual port of the scheme. */
  port: number | undefined;
}

const ENTRY = /^(\*|(?:\*\.)?[a-z0-9_-][a-z0-9_.-]*)(?::(\d{1,5}))?$/;
/** As `new URL()` leaves them: it turns every other spelling of an IPv4 address into four decimal
 *  numbers. */
const ADDRESS = /^(\[.*\]|\d+\.\d+\.\d+\.\d+)$/;

/** `net` is that of `HookJob`; an entry that is no host counts for nothing. */
export function declaredHosts(net: readonly string[]): DeclaredHost[] {
  return net.flatMap((entry) => {
    const [, name, port] = ENTRY.exec(entry.toLowerCase()) ?? [];
    if (name === undefined || Number(port) > 65_535) return [];
    return { name: name.replace(/^\*\./, "."), port: port === undefined ? port : Number(port) };
  });
}

/** The entries that name a host, whatever their port. */
export function hostsNamed(hosts: readonly DeclaredHost[], hostname: string): DeclaredHost[] {
  return hosts.filter(({ name }) =>
    name === "*" || name === hostname || name.startsWith(".") && hostname.endsWith(name)
  );
}

/** The port that an http or https URL asks. */
export function portOf({ protocol, port }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

/** Whether one of these entries, all of one host, names the port of a URL. */
export function namesPort(named: readonly DeclaredHost[], url: URL): boolean {
  const usual = url.protocol === "https:" ? 443 : 80;
  const asked = portOf(url);
  return asked > 0 && named.some((host) => (host.port ?? usual) === asked);
}

/** Whether a host is spelled as an address, which no bot may ask. */
export function isAddress(hostname: string): boolean {
  return ADDRESS.test(hostname);
}
