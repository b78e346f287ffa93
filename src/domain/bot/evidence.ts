/** The network requests of a hook and their answers. The host records them outside of bot code, so
 *  that members can read them and a replay can give the bot the same answers. The bot gets its
 *  answers in the order of its requests. */
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
    /** What is made of an answer that leads elsewhere: absent where it is followed, "manual" where
     *  it is the answer, "error" where it is none. */
    redirect: z.enum(["manual", "error"]).optional(),
  }),
  /** Requests the certificate chain of a host. */
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
    /** The URL that answered, after redirects. */
    url: z.string().max(BOT_LIMITS.netUrlChars),
    status: z.number().int(),
    /** Only those in `KEPT_HEADERS`: no cookies, and nothing that varies without meaning. */
    headers: Headers,
    body: z.base64(),
  }),
  z.object({
    kind: z.literal("certified"),
    verified: z.boolean(),
    /** Why the chain is not verified. */
    error: z.string().optional(),
    /** Leaf first. */
    chain: z.array(Certificate).min(1).max(10),
  }),
  z.object({
    kind: z.literal("failed"),
    /** `refused` by policy, a `limit` on requests or sizes, `timeout`, or `unreachable`. */
    reason: z.enum(["refused", "limit", "timeout", "unreachable"]),
    message: z.string().max(500),
  }),
]);
export type NetAnswer = z.infer<typeof NetAnswer>;

export const Exchange = z.object({ request: NetRequest, answer: NetAnswer });
export type Exchange = z.infer<typeof Exchange>;

/** Bodies that evidence names by hash; stored separately from the entries. */
export type Bodies = Map<HashText, Uint8Array<ArrayBuffer>>;

/** Request headers that carry no secret. */
const OPEN_HEADERS = ["accept", "accept-language", "content-type", "if-modified-since"];
/** The size limit of an announced exchange: six of them fit into an entry. */
const MAX_BYTES = 7 * 1024;

/** An exchange as the members of its channel read it. Bodies appear as hashes, and their bytes go
 *  into `bodies`; a certificate chain counts as a body, as JSON. A URL, header or body that
 *  contains a sealed value is left out as a whole. For a bot with sealed values, so are all request
 *  headers that could carry one. */
export function evidenceOf(exchange: Exchange, sealed: Sealed, bodies: Bodies): JsonObject {
  const own: Bodies = new Map();
  const announced = {
    request: announcedRequest(exchange, sealed, own),
    answer: announcedAnswer(exchange, sealed, own),
  };
  if (!fits(announced)) {
    const { request, answer } = exchange;
    return { request: { kind: request.kind }, answer: { kind: answer.kind }, cut: true };
  }
  for (const [hash, body] of own) bodies.set(hash, body);
  return announced;
}

function fits(exchange: JsonObject): boolean {
  try {
    return canonicalBytes(exchange).length <= MAX_BYTES;
  } catch {
    return false; // lone surrogates have no canonical form
  }
}

function announcedRequest({ request }: Exchange, sealed: Sealed, bodies: Bodies): JsonObject {
  if (request.kind === "tls") {
    return { ...request, host: sealed.isIn(request.host) ? SEALED : request.host };
  }
  const { body, headers, url, redirect, ...open } = request;
  return {
    ...open,
    ...(redirect && { redirect }),
    url: announcedUrl(url, sealed),
    headers: headers.map(([name, value]) => {
      const shown = sealed.isEmpty || OPEN_HEADERS.includes(name.toLowerCase());
      return sealed.isIn(name)
        ? [SEALED, SEALED]
        : [name, shown && !sealed.isIn(value) ? value : SEALED];
    }),
    ...(body !== null && announcedBody(Uint8Array.fromBase64(body), sealed, bodies)),
  };
}

function announcedAnswer({ answer }: Exchange, sealed: Sealed, bodies: Bodies): JsonObject {
  if (answer.kind === "failed") return { ...answer, message: sealed.withheld(answer.message) };
  if (answer.kind === "certified") {
    const { chain, error, ...verdict } = answer;
    return {
      ...verdict,
      ...(error !== undefined && { error }),
      ...announcedBody(new TextEncoder().encode(JSON.stringify(chain)), sealed, bodies),
    };
  }
  const { body, headers, url, ...open } = answer;
  return {
    ...open,
    url: announcedUrl(url, sealed),
    headers: headers.map(([name, value]) => [name, sealed.isIn(value) ? SEALED : value]),
    ...announcedBody(Uint8Array.fromBase64(body), sealed, bodies),
  };
}

function announcedUrl(url: string, sealed: Sealed): string {
  if (!sealed.isIn(url)) return url;
  const origin = URL.parse(url)?.origin ?? "";
  return sealed.isIn(origin) ? SEALED : `${origin}/${SEALED}`;
}

function announcedBody(bytes: Uint8Array<ArrayBuffer>, sealed: Sealed, bodies: Bodies): JsonObject {
  if (sealed.isInBytes(bytes)) return { body_bytes: bytes.length, withheld: SEALED };
  const body_hash = hashText(bytes);
  bodies.set(body_hash, bytes);
  return { body_hash, body_bytes: bytes.length };
}
