/** Decides which URLs a hook may request, by scheme, host name and port alone. Pure: it does not
 *  look names up. A lookup here would prove nothing, because the owner of a name can change its
 *  address before the connection (DNS rebinding). Deno looks the name up once, checks each address
 *  against `--deny-net`, and connects only to those (denoland/deno#34418), so no gap is left. */
import {
  type DeclaredHost,
  declaredHosts,
  hostsNamed,
  isAddress,
  namesPort,
  portOf,
} from "../../domain/bot/declared_hosts.ts";

export interface NetRules {
  schemes: "off" | "https" | "http";
  /** Names that no bot may reach, in lower case. */
  denied: readonly string[];
  /** For tests: whether names of a single label, such as `localhost`, are allowed. */
  singleLabels: boolean;
}

const NAME = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const NAME_CHARS = 253;
/** Names that are never public (RFC 6761, 6762, 8375 and ICANN's .internal), and further names of
 *  cloud metadata services. */
const PRIVATE_NAME =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home\.arpa|metadata\.tencentyun\.com|metadata\.packet\.net|metadata\.platformequinix\.com)$/;

export class NetPolicy {
  #rules: NetRules;
  #hosts: DeclaredHost[];

  constructor(net: readonly string[], rules: NetRules) {
    this.#rules = rules;
    this.#hosts = declaredHosts(net);
  }

  /** The reason for refusing a URL, or undefined. Considers only its origin and credentials. */
  refusal(url: URL): string | undefined {
    const { schemes } = this.#rules;
    if (schemes !== "https" && schemes !== "http") return "This server gives bots no network.";
    if (this.#hosts.length === 0) return "This bot declares no hosts, so it can't use the network.";
    if (url.protocol !== "https:" && !(url.protocol === "http:" && schemes === "http")) {
      const allowed = schemes === "http" ? "https and http" : "https";
      return `Only ${allowed} URLs are allowed.`;
    }
    if (url.username || url.password) return "A URL can't carry a user name or a password.";
    return this.#hostRefusal(url.hostname) ?? this.#undeclared(url);
  }

  /** The network permission of a courier for these hosts: a list of `host:port`; true for all. */
  get permissions(): string[] | true {
    if (this.#hosts.some(({ name }) => name === "*")) return true;
    const { schemes, denied } = this.#rules;
    const usual = schemes === "http" ? [443, 80] : [443];
    // Deno refuses to start a Worker with a permission that its process lacks, so leave those out.
    const hosts = this.#hosts.filter(({ name }) => !denied.includes(name));
    return hosts.flatMap(({ name, port }) =>
      (port === undefined ? usual : [port]).map((each) => `${name.replace(/^\./, "*.")}:${each}`)
    ).sort();
  }

  #hostRefusal(host: string): string | undefined {
    const named = shown(host);
    if (isAddress(host)) return "Use a host name: addresses are not allowed.";
    if (!NAME.test(host) || host.length > NAME_CHARS) return `${named} is not a valid host name.`;
    if (this.#rules.denied.includes(host)) return `Bots may not reach ${named}.`;
    if (this.#rules.singleLabels && !host.includes(".")) return undefined;
    if (!host.includes(".") || PRIVATE_NAME.test(host)) {
      return `${named} is not a public host name.`;
    }
  }

  #undeclared(url: URL): string | undefined {
    const { hostname } = url;
    const named = hostsNamed(this.#hosts, hostname);
    if (named.length === 0) {
      return `${shown(hostname)} is not among the hosts that this bot declares.`;
    }
    if (namesPort(named, url)) return undefined;
    return `Port ${portOf(url)} of ${
      shown(hostname)
    } is not among the hosts that this bot declares.`;
  }
}

/** A host's name, cut for messages. */
export function shown(host: string): string {
  return host.length > 100 ? `${host.slice(0, 100)}…` : host;
}
