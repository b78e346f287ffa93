/** JSON-RPC 2.0 messages. The endpoint parses a body once, and the result holds every fact that it
 *  decides on; the SDK checks the rest. */
import { CLIENT_CAPABILITIES_META_KEY } from "@modelcontextprotocol/server";
import * as z from "zod";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { operationNamed } from "../operations/all.ts";
import { jsonIn } from "../operations/input/json_text.ts";
import { Invocation } from "../operations/perform.ts";
import { presentMembers } from "./present_members.ts";

export type Payload =
  | { kind: "not_json" }
  | { kind: "message"; message: Message }
  /** `messages` ends at the limit of a batch; `length` counts all elements. */
  | { kind: "batch"; messages: Message[]; length: number };

export interface Message {
  /** The value, for the SDK. */
  body: unknown;
  /** `other` is a value that is none of the three. */
  kind: "request" | "notification" | "response" | "other";
  /** Whether the value has the members that JSON-RPC 2.0 requires. */
  wellFormed: boolean;
  /** The id of a request; null for every other kind. */
  id: string | number | null;
  method: string | null;
  params: unknown;
  /** Present if the message calls an existing tool. */
  call?: ToolCall;
}

interface ToolCall {
  invocation: Invocation;
  /** The member `_meta`; empty if it is not an object. */
  meta: Record<string, unknown>;
  /** Whether the call may wait for messages before the SDK builds a server for it. A caller that
   *  asks for progress needs the server during the wait: only a server sends progress. One that
   *  takes tasks does not wait. */
  mayWaitEarly: boolean;
}

/** The messages in a body: exactly as sent if the server is strict, else as they are meant. */
export function lookAt(text: string, strict: boolean): Payload {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: "not_json" };
  }
  const look = (sent: unknown) => messageIn(strict ? sent : presentMembers(sent));
  if (!Array.isArray(body)) {
    const sent = strict ? body : jsonIn(body, "object") ?? body;
    return { kind: "message", message: look(sent) };
  }
  const messages = body.slice(0, HTTP_LIMITS.batchMessages).map(look);
  return { kind: "batch", messages, length: body.length };
}

export function messageIn(body: unknown): Message {
  if (!isObject(body)) {
    return { body, kind: "other", wellFormed: false, id: null, method: null, params: undefined };
  }
  const { jsonrpc, params } = body;
  const method = typeof body.method === "string" ? body.method : null;
  const hasId = typeof body.id === "string" || typeof body.id === "number";
  const answers = "result" in body || "error" in body;
  const wellFormed = jsonrpc === "2.0" && (method !== null || answers);
  let kind: Message["kind"] = "other";
  if (method !== null && hasId) kind = "request";
  else if (method !== null && body.id === undefined) kind = "notification";
  else if (wellFormed && !("method" in body)) kind = "response";
  const id = kind === "request" ? body.id as string | number : null;
  const call = method === "tools/call" ? callIn(params) : undefined;
  if (!call) return { body, kind, wellFormed, id, method, params };
  return { body: withObject(body), kind, wellFormed, id, method, params, call };
}

/** A tool call as the SDK accepts it: with an object as arguments. What the client sent in its
 *  place, such as JSON text, is for the invocation to understand. */
function withObject(body: Record<string, unknown>): Record<string, unknown> {
  const params = body.params as Record<string, unknown>;
  const { arguments: input } = params;
  if (input === undefined || isObject(input)) return body;
  return { ...body, params: { ...params, arguments: {} } };
}

/** Checks only the name, so that a malformed call can't evade the scope that its tool needs. */
function callIn(params: unknown): ToolCall | undefined {
  if (!isObject(params) || typeof params.name !== "string") return undefined;
  const operation = operationNamed.get(params.name);
  if (!operation) return undefined;
  const { arguments: input, _meta = {} } = params;
  const meta = isObject(_meta) ? _meta : null;
  return {
    invocation: new Invocation(operation, input),
    meta: meta ?? {},
    mayWaitEarly: operation.ready !== undefined && meta !== null && !("progressToken" in meta) &&
      !(operation.waitsMs && takesTasks(params)),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";

const TakesTasks = z.object({
  _meta: z.object({
    [CLIENT_CAPABILITIES_META_KEY]: z.object({
      extensions: z.object({ [TASKS_EXTENSION]: z.looseObject({}) }),
    }),
  }),
});

/** Whether a request of 2026-07-28 declares that its client takes tasks. Each request has to: what
 *  an earlier one said does not count. */
export function takesTasks(params: unknown): boolean {
  return TakesTasks.safeParse(params).success;
}
