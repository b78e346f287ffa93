/** A bot's two announcements against each other, and what it asked of the network against the hosts
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
import { canonicalText, type JsonObject } from "../../kernel/json.ts";
import { wrongIf } from "./wrong.ts";

type Attach = NonNullable<ReturnType<typeof botAttached.in>>;
type Manifest = NonNullable<ReturnType<typeof botDescribed.in>>;

/** The excerpt is one of the manifest, and the hosts are those that the manifest declares. */
export function checkDescribed(attach: Attach, described: Manifest, id: number): void {
  const { manifest_excerpt: { name, version, summary, params }, manifest } = described;
  const same = name === attach.name && version === attach.version;
  wrongIf(!same, "It describes another bot than was announced.", id);
  wrongIf(summary !== summaryOf(manifest), "The summary is not the manifest's.", id);
  const missing = Object.keys(objectIn(manifest.params)).some((key) => !Object.hasOwn(params, key));
  wrongIf(missing, "A parameter that the manifest gives is missing.", id);
  const net = netOf(manifest);
  wrongIf(
    net === undefined || canonicalText(net) !== canonicalText(attach.net),
    "It was announced with other hosts than its manifest declares.",
    id,
  );
}

/** Of a manifest's own words, as they are announced. */
function summaryOf({ summary }: JsonObject): string {
  return typeof summary === "string" ? summary.slice(0, 300).toWellFormed() : "";
}

function objectIn(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function netOf(manifest: JsonObject): BotNet | undefined {
  try {
    return declaredNet(manifest);
  } catch {
    return undefined; // what no server attaches
  }
}

/** An answer comes only from a host that the bot declares, and only what holds a sealed value is
 *  left out. */
export function checkExchange({ net, env }: Attach, told: AnnouncedExchange, id: number): void {
  if ("cut" in told) {
    const none = net.length === 0 && told.answer.kind !== "failed";
    return wrongIf(none, "The bot declares no hosts, and was answered.", id);
  }
  const { request, answer } = told;
  for (const part of [request, answer]) {
    const withheld = "withheld" in part && part.withheld !== undefined;
    wrongIf(withheld && !env, "A body is withheld, and the bot has no sealed values.", id);
    if (!("body_hash" in part || "withheld" in part || "body_bytes" in part)) continue;
    const whole = (part.body_hash === undefined) === withheld && part.body_bytes !== undefined;
    wrongIf(!whole, "A body is told by its hash and its length.", id);
  }
  if (answer.kind === "failed") return;
  wrongIf(
    (request.kind === "fetch") !== (answer.kind === "fetched") || !("body_bytes" in answer),
    "Another question was answered.",
    id,
  );
  const asked = request.kind === "fetch" ? request.url : `https://${request.host}:${request.port}/`;
  const urls = answer.kind === "fetched" ? [asked, answer.url] : [asked];
  const refused = urls.find((url) => !mayAsk(net, url, env !== undefined));
  wrongIf(refused !== undefined, `The bot may not ask ${refused?.slice(0, 100)}.`, id);
}

/** A URL that holds a sealed value is told without it, perhaps not at all. */
function mayAsk(net: BotNet, text: string, hasEnv: boolean): boolean {
  const hosts = declaredHosts(jobNet(net));
  if (hasEnv && text.includes(SEALED) && !URL.canParse(text)) return hosts.length > 0;
  const url = URL.parse(text);
  if (!url || url.protocol !== "https:" && url.protocol !== "http:") return false;
  return !url.username && !url.password && !isAddress(url.hostname) &&
    namesPort(hostsNamed(hosts, url.hostname), url);
}
