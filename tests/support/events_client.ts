/** The methods of the Events extension over MCP 2026-07-28, for one caller. */
import assert from "node:assert/strict";
import type { Wire } from "./player.ts";

export interface EventsError {
  code: number;
  message: string;
  data: Wire;
}

export class EventsClient {
  #url: string;
  readonly #token: string;
  readonly #fetch: typeof fetch;

  constructor(url: string, token: string, through = fetch) {
    this.#url = url;
    this.#token = token;
    this.#fetch = through;
  }

  /** Continues at a server's new address. */
  moveTo(url: string): void {
    this.#url = url;
  }

  /** The answer to one request. */
  async send(method: string, params: Record<string, unknown> = {}): Promise<Wire> {
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    const response = await this.#fetch(`${this.#url}/mcp`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.#token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": method,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta } }),
    });
    return await response.json();
  }

  async call(method: string, params: Record<string, unknown> = {}): Promise<Wire> {
    const answer = await this.send(method, params);
    assert.ok(answer.result, JSON.stringify(answer));
    return answer.result;
  }

  /** The error that a request is answered with. */
  async refused(method: string, params: Record<string, unknown>): Promise<EventsError> {
    const answer = await this.send(method, params);
    assert.ok(answer.error, JSON.stringify(answer));
    return answer.error;
  }
}

/** The parameters of events/subscribe. */
export function subscription(
  name: string,
  args: Record<string, unknown>,
  delivery: { url: string; secret: string },
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return { name, arguments: args, delivery: { mode: "webhook", ...delivery }, ...more };
}
