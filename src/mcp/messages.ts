/** JSON-RPC 2.0 messages, as far as the door looks at them before the SDK does, and the answers
 *  that it gives itself. */
import type { Refusal } from "../kernel/refusal.ts";
import { fencedLine } from "./untrusted_text.ts";

interface Request {
  id: string | number;
  method: string;
}

/** "Limit exceeded", as EIP-1474 has it: MCP reserves -32020 to -32099, and clients use -32000 and
 *  -32001 themselves. */
const LIMIT_EXCEEDED = -32005;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is a message of any kind, answers included. */
export function isMessage(value: unknown): boolean {
  return isObject(value) && value.jsonrpc === "2.0" &&
    (typeof value.method === "string" || "result" in value || "error" in value);
}

export function isRequest(value: unknown): value is Request {
  return isObject(value) && typeof value.method === "string" &&
    (typeof value.id === "string" || typeof value.id === "number");
}

/** Whether a value is a message that nobody answers: a notification, or an answer itself. */
export function isNotification(value: unknown): boolean {
  return isObject(value) && value.id === undefined && typeof value.method === "string" ||
    isMessage(value) && !("method" in (value as object));
}

/** Whether a message calls a tool: then a refusal is the tool's answer, which the model reads. */
export function isToolCall(value: unknown): boolean {
  return isRequest(value) && value.method === "tools/call";
}

/** The value of a JSON text; a `SyntaxError`, not thrown, where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new SyntaxError();
  }
}

/** The answer to a message that is refused whatever it asks for. */
export function refused(message: unknown, { code, message: text, retryAfterMs }: Refusal) {
  if (isNotification(message)) return new Response(null, { status: 202 });
  const id = isRequest(message) ? message.id : null;
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
