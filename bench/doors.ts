/** The protocols that serve the same operations, and the form of a call and its answer in
 *  each. */
import type { Answer } from "./http.ts";
import { requestBytes } from "./http.ts";

/** `2026`: MCP 2026-07-28, stateless, answers in JSON. `play`: the same at the small endpoint.
 *  `2025`: MCP 2025-11-25, answers in an event stream. */
export type Door = "2026" | "play" | "2025" | "rest";

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
  if (door !== "rest") {
    return rpcBytes(door, url, token, "tools/call", { name, arguments: args });
  }
  const headers = { authorization: `Bearer ${token}`, ...JSON_TYPE };
  return requestBytes(url, "POST", `/${name}`, headers, JSON.stringify(args));
}

/** The bytes of an MCP request. */
export function rpcBytes(
  door: Exclude<Door, "rest">,
  url: URL,
  token: string,
  method: string,
  params: { name?: string } & Record<string, unknown>,
): Uint8Array {
  const modern = door !== "2025";
  const { name } = params;
  const headers: Record<string, string> = modern
    ? {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(name !== undefined && { "mcp-name": name }),
    }
    : { "mcp-protocol-version": "2025-11-25" };
  const message = {
    jsonrpc: "2.0",
    id: 1,
    method,
    params: { ...params, ...(modern && { _meta: META }) },
  };
  return requestBytes(
    url,
    "POST",
    door === "play" ? "/mcp/play" : "/mcp",
    { authorization: `Bearer ${token}`, ...MCP, ...headers },
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
  if (door !== "rest") return resultOf<{ structuredContent: T }>(door, answer).structuredContent;
  return JSON.parse(checked(answer)) as T;
}

/** The result of an MCP request. Throws for refusals and errors. */
export function resultOf<T>(door: Exclude<Door, "rest">, answer: Answer): T {
  const body = checked(answer);
  const json = door === "2025" ? body.slice(body.indexOf("data: ") + 6) : body;
  return (JSON.parse(json) as { result: T }).result;
}

function checked(answer: Answer): string {
  if (!answered(answer)) throw new Error(`Cannot go on: ${answer.status} ${answer.body}`);
  return answer.body;
}
