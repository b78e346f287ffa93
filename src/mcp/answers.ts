/** Answers that the endpoint gives before the SDK sees a message. */
import type { Refusal } from "../kernel/refusal.ts";
import type { Message } from "./messages.ts";
import { fencedLine } from "./untrusted_text.ts";

/** "Limit exceeded" of EIP-1474. MCP reserves -32020 to -32099, and clients use -32000 and -32001
 *  for errors of their own. */
const LIMIT_EXCEEDED = -32005;

/** The answer to a refused message, whatever its method. */
export function refused(
  { kind, id }: Message,
  { code, message: text, retryAfterMs }: Refusal,
): Response {
  if (kind === "notification" || kind === "response") return new Response(null, { status: 202 });
  const wait = retryAfterMs === undefined ? "" : ` (retry_after_ms: ${retryAfterMs})`;
  const data = { code, ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }) };
  const error = { code: LIMIT_EXCEEDED, message: fencedLine(text) + wait, data };
  return Response.json({ jsonrpc: "2.0", id, error });
}

/** The answer to a request whose sender can't read it. The code is the SDK's. */
export function notAcceptable({ id }: Message, type: string): Response {
  const error = { code: -32000, message: `Not Acceptable: the answer is ${type}; accept that` };
  return Response.json({ jsonrpc: "2.0", id, error }, { status: 406 });
}

/** The same error as that of the SDK for a method that no handler is installed for. */
export function methodNotFound({ id }: Message): Response {
  const error = { code: -32601, message: "Method not found" };
  return Response.json({ jsonrpc: "2.0", id, error }, { status: 404 });
}

export function isStream({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

const encoder = new TextEncoder();

/** A server-sent event with a message. */
export function eventWith(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`event: message\ndata: ${text}\n\n`);
}

/** The answer of a request as a stream, for a caller that reads nothing else. An error of HTTP
 *  stays as it is, because its status says enough. */
export async function asStream(answer: Response): Promise<Response> {
  if (!answer.ok || answer.body === null || isStream(answer)) return answer;
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
  };
  return new Response(eventWith(await answer.text()), { headers });
}

/** JSON-RPC 2.0, 5.1. */
export function parseError(): Response {
  return failure(-32700, "Parse error: the body is not JSON");
}

export function badRequest(why: string): Response {
  return failure(-32600, `Invalid Request: ${why}`);
}

/** The code is the SDK's. */
export function notJson(): Response {
  const text = "Unsupported Media Type: send JSON, with content-type: application/json";
  return failure(-32000, text, 415);
}

function failure(code: number, message: string, status = 400): Response {
  return Response.json({ jsonrpc: "2.0", id: null, error: { code, message } }, { status });
}
