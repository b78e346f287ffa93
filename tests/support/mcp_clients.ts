/** The real MCP clients, v1 and v2, with the real endpoint. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Wire } from "./player.ts";

export const CLIENT_KINDS = ["v1", "v2 legacy", "v2 modern"] as const;
export type ClientKind = (typeof CLIENT_KINDS)[number];

/** A connected client of any kind. */
export interface McpClient extends AsyncDisposable {
  sessionId: string | undefined;
  /** The client itself; those of v2 have the same methods and more. */
  client: ClientV1;
  listTools(): Promise<Wire[]>;
  /** Returns the tool's structured content, which the client has validated, or where there is none
   *  the text. Throws the text of a refusal. */
  call(name: string, args?: Record<string, unknown>, meta?: Record<string, unknown>): Promise<Wire>;
  /** A call that requests progress notifications. */
  follow(
    name: string,
    args: Record<string, unknown>,
    onprogress: (progress: Wire) => void,
  ): Promise<Wire>;
  /** The unchanged result. */
  raw(name: string, args?: Record<string, unknown>): Promise<Wire>;
}

export async function mcpClient(kind: ClientKind, url: string, token: string): Promise<McpClient> {
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  if (kind === "v1") {
    const transport = new TransportV1(new URL(url), { requestInit });
    const client = new ClientV1({ name: "test", version: "1" });
    await client.connect(transport);
    return wrap(client, () => transport.sessionId);
  }
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit });
  const mode = kind === "v2 modern" ? "auto" : "legacy";
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  return wrap(client as unknown as ClientV1, () => transport.sessionId);
}

/** The calls of a connected client. */
export function wrap(client: ClientV1, sessionId: () => string | undefined): McpClient {
  const raw = async (name: string, args: Record<string, unknown> = {}, _meta?: Wire) =>
    await client.callTool({ name, arguments: args, ...(_meta && { _meta }) }) as Wire;
  return {
    get sessionId() {
      return sessionId();
    },
    client,
    async follow(name, args, onprogress) {
      const params = { name, arguments: args };
      const options = { onprogress };
      // The v2 client does not need a result schema.
      const given = client instanceof ClientV1 ? [undefined, options] : [options];
      return await client.callTool(params, ...given as [undefined, typeof options]) as Wire;
    },
    listTools: async () => (await client.listTools()).tools as Wire[],
    raw,
    async call(name, args, meta) {
      const result = await raw(name, args, meta);
      if (result.isError) throw new Error(result.content[0].text);
      return result.structuredContent ?? JSON.parse(result.content[0].text);
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
