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

/** JSON-RPC 2.0, 5.1. */
export function parseError(): Response {
  return failure(-32700, "Parse error: the body is not JSON");
}

export function badRequest(why: string): Response {
  return failure(-32600, `Invalid Request: ${why}`);
}

function failure(code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", id: null, error: { code, message } }, { status: 400 });
}
