/** What a hook asked of the network and what it was told: recorded where no bot code runs, so that
 *  members can read it and a replay can be told the same. Answers are given to the bot in the order
 *  of its requests. */
import * as z from "zod";
import { SEALED } from "./announced_exchange.ts";
import { type HashText, hashText } from "../../kernel/hash.ts";
import { canonicalBytes, type JsonObject } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import type { Sealed } from "./sealed.ts";

const Headers = z.array(z.tuple([z.string().max(2_048), z.string().max(2_048)])).max(64);

/** Bytes are base64. */
export const NetRequest = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("fetch"),
    method: z.enum(["GET", "POST"]),
    url: z.string().max(BOT_LIMITS.netUrlChars),
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
    url: z.string().max(BOT_LIMITS.netUrlChars),
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

/** Bytes that evidence names by hash and that are stored beside it. */
export type Bodies = Map<HashText, Uint8Array<ArrayBuffer>>;

/** Headers of a request that carry no secret. */
const OPEN_HEADERS = ["accept", "accept-language", "content-type", "if-modified-since"];
/** Six of them fit an entry. */
const MAX_BYTES = 7 * 1024;

/** An exchange as its channel's members read it: bytes by hash, and into `bodies`; a certificate
 *  chain is its JSON. Where a sealed value is in a URL, a header or a body, that is left out as a
 *  whole; of a bot that has some, so are all headers in which one could stand. */
export function evidenceOf(exchange: Exchange, sealed: Sealed, bodies: Bodies): JsonObject {
  const own: Bodies = new Map();
  const told = {
    request: requestTold(exchange, sealed, own),
    answer: answerTold(exchange, sealed, own),
  };
  if (!fits(told)) {
    const { request, answer } = exchange;
    return { request: { kind: request.kind }, answer: { kind: answer.kind }, cut: true };
  }
  for (const [hash, body] of own) bodies.set(hash, body);
  return told;
}

function fits(told: JsonObject): boolean {
  try {
    return canonicalBytes(told).length <= MAX_BYTES;
  } catch {
    return false; // no Unicode, so it has no canonical form
  }
}

function requestTold({ request }: Exchange, sealed: Sealed, bodies: Bodies): JsonObject {
  if (request.kind === "tls") {
    return { ...request, host: sealed.isIn(request.host) ? SEALED : request.host };
  }
  const { body, headers, url, ...open } = request;
  return {
    ...open,
    url: urlTold(url, sealed),
    headers: headers.map(([name, value]) => {
      const shown = sealed.isEmpty || OPEN_HEADERS.includes(name.toLowerCase());
      return sealed.isIn(name)
        ? [SEALED, SEALED]
        : [name, shown && !sealed.isIn(value) ? value : SEALED];
    }),
    ...(body !== null && kept(Uint8Array.fromBase64(body), sealed, bodies)),
  };
}

function answerTold({ answer }: Exchange, sealed: Sealed, bodies: Bodies): JsonObject {
  if (answer.kind === "failed") return { ...answer, message: sealed.withheld(answer.message) };
  if (answer.kind === "certified") {
    const { chain, error, ...verdict } = answer;
    return {
      ...verdict,
      ...(error !== undefined && { error }),
      ...kept(new TextEncoder().encode(JSON.stringify(chain)), sealed, bodies),
    };
  }
  const { body, headers, url, ...open } = answer;
  return {
    ...open,
    url: urlTold(url, sealed),
    headers: headers.map(([name, value]) => [name, sealed.isIn(value) ? SEALED : value]),
    ...kept(Uint8Array.fromBase64(body), sealed, bodies),
  };
}

function urlTold(url: string, sealed: Sealed): string {
  if (!sealed.isIn(url)) return url;
  const origin = URL.parse(url)?.origin ?? "";
  return sealed.isIn(origin) ? SEALED : `${origin}/${SEALED}`;
}

function kept(bytes: Uint8Array<ArrayBuffer>, sealed: Sealed, bodies: Bodies): JsonObject {
  if (sealed.isInBytes(bytes)) return { body_bytes: bytes.length, withheld: SEALED };
  const body_hash = hashText(bytes);
  bodies.set(body_hash, bytes);
  return { body_hash, body_bytes: bytes.length };
}
