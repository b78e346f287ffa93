/** Compares a bot's two announcements with each other, and its network requests with the hosts that
 *  it declares. */
import type { botAttached, botDescribed } from "../../domain/announcements/bots.ts";
import { type AnnouncedExchange, SEALED } from "../../domain/bot/announced_exchange.ts";
import { type BotNet, declaredNet, jobNet } from "../../domain/bot/bot_network.ts";
import {
  declaredHosts,
  hostsNamed,
  isAddress,
  namesPort,
} from "../../domain/bot/declared_hosts.ts";
import { isParamsSchema } from "../../domain/bot/params_schema.ts";
import { canonicalText, type JsonObject } from "../../kernel/json.ts";
import { wrongIf } from "./wrong.ts";

type Attach = NonNullable<ReturnType<typeof botAttached.in>>;
type Manifest = NonNullable<ReturnType<typeof botDescribed.in>>;

/** Checks that the excerpt, the announced hosts and `private` follow from the manifest. */
export function checkDescribed(attach: Attach, described: Manifest, id: number): void {
  const { manifest_excerpt: { name, version, summary, params }, manifest } = described;
  const same = name === attach.name && version === attach.version;
  wrongIf(!same, "The manifest's name or version is not the announced one.", id);
  wrongIf(summary !== summaryOf(manifest), "The summary in the excerpt is not the manifest's.", id);
  const has = (names: string[]) => names.every((name) => Object.hasOwn(params, name));
  // A server that knew no schemas took one for examples.
  const whole = has(Object.keys(objectIn(manifest.params))) ||
    isParamsSchema(manifest.params) && has(defaultsIn(manifest.params));
  wrongIf(!whole, "The excerpt lacks a parameter of the manifest.", id);
  const net = netOf(manifest);
  wrongIf(
    net === undefined || canonicalText(net) !== canonicalText(attach.net),
    "The announced hosts are not those that the manifest declares.",
    id,
  );
  wrongIf(
    attach.private !== undefined && attach.private !== (manifest.private === true),
    "The manifest does not say what the announcement says about addressed entries.",
    id,
  );
}

/** The manifest's summary, shortened as in announcements. */
function summaryOf({ summary }: JsonObject): string {
  return typeof summary === "string" ? summary.slice(0, 300).toWellFormed() : "";
}

/** The parameters that have a default in a schema. */
function defaultsIn({ properties }: JsonObject): string[] {
  return Object.entries(objectIn(properties))
    .filter(([, property]) => Object.hasOwn(objectIn(property), "default"))
    .map(([name]) => name);
}

function objectIn(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function netOf(manifest: JsonObject): BotNet | undefined {
  try {
    return declaredNet(manifest);
  } catch {
    return undefined; // No server attaches such a bot.
  }
}

/** Checks that an answer comes from a host that the bot declares, and that a body is withheld only
 *  when the bot has sealed values. */
export function checkExchange({ net, env }: Attach, exchange: AnnouncedExchange, id: number): void {
  if ("cut" in exchange) {
    const none = net.length === 0 && exchange.answer.kind !== "failed";
    return wrongIf(none, "The bot declares no hosts, but it received an answer.", id);
  }
  const { request, answer } = exchange;
  for (const part of [request, answer]) {
    const withheld = "withheld" in part && part.withheld !== undefined;
    wrongIf(withheld && !env, "A body is withheld, although the bot has no sealed values.", id);
    if (!("body_hash" in part || "withheld" in part || "body_bytes" in part)) continue;
    const whole = (part.body_hash === undefined) === withheld && part.body_bytes !== undefined;
    wrongIf(!whole, "A body must be recorded by its length and, unless withheld, its hash.", id);
  }
  if (answer.kind === "failed") return;
  wrongIf(
    (request.kind === "fetch") !== (answer.kind === "fetched") || !("body_bytes" in answer),
    "The answer is not of the kind that was requested.",
    id,
  );
  const asked = request.kind === "fetch" ? request.url : `https://${request.host}:${request.port}/`;
  const urls = answer.kind === "fetched" ? [asked, answer.url] : [asked];
  const refused = urls.find((url) => !mayAsk(net, url, env !== undefined));
  wrongIf(refused !== undefined, `The bot may not request ${refused?.slice(0, 100)}.`, id);
}

/** In a recorded URL, a placeholder may stand for a sealed value or for the whole URL, so such a
 *  text may not parse. */
function mayAsk(net: BotNet, text: string, hasEnv: boolean): boolean {
  const hosts = declaredHosts(jobNet(net));
  if (hasEnv && text.includes(SEALED) && !URL.canParse(text)) return hosts.length > 0;
  const url = URL.parse(text);
  if (!url || url.protocol !== "https:" && url.protocol !== "http:") return false;
  return !url.username && !url.password && !isAddress(url.hostname) &&
    namesPort(hostsNamed(hosts, url.hostname), url);
}
