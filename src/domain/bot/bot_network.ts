/** The hosts that a bot may contact: those that its manifest declares, or any public host when it
 *  declares none. */
import type { JsonObject } from "../../kernel/json.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { Refusal } from "../../kernel/refusal.ts";

export type BotNet = "public" | string[];

const HOST =
  /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:\d{1,5})?$/;
/** A number as the last label makes the name an address. */
const ADDRESS = /(^|\.)(\d+|0x[0-9a-f]*)(:\d+)?$/;

/** The hosts in `manifest.net`, in lower case. Throws BOT_REJECTED when it is anything but a list
 *  of hosts or "public". */
export function declaredNet({ net }: JsonObject): BotNet {
  if (net === undefined || net === "public") return "public";
  if (!Array.isArray(net) || net.length > CHANNEL_LIMITS.netHosts) {
    throw rejected(`must be a list of at most ${CHANNEL_LIMITS.netHosts} hosts`);
  }
  const hosts = net.map((entry) => {
    const host = typeof entry === "string" ? entry.toLowerCase() : "";
    if (HOST.test(host) && !ADDRESS.test(host) && host.length <= 255) return host;
    throw rejected(
      `contains ${JSON.stringify(entry)}, which is not a host name such as api.example.org, ` +
        "*.example.org or example.org:8443",
    );
  });
  return [...new Set(hosts)];
}

/** In the form of `HookJob.net`. */
export function jobNet(net: BotNet): string[] {
  return net === "public" ? ["*"] : net;
}

function rejected(what: string): Refusal {
  return new Refusal("BOT_REJECTED", `manifest.net ${what}. Correct it and attach the bot again.`);
}
