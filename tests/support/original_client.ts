/** The protocol of the original server's Python client: revision 2025-06-18 at `/`, one session id
 *  for all calls, and answers from the `data:` lines of an event stream. It must keep working
 *  unchanged. */
import assert from "node:assert/strict";
import { signIn, type Wire } from "./player.ts";

export class OriginalClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  #nextId = 2;

  private constructor(url: string, headers: Record<string, string>) {
    this.#url = url;
    this.#headers = headers;
  }

  static async connect(url: string, token?: string): Promise<OriginalClient> {
    const headers = {
      authorization: `Bearer ${token ?? await signIn(url)}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    };
    const initialized = await fetch(`${url}/`, {
      method: "POST",
      headers,
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "initialize",
        params: {
          protocolVersion: "2025-06-18",
          capabilities: { tools: { listChanged: true } },
          clientInfo: { name: "script", version: "1.0.0" },
        },
      }),
    });
    assert.equal(initialized.status, 200);
    await initialized.text();
    const session = initialized.headers.get("mcp-session-id");
    assert.ok(session, "initialize answers with an Mcp-Session-Id");
    const client = new OriginalClient(url, { ...headers, "mcp-session-id": session });
    const notified = await fetch(`${url}/`, {
      method: "POST",
      headers: client.#headers,
      body: JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }),
    });
    assert.equal(notified.status, 202);
    await notified.body?.cancel();
    return client;
  }

  /** The parsed JSON of `content[0].text`, or the text of a refusal. */
  async callTool(name: string, args: Record<string, unknown> = {}): Promise<Wire> {
    const response = await fetch(`${this.#url}/`, {
      method: "POST",
      headers: this.#headers,
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: this.#nextId++,
        method: "tools/call",
        params: { name, arguments: args },
      }),
    });
    assert.equal(response.status, 200);
    for (const line of (await response.text()).split("\n")) {
      if (!line.startsWith("data: ")) continue;
      const { result, error } = JSON.parse(line.slice(6));
      if (error) throw new Error(error.message);
      if (!result?.content) continue;
      const { text } = result.content[0];
      return result.isError ? text : JSON.parse(text);
    }
    throw new Error("the answer holds no result");
  }
}
