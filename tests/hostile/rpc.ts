/** JSON-RPC over Streamable HTTP by hand, as 2025-11-25 and as 2026-07-28 have it. */
import type { Answer } from "./answer.ts";
import { type Attacker, bearer } from "./attacker.ts";

export const STREAMABLE = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};

/** Sends one or several messages, as a 2025-11-25 client does. */
export async function rpc(
  kit: Attacker,
  message: unknown,
  token: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return await kit.json("/mcp", message, { ...STREAMABLE, ...bearer(token), ...headers });
}

export function toolCall(name: string, input: unknown, id: unknown = 1) {
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: input } };
}

export async function callTool(
  kit: Attacker,
  name: string,
  input: unknown,
  token: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return await rpc(kit, toolCall(name, input), token, {
    "mcp-protocol-version": "2025-11-25",
    ...headers,
  });
}

/** The label that `initialize` issues. */
export async function initialize(kit: Attacker, token: string): Promise<string> {
  const params = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "attacker", version: "1" },
  };
  const answer = await rpc(kit, { jsonrpc: "2.0", id: 1, method: "initialize", params }, token);
  return answer.headers.get("mcp-session-id") ?? "";
}

/** A request of a 2026-07-28 client; `headers` replace those that mirror the body, and "" omits
 *  one. */
export function modernRequest(
  method: string,
  params: Record<string, unknown>,
  headers: Record<string, string> = {},
): { body: unknown; headers: Record<string, string> } {
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "attacker", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const name = params.name ?? params.uri;
  const mirrored: Record<string, string> = {
    ...STREAMABLE,
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": method,
    ...(typeof name === "string" && { "mcp-name": name }),
    ...headers,
  };
  return {
    body: { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta } },
    headers: Object.fromEntries(Object.entries(mirrored).filter(([, value]) => value !== "")),
  };
}

/** Sends such a request. */
export async function modern(
  kit: Attacker,
  method: string,
  params: Record<string, unknown>,
  token: string,
  changed: Record<string, string> = {},
): Promise<Answer> {
  const { body, headers } = modernRequest(method, params, changed);
  return await rpc(kit, body, token, headers);
}
