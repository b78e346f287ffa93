/** A client of 2026-07-28 that takes tasks: requests by hand, and a session of the extension's own
 *  requester on them. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { createTaskSessionFromClient } from "@modelcontextprotocol/ext-tasks/client";
import assert from "node:assert/strict";
import type { Wire } from "./player.ts";

export const TASKS = "io.modelcontextprotocol/tasks";

const CLIENT_INFO = { name: "test", version: "1" };
const VERSION = "2026-07-28";

export interface Requested {
  status: number;
  result?: Wire;
  error?: Wire;
}

export interface TaskClient {
  /** The whole answer to a request. */
  request(method: string, params: Wire, how?: RequestOptions): Promise<Requested>;
  /** The result of a tool call; asserts that there is one. */
  call(name: string, args: Wire, how?: RequestOptions): Promise<Wire>;
  /** The state of a task; asserts that there is one. */
  get(taskId: string): Promise<Wire>;
}

export interface RequestOptions {
  /** What the client declares; by default that it takes tasks. */
  capabilities?: Wire;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** `url` is that of the endpoint; it is asked for at each request, so that a server may move. */
export function taskClient(url: () => string, token: string): TaskClient {
  const request: TaskClient["request"] = async (method, params, how = {}) => {
    const { capabilities = { extensions: { [TASKS]: {} } }, headers, signal } = how;
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": VERSION,
      "io.modelcontextprotocol/clientInfo": CLIENT_INFO,
      "io.modelcontextprotocol/clientCapabilities": capabilities,
    };
    const name = params.name ?? params.taskId;
    const response = await fetch(url(), {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": VERSION,
        "mcp-method": method,
        ...name !== undefined && { "mcp-name": name },
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta } }),
      signal: signal ?? null,
    });
    const text = await response.text();
    const [, data] = /^data: (.*)$/m.exec(text) ?? [];
    return { status: response.status, ...JSON.parse(data ?? text) };
  };
  const resultOf = async (method: string, params: Wire, how?: RequestOptions) => {
    const { result, error } = await request(method, params, how);
    assert.ok(result, JSON.stringify(error));
    return result;
  };
  return {
    request,
    call: (name, args, how) => resultOf("tools/call", { name, arguments: args }, how),
    get: (taskId) => resultOf("tasks/get", { taskId }),
  };
}

/** Calls tools as an application does that leaves tasks to the extension's requester: it asks for
 *  each task until that is over. */
export interface TaskSession extends AsyncDisposable {
  call(name: string, args: Record<string, unknown>): Promise<Wire>;
  /** How many calls were answered with a task. */
  readonly tasks: number;
}

export async function taskSession(url: () => string, token: string): Promise<TaskSession> {
  const raw = taskClient(url, token);
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  const transport = new StreamableHTTPClientTransport(new URL(url()), { requestInit });
  const client = new Client(CLIENT_INFO, { versionNegotiation: { mode: "auto" } });
  await client.connect(transport);
  let tasks = 0;
  const session = createTaskSessionFromClient(client, {
    endpointId: "test",
    v2RequestFraming: {
      protocolVersion: VERSION,
      clientInfo: CLIENT_INFO,
      clientCapabilities: { extensions: { [TASKS]: {} } },
    },
    rawDispatch: async (sent, options) => {
      const { method, params } = sent as Wire;
      const { result, error } = await raw.request(method, params, { signal: options?.signal });
      if (result?.resultType === "task") tasks++;
      return error ? { kind: "error", error } : { kind: "result", result };
    },
  });
  return {
    get tasks() {
      return tasks;
    },
    async call(name, args) {
      const execution = await session.callTool(name, args as Wire);
      const { outcome } = await execution.settle() as Wire;
      assert.equal(outcome.status, "completed", JSON.stringify(outcome));
      const { isError, content, structuredContent } = outcome.result;
      if (isError) throw new Error(content[0].text);
      return structuredContent ?? JSON.parse(content[0].text);
    },
    async [Symbol.asyncDispose]() {
      await session.close();
      await client.close();
    },
  };
}
