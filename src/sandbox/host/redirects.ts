/** One call of a bot, from its request through all redirects to the final response. Every redirect
 *  is checked against the same rules as the first URL, and may not lead from https to http. */
import type { NetAnswer, NetRequest } from "../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import type { CourierFailure, CourierResult, CourierTask } from "../wire/courier_task.ts";
import { type NetPolicy, shown } from "./net_policy.ts";
import { type Failed, failed } from "../wire/net_request.ts";

const NO_URL = "The URL is invalid or too long.";
const NO_HOST = "The host name or the port is invalid.";

type FetchTask = Extract<CourierTask, { kind: "fetch" }>;

/** The headers that a redirect to another origin keeps. Any other header may be a secret. */
const HARMLESS_HEADERS = ["accept", "accept-language", "content-type"];

export class RedirectChain {
  /** The reason for refusing the first request, if any. */
  readonly refusal: Failed | undefined;
  #request: NetRequest;
  #policy: NetPolicy;
  #ask: (task: CourierTask) => Promise<CourierResult>;
  #url: URL | null;

  constructor(
    request: NetRequest,
    policy: NetPolicy,
    ask: (task: CourierTask) => Promise<CourierResult>,
  ) {
    this.#request = request;
    this.#policy = policy;
    this.#ask = ask;
    const isTls = request.kind === "tls";
    this.#url = isTls ? tlsUrl(request.host, request.port) : urlOf(request.url);
    const why = this.#url ? policy.refusal(this.#url) : isTls ? NO_HOST : NO_URL;
    this.refusal = why === undefined ? undefined : failed("refused", why);
  }

  /** Call it only if there is no refusal. Never rejects. */
  async answer(): Promise<NetAnswer> {
    const url = this.#url!;
    try {
      if (this.#request.kind === "fetch") return await this.#fetch(this.#request, url);
      const port = Number(url.port) || 443;
      const result = await this.#ask({ kind: "tls", host: url.hostname, port });
      if (result.kind === "certified") return result;
      return failure(url, result.kind === "failed" ? result.why : "broken");
    } catch {
      return failure(url, "denied");
    }
  }

  async #fetch(
    { method, headers, body, redirect }: Extract<NetRequest, { kind: "fetch" }>,
    first: URL,
  ): Promise<NetAnswer> {
    let url = first;
    let task: FetchTask = {
      kind: "fetch",
      method,
      url: url.href,
      headers,
      body: body === null ? null : Uint8Array.fromBase64(body),
    };
    for (let redirects = 0;; redirects++) {
      const result = await this.#ask(task);
      if (result.kind === "fetched") {
        const { status, headers, body } = result;
        return { kind: "fetched", url: url.href, status, headers, body: body.toBase64() };
      }
      if (result.kind !== "moved") {
        return failure(url, result.kind === "failed" ? result.why : "broken");
      }
      if (redirect === "error") {
        return failed(
          "refused",
          `${shown(url.hostname)} redirects the request, which says redirect: "error".`,
        );
      }
      if (redirect === "manual") {
        const { status, location } = result;
        return {
          kind: "fetched",
          url: url.href,
          status,
          headers: [["location", location]],
          body: "",
        };
      }
      if (redirects === BOT_LIMITS.netRedirects) {
        return failed("limit", `A request follows at most ${BOT_LIMITS.netRedirects} redirects.`);
      }
      const to = urlOf(result.location, url);
      const why = to ? this.#policy.refusal(to) : NO_URL;
      if (!to || why !== undefined) return misled(url, why);
      if (url.protocol === "https:" && to.protocol === "http:") {
        return misled(url, "It leads from https to http.");
      }
      task = redirected(task, result.status, url, to);
      if (task.body && to.origin !== url.origin) {
        return misled(url, "It would send the request's body to another origin.");
      }
      url = to;
    }
  }
}

/** An absolute URL without its fragment, which is never sent; null if it is invalid or too long. */
function urlOf(text: string, base?: URL): URL | null {
  const url = URL.parse(text, base);
  if (!url || url.href.length > BOT_LIMITS.netUrlChars) return null;
  url.hash = "";
  return url;
}

/** Null unless the host is in the canonical spelling, as in a certificate. */
function tlsUrl(host: string, port: number): URL | null {
  const url = URL.parse(`https://${host}:${port}/`);
  return url?.hostname === host.toLowerCase() ? url : null;
}

/** The task after a redirect, as in the Fetch Standard, except that another origin gets only
 *  `HARMLESS_HEADERS`. */
function redirected(task: FetchTask, status: number, from: URL, to: URL): FetchTask {
  const drops = task.method === "POST" && status <= 303;
  return {
    kind: "fetch",
    method: drops ? "GET" : task.method,
    url: to.href,
    headers: task.headers.filter(([name]) =>
      (from.origin === to.origin || HARMLESS_HEADERS.includes(name.toLowerCase())) &&
      !(drops && name.toLowerCase().startsWith("content-"))
    ),
    body: drops ? null : task.body,
  };
}

function misled({ hostname }: URL, why: string | undefined): Failed {
  return failed("refused", `${shown(hostname)} sent a redirect that is not allowed: ${why}`);
}

function failure({ hostname }: URL, why: CourierFailure): Failed {
  const host = shown(hostname);
  switch (why) {
    case "private":
      return failed("refused", `${host} can't be reached: it resolves to a private address.`);
    case "denied":
      return failed("refused", `Bots may not reach ${host}.`);
    case "large":
      return failed("limit", `${host} answered with more than ${BOT_LIMITS.netAnswerBytes} bytes.`);
    case "unknown":
      return failed("unreachable", `${host} can't be reached: its name can't be resolved.`);
    case "untrusted":
      return failed("unreachable", `${host} can't be reached: its certificate is not trusted.`);
    case "expired":
      return failed("unreachable", `${host} can't be reached: its certificate has expired.`);
    case "misnamed":
      return failed("unreachable", `${host} can't be reached: its certificate is not for it.`);
    case "broken":
      return failed("unreachable", `${host} closed the connection before the end of its response.`);
    case "unreachable":
      return failed("unreachable", `${host} can't be reached.`);
  }
}
