/** The messages between fetch.js and the host, as requests and answers of the network. */
import type { NetAnswer, NetRequest } from "../../../domain/bot/evidence.ts";
import { givenText } from "../given.ts";

/** A request that asks nothing, and is refused. */
const NONSENSE: NetRequest = { kind: "fetch", method: "GET", url: "", headers: [], body: null };

/** The request. A bot may have broken the language that makes it. Never throws. */
export function requestOf(kind: string, request: string, body: string): NetRequest {
  try {
    return read(kind, request, body);
  } catch {
    return NONSENSE;
  }
}

function read(kind: string, request: string, body: string): NetRequest {
  if (kind === "tls") {
    const { host, port } = JSON.parse(request);
    return { kind: "tls", host, port };
  }
  const { method, url, headers, encoding, redirect } = JSON.parse(request);
  const bytes = encoding === "text" ? new TextEncoder().encode(body).toBase64() : body;
  const told = { kind: "fetch", method, url, headers } as const;
  const follows = redirect === "follow";
  return { ...told, body: encoding === "none" ? null : bytes, ...(!follows && { redirect }) };
}

/** The answer for fetch.js: a JSON text or the message of an error, and the bytes of a body. */
export function toldOf(answer: NetAnswer): { text: string; bytes: ArrayBuffer } {
  const none = new ArrayBuffer(0);
  if (answer.kind === "failed") return { text: answer.message, bytes: none };
  const { kind: _, ...facts } = answer;
  if (!("body" in facts)) return { text: givenText(facts), bytes: none };
  const { body, ...open } = facts;
  return { text: givenText(open), bytes: Uint8Array.fromBase64(body).buffer };
}
