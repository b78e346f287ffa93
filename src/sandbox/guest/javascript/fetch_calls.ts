/** Translates between the messages of fetch.js and network requests and answers. */
import type { NetAnswer, NetRequest } from "../../../domain/bot/evidence.ts";
import { givenText } from "../given.ts";

/** A request that is always refused. */
const INVALID: NetRequest = { kind: "fetch", method: "GET", url: "", headers: [], body: null };

/** Parses a request. It may be malformed, because a bot can change the built-ins that fetch.js
 *  uses. Never throws. */
export function requestOf(kind: string, request: string, body: string): NetRequest {
  try {
    return read(kind, request, body);
  } catch {
    return INVALID;
  }
}

function read(kind: string, request: string, body: string): NetRequest {
  if (kind === "tls") {
    const { host, port } = JSON.parse(request);
    return { kind: "tls", host, port };
  }
  const { method, url, headers, encoding, redirect } = JSON.parse(request);
  const bytes = encoding === "text" ? new TextEncoder().encode(body).toBase64() : body;
  const fields = { kind: "fetch", method, url, headers } as const;
  const follows = redirect === "follow";
  return { ...fields, body: encoding === "none" ? null : bytes, ...(!follows && { redirect }) };
}

/** An answer as the arguments of fetch.js: a JSON text or an error's message, and the body. */
export function answerParts(answer: NetAnswer): { text: string; bytes: ArrayBuffer } {
  const none = new ArrayBuffer(0);
  if (answer.kind === "failed") return { text: answer.message, bytes: none };
  const { kind: _, ...facts } = answer;
  if (!("body" in facts)) return { text: givenText(facts), bytes: none };
  const { body, ...open } = facts;
  return { text: givenText(open), bytes: Uint8Array.fromBase64(body).buffer };
}
