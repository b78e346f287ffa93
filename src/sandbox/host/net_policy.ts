/** Which places a hook may ask, by their spelling alone: schemes, names and ports. Pure. It does
 *  not look names up: the owner of a name can let it resolve to one address now and to another a
 *  moment later (DNS rebinding), so a look-up of our own would prove nothing. Deno looks it up
 *  once, holds each address against `--deny-net` and connects to those alone (denoland/deno#34418):
 *  no window is left. */
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
  /** Names that are never asked, in lower case. */
  denied: readonly string[];
  /** For tests: whether names of one label, such as `localhost`, are asked like any other. */
  singleLabels: boolean;
}

const NAME = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const NAME_CHARS = 253;
/** Never public names (RFC 6761, 6762, 8375 and ICANN's .internal), and what clouds call their
 *  metadata services where they do not use those. */
const PRIVATE_NAME =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home\.arpa|metadata\.tencentyun\.com|metadata\.packet\.net|metadata\.platformequinix\.com)$/;

export class NetPolicy {
  #rules: NetRules;
  #hosts: DeclaredHost[];

  constructor(net: readonly string[], rules: NetRules) {
    this.#rules = rules;
    this.#hosts = declaredHosts(net);
  }

  /** Why this place may not be asked, or undefined. `url` is http or https, without anything but
   *  its origin looked at. */
  refusal(url: URL): string | undefined {
    const { schemes } = this.#rules;
    if (schemes !== "https" && schemes !== "http") return "This server gives bots no network.";
    if (this.#hosts.length === 0) return "This bot declares no hosts, so it can't use the network.";
    if (url.protocol !== "https:" && !(url.protocol === "http:" && schemes === "http")) {
      return schemes === "http" ? "Only https and http can be asked." : "Only https can be asked.";
    }
    if (url.username || url.password) return "A URL can't carry a user name or a password.";
    return this.#hostRefusal(url.hostname) ?? this.#undeclared(url);
  }

  /** The permissions of a courier for these hosts: each `host:port`, or true for any. */
  get permissions(): string[] | true {
    if (this.#hosts.some(({ name }) => name === "*")) return true;
    const { schemes, denied } = this.#rules;
    const usual = schemes === "http" ? [443, 80] : [443];
    // A Worker can't be given what its process is denied: such a name would prevent the whole
    // courier.
    const hosts = this.#hosts.filter(({ name }) => !denied.includes(name));
    return hosts.flatMap(({ name, port }) =>
      (port === undefined ? usual : [port]).map((each) => `${name.replace(/^\./, "*.")}:${each}`)
    ).sort();
  }

  #hostRefusal(host: string): string | undefined {
    const named = shown(host);
    if (isAddress(host)) return "A host is asked by its name, not by an address.";
    if (!NAME.test(host) || host.length > NAME_CHARS) return `${named} is no host name.`;
    if (this.#rules.denied.includes(host)) return `${named} can't be asked by bots.`;
    if (this.#rules.singleLabels && !host.includes(".")) return undefined;
    if (!host.includes(".") || PRIVATE_NAME.test(host)) return `${named} is no public name.`;
  }

  #undeclared(url: URL): string | undefined {
    const { hostname } = url;
    const named = hostsNamed(this.#hosts, hostname);
    if (named.length === 0) return `${shown(hostname)} is not among the hosts this bot declares.`;
    if (namesPort(named, url)) return undefined;
    return `Port ${portOf(url)} of ${shown(hostname)} is not among the hosts this bot declares.`;
  }
}

/** A host as messages name it. */
export function shown(host: string): string {
  return host.length > 100 ? `${host.slice(0, 100)}…` : host;
}
