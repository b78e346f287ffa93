/** The era of a request. A 2026-07-28 request carries its version in its envelope, `params._meta`,
 *  and in a header that repeats it; a 2025 request in the header alone. Proxies and connectors mix
 *  the two up. The envelope decides then, and a request without one is a 2025 one. */
import {
  LATEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS,
  UnsupportedProtocolVersionError,
} from "@modelcontextprotocol/server";
import { BOTH } from "./accepted.ts";
import { type Message, messageIn } from "./messages.ts";

const MODERN = "2026-07-28";
const VERSION = "mcp-protocol-version";
/** Methods that only 2026-07-28 has. */
const MODERN_METHODS = ["server/discover", "subscriptions/listen"];

/** A message and the headers that fit it, for the SDK, which compares the two. */
interface Fitting {
  headers: Headers;
  message: Message;
}

export function isModern(headers: Headers): boolean {
  return (headers.get(VERSION) ?? "") >= MODERN;
}

/** Whether a message claims to have the envelope of 2026-07-28. */
export function hasEnvelope({ params }: Message): boolean {
  return metaOf(params) !== null && PROTOCOL_VERSION_META_KEY in metaOf(params)!;
}

/** Whether the headers are those that the protocol prescribes, as most are. */
export function isFitting(message: Message, headers: Headers): boolean {
  const version = headers.get(VERSION);
  const envelope = hasEnvelope(message) ? metaOf(message.params)![PROTOCOL_VERSION_META_KEY] : null;
  const sameEra = envelope === null
    ? version === null || SUPPORTED_PROTOCOL_VERSIONS.includes(version)
    : version === envelope && version === MODERN;
  return sameEra && headers.get("accept") === BOTH &&
    headers.get("content-type") === "application/json";
}

/** The message as its sender meant it; the error for a version that is still to come. Headers that
 *  contradict the message in anything but the era stay, and the SDK refuses them. */
export function asMeant(message: Message, given: Headers): Fitting | Response {
  const headers = new Headers(given);
  headers.set("accept", BOTH);
  headers.set("content-type", "application/json");
  // Some programs write a variable without a value into the header.
  const version = headers.get(VERSION)?.trim().replace(/^(undefined|null|none)$/i, "") ?? "";
  if (version === "") headers.delete(VERSION);
  if (message.kind !== "request") return { headers, message };
  if (hasEnvelope(message)) return byEnvelope(message, headers, version);
  if (message.method === "initialize") headers.delete(VERSION);
  else if (version === MODERN && !MODERN_METHODS.includes(message.method!)) {
    headers.set(VERSION, LATEST_PROTOCOL_VERSION);
  } else if (version > MODERN) {
    return unsupported(message, version);
  }
  return { headers, message };
}

function byEnvelope(message: Message, headers: Headers, version: string): Fitting {
  const { method, params } = message;
  const claimed = metaOf(params)![PROTOCOL_VERSION_META_KEY];
  const isOld = (text: unknown) => SUPPORTED_PROTOCOL_VERSIONS.includes(text as string);
  if (isOld(claimed) && (version === "" || version === MODERN || isOld(version))) {
    headers.set(VERSION, claimed as string);
    return { headers, message: withoutClaim(message) };
  }
  // A sender of 2025 repeats nothing else of the message in headers.
  if (typeof claimed === "string" && (version === "" || isOld(version))) {
    headers.set(VERSION, claimed);
    if (!headers.has("mcp-method")) headers.set("mcp-method", method!);
    const { name, uri, taskId } = params as Record<string, unknown>;
    const mirrored = name ?? uri ?? taskId;
    if (!headers.has("mcp-name") && typeof mirrored === "string") {
      headers.set("mcp-name", `=?base64?${new TextEncoder().encode(mirrored).toBase64()}?=`);
    }
  }
  return { headers, message };
}

function withoutClaim({ body, params }: Message): Message {
  const { [PROTOCOL_VERSION_META_KEY]: _, ...meta } = metaOf(params)!;
  return messageIn({ ...body as object, params: { ...params as object, _meta: meta } });
}

/** The message without its request for progress notifications. */
export function withoutProgress(message: Message): Message {
  const meta = metaOf(message.params);
  if (meta === null || !("progressToken" in meta)) return message;
  const { progressToken: _, ...rest } = meta;
  const params = { ...message.params as object, _meta: rest };
  return messageIn({ ...message.body as object, params });
}

/** The same error as that of the SDK for an envelope with such a version. */
function unsupported({ id }: Message, requested: string): Response {
  const supported = [MODERN, ...SUPPORTED_PROTOCOL_VERSIONS];
  const { code, message, data } = new UnsupportedProtocolVersionError({ supported, requested });
  return Response.json({ jsonrpc: "2.0", id, error: { code, message, data } }, { status: 400 });
}

function metaOf(params: unknown): Record<string, unknown> | null {
  const meta = isObject(params) ? params._meta : null;
  return isObject(meta) ? meta : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
