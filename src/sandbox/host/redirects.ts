/** One call of a bot from its first request over every redirect to its answer. Each place on the
 *  way is held to the same rules as the first, and none of them is asked in the clear once one was
 *  asked with https. */
import type { NetAnswer, NetRequest } from "../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import type { CourierFailure, CourierResult, CourierTask } from "../wire/courier_task.ts";
import { type NetPolicy, shown } from "./net_policy.ts";
import { type Failed, failed } from "../wire/net_request.ts";

const NO_URL = "This is no URL that can be asked.";

type FetchTask = Extract<CourierTask, { kind: "fetch" }>;

/** The headers that an origin other than the named one is sent: any other may be a key. */
const HARMLESS_HEADERS = ["accept", "accept-language", "content-type"];

export class RedirectChain {
  /** Why it must not even begin. */
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
    this.#url = request.kind === "tls" ? tlsUrl(request.host, request.port) : urlOf(request.url);
    const why = this.#url ? policy.refusal(this.#url) : NO_URL;
    this.refusal = why === undefined ? undefined : failed("refused", why);
  }

  /** Call it when there is no refusal. Never rejects. */
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
        return failed("limit", `An answer can redirect at most ${BOT_LIMITS.netRedirects} times.`);
      }
      const to = urlOf(result.location, url);
      const why = to ? this.#policy.refusal(to) : NO_URL;
      if (!to || why !== undefined) return misled(url, why);
      if (url.protocol === "https:" && to.protocol === "http:") {
        return misled(url, "It would go on without encryption.");
      }
      task = redirected(task, result.status, url, to);
      if (task.body && to.origin !== url.origin) {
        return misled(url, "Its body would go to another origin.");
      }
      url = to;
    }
  }
}

/** An absolute URL without its fragment, which never leaves the bot; null when it is none or too
 *  long. */
function urlOf(text: string, base?: URL): URL | null {
  const url = URL.parse(text, base);
  if (!url || url.href.length > BOT_LIMITS.netUrlChars) return null;
  url.hash = "";
  return url;
}

/** Null unless the host is spelled as it would be in a certificate. */
function tlsUrl(host: string, port: number): URL | null {
  const url = URL.parse(`https://${host}:${port}/`);
  return url?.hostname === host.toLowerCase() ? url : null;
}

/** As the Fetch Standard has it, but for headers, of which another origin gets only what can't be
 *  secret. */
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
  return failed("refused", `${shown(hostname)} redirects the request: ${why}`);
}

function failure({ hostname }: URL, why: CourierFailure): Failed {
  const host = shown(hostname);
  switch (why) {
    case "private":
      return failed("refused", `${host} can't be reached: it resolves to a private address.`);
    case "denied":
      return failed("refused", `${host} can't be asked by bots.`);
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
      return failed("unreachable", `${host} broke off its answer.`);
    case "unreachable":
      return failed("unreachable", `${host} can't be reached.`);
  }
}
