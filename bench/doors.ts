/** The three protocols that serve the same operations, and the form of a call and its answer in
 *  each. */
import type { Answer } from "./http.ts";
import { requestBytes } from "./http.ts";

/** `2026`: MCP 2026-07-28, stateless, answers in JSON. `2025`: MCP 2025-11-25, answers in an event
 *  stream. */
export type Door = "2026" | "2025" | "rest";

const JSON_TYPE = { "content-type": "application/json" };
const MCP = { ...JSON_TYPE, accept: "application/json, text/event-stream" };
const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** The bytes of a request that calls an operation. */
export function callBytes(
  door: Door,
  url: URL,
  token: string,
  name: string,
  args: Record<string, unknown>,
): Uint8Array {
  const authorization = `Bearer ${token}`;
  if (door === "rest") {
    const headers = { authorization, ...JSON_TYPE };
    return requestBytes(url, "POST", `/${name}`, headers, JSON.stringify(args));
  }
  const modern = door === "2026";
  const headers: Record<string, string> = modern
    ? { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": name }
    : { "mcp-protocol-version": "2025-11-25" };
  const params = { name, arguments: args, ...(modern && { _meta: META }) };
  const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params };
  return requestBytes(
    url,
    "POST",
    "/mcp",
    { authorization, ...MCP, ...headers },
    JSON.stringify(message),
  );
}

/** The bytes of the `initialize` request with which a 2025-era client begins. */
export function initializeBytes(url: URL, token: string): Uint8Array {
  const params = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  };
  return requestBytes(
    url,
    "POST",
    "/mcp",
    { authorization: `Bearer ${token}`, ...MCP },
    JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params }),
  );
}

/** Whether an answer is a success. It does not parse the answer, since the time of parsing would
 *  count in a load test. */
export function answered({ status, body }: Answer): boolean {
  return status === 200 && !body.includes('"isError":true') && !body.includes('"error":{');
}

/** The operation's output. Throws for refusals and errors. */
export function outputOf<T>(door: Door, answer: Answer): T {
  if (!answered(answer)) throw new Error(`Cannot go on: ${answer.status} ${answer.body}`);
  if (door === "rest") return JSON.parse(answer.body) as T;
  const json = door === "2026" ? answer.body : answer.body.slice(answer.body.indexOf("data: ") + 6);
  return (JSON.parse(json) as { result: { structuredContent: T } }).result.structuredContent;
}
