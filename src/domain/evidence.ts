/** What a hook asked of the network and what it was told: recorded where no bot code runs, so that members can read
 *  it and a replay can be told the same. Answers are given to the bot in the order of its requests. */
import * as z from "zod";
import type { Env } from "./bot.ts";
import { type HashText, hashText } from "./hash.ts";
import type { JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { contains, redacted } from "./sealed.ts";

const Headers = z.array(z.tuple([z.string(), z.string()]));

/** Bytes are base64. */
export const NetRequest = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("fetch"),
    method: z.enum(["GET", "POST"]),
    url: z.string().max(LIMITS.netUrlChars),
    headers: Headers,
    body: z.base64().nullable(),
  }),
  /** Asks for the certificate chain of a host. */
  z.object({ kind: z.literal("tls"), host: z.string().max(255), port: z.number().int() }),
]);
export type NetRequest = z.infer<typeof NetRequest>;

export const Certificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  serial_number: z.string(),
  /** ISO 8601. */
  valid_from: z.string(),
  valid_to: z.string(),
  subject_alt_names: z.array(z.string()),
  fingerprint_sha256: z.string(),
  spki_sha256: z.string(),
});
export type Certificate = z.infer<typeof Certificate>;

export const NetAnswer = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("fetched"),
    /** Where the answer came from, after redirects. */
    url: z.string(),
    status: z.number().int(),
    /** Only those in `KEPT_HEADERS`: no cookies, nothing that differs for no reason. */
    headers: Headers,
    body: z.base64(),
  }),
  z.object({
    kind: z.literal("certified"),
    verified: z.boolean(),
    /** Why it is not verified. */
    error: z.string().optional(),
    /** Leaf first. */
    chain: z.array(Certificate).min(1).max(10),
  }),
  z.object({
    kind: z.literal("failed"),
    /** `refused` by policy, `limit` of requests or sizes, `timeout`, or `unreachable`. */
    reason: z.enum(["refused", "limit", "timeout", "unreachable"]),
    message: z.string().max(500),
  }),
]);
export type NetAnswer = z.infer<typeof NetAnswer>;

export const Exchange = z.object({ request: NetRequest, answer: NetAnswer });
export type Exchange = z.infer<typeof Exchange>;

/** Headers of a request that carry no secret. */
const OPEN_HEADERS = ["accept", "accept-language", "content-type", "if-modified-since"];

/** An exchange as it may be shown: sealed values, also as part of a URL, are taken out, and so are all headers in
 *  which one could stand in another form. The same object when the bot has no sealed values. */
export function withoutSealed(exchange: Exchange, env: Env): Exchange {
  const values = Object.values(env);
  if (values.length === 0) return exchange;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const open = (text: string) => redacted(text, values);
  const openBytes = (base64: string) => {
    try {
      const text = decoder.decode(Uint8Array.fromBase64(base64));
      return new TextEncoder().encode(open(text)).toBase64();
    } catch {
      return base64; // no text
    }
  };
  /** Every part of a URL that spells a value, in whatever encoding. */
  const openUrl = (url: string) =>
    open(url).split(/([/?&=#])/).map((part) => contains(decoded(part), values) ? "[sealed]" : part)
      .join("");
  const openHeaders = (headers: [string, string][], shown: (name: string) => boolean) =>
    headers.map(([name, value]): [string, string] => [
      name,
      shown(name) ? open(value) : "[sealed]",
    ]);
  const { request, answer } = exchange;
  return {
    request: request.kind === "tls" ? request : {
      ...request,
      url: openUrl(request.url),
      headers: openHeaders(request.headers, (name) => OPEN_HEADERS.includes(name)),
      body: request.body === null ? null : openBytes(request.body),
    },
    answer: answer.kind === "certified" ? answer : answer.kind === "failed"
      ? {
        ...answer,
        message: open(answer.message),
      }
      : {
        ...answer,
        url: openUrl(answer.url),
        headers: openHeaders(answer.headers, () => true),
        body: openBytes(answer.body),
      },
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll("+", " "));
  } catch {
    return part;
  }
}

/** Bytes that evidence names by hash and that are stored beside it. */
export type Bodies = Map<HashText, Uint8Array<ArrayBuffer>>;

/** An exchange as its channel's members read it: bytes by hash, and into `bodies`. A certificate chain is its JSON. */
export function evidenceOf({ request, answer }: Exchange, bodies: Bodies): JsonObject {
  const keep = (bytes: Uint8Array<ArrayBuffer>) => {
    const body_hash = hashText(bytes);
    bodies.set(body_hash, bytes);
    return { body_hash, body_bytes: bytes.length };
  };
  const bytesOf = (base64: string) => Uint8Array.fromBase64(base64);
  const told = (): JsonObject => {
    if (answer.kind === "failed") return answer;
    if (answer.kind === "certified") {
      const { chain, ...verdict } = answer;
      return { ...verdict, ...keep(new TextEncoder().encode(JSON.stringify(chain))) };
    }
    const { body, ...open } = answer;
    return { ...open, ...keep(bytesOf(body)) };
  };
  if (request.kind === "tls") return { request, answer: told() };
  const { body, ...open } = request;
  return { request: { ...open, ...(body !== null && keep(bytesOf(body))) }, answer: told() };
}
