/** Validates the network requests of a Worker. A compromised Worker may send anything, and an
 *  honest one forwards the input of a bot, so nothing is trusted. Pure. Without zod, which would
 *  double the host's memory. */
import type { NetAnswer, NetRequest } from "../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";

export type Failed = Extract<NetAnswer, { kind: "failed" }>;

interface ReadRequest {
  /** The request as it is recorded, without parts that are too large. */
  request: NetRequest;
  /** The reason for not performing it, if any. */
  fault?: Failed;
}

export const failed = (reason: Failed["reason"], message: string): Failed => ({
  kind: "failed",
  reason,
  message: message.slice(0, 500).toWellFormed(),
});

/** The answer to a call beyond the limit. */
export const TOO_MANY_CALLS = failed(
  "limit",
  `A hook can make at most ${BOT_LIMITS.netRequests} network requests.`,
);

/** The answer to every call of a hook whose channel is full. */
export const NO_ROOM = failed("limit", "This channel has no room left to record network answers.");

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const MAX_HEADERS = 64;
/** Headers that HTTP clients set of themselves. A bot's are dropped: the courier's own are true. */
const DROPPED = /^(accept-encoding|connection|content-length|user-agent)$/;
/** Headers that speak for the connection or for the courier, or turn a POST into another method. A
 *  cookie that a bot sets by itself is like any key of its own: nothing keeps those of answers. */
const NOT_THE_BOTS =
  /^(cookie2|expect|forwarded|host|keep-alive|origin|referer|set-cookie2?|te|trailer|transfer-encoding|upgrade|via|x-forwarded-.*|x-http-method.*|x-method-override|sec-.*|proxy-.*)$/;

/** Undefined if no honest guest sends such a request. */
export function readRequest(value: unknown): ReadRequest | undefined {
  if (!isObject(value)) return undefined;
  if (value.kind === "tls") return readTls(value.host, value.port);
  if (value.kind === "fetch") return readFetch(value);
  return undefined;
}

function readTls(host: unknown, port: unknown): ReadRequest | undefined {
  if (typeof host !== "string") return undefined;
  const isPort = Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536;
  const request = {
    kind: "tls",
    // Replaced rather than cut: half of a sealed value would not be recognised.
    host: plain(host).length > 255 ? "[too long]" : plain(host),
    port: isPort ? Number(port) : 0,
  } as const;
  if (!isPort) return { request, fault: failed("refused", "The port must be 1 to 65535.") };
  if (host.length > 255) return { request, fault: failed("limit", "The host name is too long.") };
  return { request };
}

function readFetch(
  { method, url, headers: all, body, redirect }: Record<string, unknown>,
): ReadRequest | undefined {
  if (redirect !== undefined && redirect !== "manual" && redirect !== "error") return undefined;
  const headers = isPairs(all) ? all.filter(([name]) => !DROPPED.test(name.toLowerCase())) : all;
  if (method !== "GET" && method !== "POST" || typeof url !== "string") return undefined;
  const bytes = typeof body === "string" ? bytesIn(body) : 0;
  if (bytes === undefined || body !== null && typeof body !== "string") return undefined;
  const given = isPairs(headers) ? headers : [];
  const pairs = given.every(([name, value]) => TOKEN.test(name) && VALUE.test(value)) ? given : [];
  const headerBytes = pairs.flat().reduce((sum, text) => sum + text.length, 0);
  const fault = url.length > BOT_LIMITS.netUrlChars
    ? failed("limit", `A URL can have at most ${BOT_LIMITS.netUrlChars} characters.`)
    : !isPairs(headers)
    ? failed(
      "refused",
      `A request can have at most ${MAX_HEADERS} headers, each a name and a value.`,
    )
    : headerBytes > BOT_LIMITS.netHeaderBytes
    ? failed("limit", `A request can have at most ${BOT_LIMITS.netHeaderBytes} bytes of headers.`)
    : bytes > BOT_LIMITS.netRequestBytes
    ? failed("limit", `A request's body can have at most ${BOT_LIMITS.netRequestBytes} bytes.`)
    : method === "GET" && body !== null
    ? failed("refused", "A GET request has no body.")
    : headerFault(given);
  const request: NetRequest = {
    kind: "fetch",
    method,
    url: plain(url).length > BOT_LIMITS.netUrlChars ? originOf(url) : plain(url),
    headers: headerBytes > BOT_LIMITS.netHeaderBytes ? [] : pairs,
    body: bytes > BOT_LIMITS.netRequestBytes ? null : body as string | null,
    ...(redirect !== undefined && { redirect }),
  };
  return fault ? { request, fault } : { request };
}

function headerFault(pairs: [string, string][]): Failed | undefined {
  for (const [name, value] of pairs) {
    if (!TOKEN.test(name)) return failed("refused", "The name of a header is malformed.");
    if (!VALUE.test(value)) {
      return failed("refused", `The value of ${headerNamed(name)} is malformed.`);
    }
    if (NOT_THE_BOTS.test(name.toLowerCase())) {
      return failed("refused", `A bot can't set ${headerNamed(name.toLowerCase())}.`);
    }
  }
}

/** A text in the form that is recorded: well-formed Unicode, without control characters, which JSON
 *  would make six times as long. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.toWellFormed().replace(/[\x00-\x1f\x7f]/g, encodeURIComponent);
}

function originOf(url: string): string {
  const { origin = "" } = URL.parse(url) ?? {};
  return origin.length > 300 ? "[too long]" : `${origin}/…`;
}

function headerNamed(name: string): string {
  return name.length > 60 ? "a header" : `the header ${name}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isPairs(value: unknown): value is [string, string][] {
  return Array.isArray(value) && value.length <= MAX_HEADERS &&
    value.every((pair) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((text) => typeof text === "string")
    );
}

/** The number of bytes of a base64 text; undefined if it is malformed. */
function bytesIn(base64: string): number | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  return base64.length / 4 * 3 - (base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0);
}
