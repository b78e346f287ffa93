/** Requests as people's programs send them, byte for byte where it matters, to a server started by
 *  its task. `fetch` would add an `Accept`, join doubled headers, and set `Origin` itself. */
import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { signIn, type Wire } from "../support/player.ts";
import { startProcess } from "../support/process.ts";

export interface Sent {
  method?: string;
  path?: string;
  /** A list is sent as one line for each of its values. */
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array<ArrayBuffer>;
}

export interface Got {
  status: number;
  /** The media type, without parameters. */
  type: string;
  headers: Headers;
  text: string;
  /** The JSON values of the body, or of the events of a stream. */
  messages: Wire[];
}

export async function send(server: string, sent: Sent): Promise<Got> {
  const { method = "POST", path = "/mcp", headers = {}, body } = sent;
  const { hostname, port } = new URL(server);
  return await new Promise<Got>((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers }, (answer) => {
      const chunks: Uint8Array[] = [];
      answer.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = new TextDecoder().decode(Uint8Array.from(chunks.flatMap((c) => [...c])));
        const got = new Headers(answer.headers as Record<string, string>);
        const type = got.get("content-type")?.split(";")[0] ?? "";
        const messages = type === "text/event-stream"
          ? [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!))
          : type.endsWith("json")
          ? [JSON.parse(text)]
          : [];
        resolve({ status: answer.statusCode!, type, headers: got, text, messages });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export const gzipped = (text: string) => new Uint8Array(gzipSync(text));

export const ENVELOPE = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** A JSON-RPC request, with the envelope of 2026-07-28 if there is one. */
export function rpc(method: string, params: Wire = {}, envelope?: Wire): string {
  const _meta = envelope && { ...params._meta, ...envelope };
  return JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method,
    params: { ...params, ...(_meta && { _meta }) },
  });
}

export const INITIALIZE = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "test", version: "1" },
};

/** A server of its own for the rows of a table, and a token for it. */
export async function withServer(
  env: Record<string, string>,
  use: (url: string, token: string) => Promise<void>,
): Promise<void> {
  const settings = { KV_URL: ":memory:", SANDBOX: "off", RATE_LIMITS: "off", ...env };
  const server = await startProcess(settings, { viaTask: true });
  try {
    await use(server.url, await signIn(server.url));
  } finally {
    await server.kill("SIGTERM");
  }
}
