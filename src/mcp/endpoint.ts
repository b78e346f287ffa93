/** The MCP endpoint: Streamable HTTP for the 2026-07-28 protocol and the 2025 ones. It keeps no
 *  state between requests. */
import {
  type AuthInfo,
  createMcpHandler,
  type McpRequestContext,
  Server,
  type ServerOptions,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { denialOf, type Identity } from "../accounts/access/bearer.ts";
import type { Scope } from "../accounts/scope.ts";
import { isJsonType } from "../http/request_body.ts";
import { abortable } from "../kernel/abortable.ts";
import { secretHash } from "../kernel/hash.ts";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import type { Log } from "../kernel/log.ts";
import type { RandomBytes } from "../kernel/random_bytes.ts";
import { type Refusal, refusalIn } from "../kernel/refusal.ts";
import { admitCall } from "../operations/rate_guard.ts";
import { type Call, neededScope, type Services } from "../operations/operation.ts";
import { whenReady } from "../operations/perform.ts";
import { type Accepted, acceptedBy, BOTH } from "./accepted.ts";
import {
  asStream,
  methodNotFound,
  notAcceptable,
  notJson,
  parseError,
  refused,
} from "./answers.ts";
import { serveBatch, unfitBatch } from "./batch.ts";
import { deniedAnswer } from "./denied.ts";
import { asMeant, isFitting, isModern, withoutProgress } from "./era.ts";
import { EVENTS_EXTENSION } from "./events.ts";
import { install } from "./handlers.ts";
import { lookAt, type Message, type Payload, TASKS_EXTENSION } from "./messages.ts";
import { type Offer, offers } from "./offer.ts";
import { wrongParams } from "./params.ts";
import type { SessionLabels } from "./session_label.ts";
import type { Documents } from "./resources.ts";
import { SKILLS_EXTENSION } from "./skills/skills.ts";
import { listenRequest, Subscriptions } from "./subscriptions.ts";
import { type Tasks, undeclaredListener } from "./tasks.ts";

/** All `Server` objects of an era share their options, because the endpoint creates one for every
 *  request and it lives as long as the request. The 2025 protocols run without a session here, so
 *  the server can't notify their clients: they get no `subscribe`. */
function optionsFor({ instructions, whole }: Offer, era: McpRequestContext["era"]): ServerOptions {
  return {
    capabilities: {
      tools: { listChanged: false },
      ...whole && {
        prompts: { listChanged: false },
        resources: { listChanged: false, ...(era === "modern" && { subscribe: true }) },
        completions: {},
        // The clients of the design before SEP-3415 was final look for this member.
        ...(era === "modern" && { events: {} }),
      },
      ...extensionsFor(whole, era),
    } as ServerOptions["capabilities"] & object,
    instructions,
    cacheHints: {
      "tools/list": LASTING,
      "prompts/list": LASTING,
      "resources/templates/list": LASTING,
      "server/discover": LASTING,
    },
  };
}
/** Tasks and events have no form in the 2025 protocols. Skills have one there, too: hosts look for
 *  them in the answer to `initialize`. */
function extensionsFor(whole: boolean, era: McpRequestContext["era"]) {
  const extensions = {
    ...era === "modern" && { [TASKS_EXTENSION]: {}, ...whole && { [EVENTS_EXTENSION]: {} } },
    ...whole && { [SKILLS_EXTENSION]: {} },
  };
  return Object.keys(extensions).length > 0 && { extensions };
}

const LASTING = { ttlMs: 300_000, cacheScope: "public" } as const;

interface McpEndpointDeps extends Documents {
  offer: Offer;
  tasks: Tasks;
  services: Services;
  labels: SessionLabels;
  version: string;
  publicUrl: string;
  randomBytes: RandomBytes;
  log: Log;
  /** The interval between the progress notifications of a waiting call. */
  progressMs?: number | undefined;
  /** Whether the endpoint refuses whatever the specification lets it refuse. */
  strict?: boolean | undefined;
}

/** The parts of a request beside its headers: the body, already read, and the caller's address (see
 *  `Call`). */
interface McpRequest {
  text: string;
  address: string;
  /** If present, the endpoint refuses every message of the request with it. */
  refusal?: Refusal | undefined;
}

/** Serves one MCP request by POST whose token has been verified. */
type McpEndpoint = (
  request: Request,
  identity: Identity,
  carried: McpRequest,
) => Promise<Response>;

export function mcpEndpoint(deps: McpEndpointDeps): McpEndpoint {
  const { offer, tasks, services, labels, log, guide, boardApp, randomBytes } = deps;
  const { progressMs = HTTP_LIMITS.progressMs, strict = false } = deps;
  const info = {
    name: "mcp-multiplayer",
    title: "MCP Multiplayer",
    version: deps.version,
    websiteUrl: deps.publicUrl,
  };
  const options = { modern: optionsFor(offer, "modern"), legacy: optionsFor(offer, "legacy") };
  const { presets } = services.library;
  const shared = { offer, tasks, log, guide, boardApp, randomBytes, progressMs, presets };

  const factory = async ({ era, authInfo, requestInfo }: McpRequestContext) => {
    const { principal, grantId, message, address, refusal } = carriedIn(authInfo!);
    const label = labels.check(requestInfo!.headers.get("mcp-session-id"), principal);
    const callOf = (meta: Record<string, unknown> | undefined, signal: AbortSignal): Call => ({
      caller: { principal, conversation: conversationOf(meta, label) },
      services,
      signal,
      address,
    });
    // A reading call waits before the SDK builds a server for it: a thousand waiting calls then
    // need half the memory. The older protocols answer with a stream that is open during the wait.
    const { call } = message;
    const waits = era === "modern" && !refusal && call?.mayWaitEarly === true &&
      offers(offer, call.invocation.operation.name);
    const waited = waits &&
      await whenReady(call.invocation, callOf(call.meta, requestInfo!.signal));
    const server = new Server(info, options[era]);
    install({ ...shared, era, server, message, grantId, callOf, waited, refusal });
    return server;
  };
  // After the first colon the SDK quotes the client's input, which may hold a misplaced token.
  const onerror = ({ message }: Error) =>
    log("debug", "mcp_rejected", { error: message.split(":", 1)[0] });
  const handler = createMcpHandler(factory, { onerror });
  const subscriptions = new Subscriptions({ follower: services.follower, factory, onerror });

  /** Answers a 2025 message with one JSON object. The SDK's own handler answers with a stream. */
  const answerOnce = async (request: Request, parsedBody: unknown, authInfo: AuthInfo) => {
    const server = await factory({ era: "legacy", authInfo, requestInfo: request });
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    const answered = transport.handleRequest(request, { parsedBody, authInfo });
    // The transport never answers a caller that has left.
    return await abortable(answered, request.signal, () => new Response(null, { status: 499 }))
      .finally(() => server.close());
  };

  /** Serves one message. */
  const serve = async (
    request: Request,
    identity: Identity,
    carried: Omit<Carried, "principal" | "grantId">,
    accepted: Accepted,
  ): Promise<Response> => {
    const { message, refusal } = carried;
    const isToolCall = message.kind === "request" && message.method === "tools/call";
    // A refused tool call gets a tool result instead, because the model reads that.
    if (refusal && !isToolCall) return refused(message, refusal);
    const misfit = wrongParams(message, request);
    if (misfit) return misfit;
    const authInfo = authInfoOf(identity, carried);
    const listen = listenRequest(message);
    const misplaced = undeclaredListener(message);
    if (misplaced) return misplaced;
    if (listen && !offer.whole) return methodNotFound(message);
    if (listen) {
      if (!accepted.stream) return notAcceptable(message, "text/event-stream");
      return await subscriptions.serve(request, listen, identity.principal, { authInfo });
    }
    const isCall = message.kind === "request" && message.wellFormed;
    if (isCall && accepted.prefersJson && !isModern(request.headers)) {
      return await answerOnce(request, message.body, authInfo);
    }
    return await handler.fetch(request, { parsedBody: message.body, authInfo });
  };

  /** Serves one message as its sender meant it, with an answer that the sender can read. */
  const serveAsMeant: typeof serve = async (request, identity, carried, accepted) => {
    if (isFitting(carried.message, request.headers)) {
      return await serve(request, identity, carried, accepted);
    }
    const meant = asMeant(carried.message, request.headers);
    if (meant instanceof Response) return meant;
    const { headers, message } = meant;
    if (message.kind === "request" && !accepted.json && !accepted.stream) {
      return notAcceptable(message, BOTH.replace(",", " or"));
    }
    const { signal } = request;
    const fitting = new Request(request.url, { method: "POST", headers, signal });
    const answered = {
      ...carried,
      message: accepted.prefersJson ? withoutProgress(message) : message,
    };
    const answer = await serve(fitting, identity, answered, accepted);
    return accepted.json ? answer : await asStream(answer);
  };

  return async (request, identity, { text, address, refusal }) => {
    const { principal } = identity;
    const body = lookAt(text, strict);
    const messages = body.kind === "batch" ? body.messages : [];
    // A batch costs one call for each of its messages, any other body costs one call.
    const admission = () => refusal ?? refusalIn(() => admitCall(services, principal));
    const refusals = Array.from({ length: Math.max(1, messages.length) }, admission);
    if (body.kind === "not_json") return parseError();
    if (!isJsonType(request.headers.get("content-type"))) return notJson();
    const serveOne = strict ? serve : serveAsMeant;
    const accepted = acceptedBy(strict ? BOTH : request.headers.get("accept"));
    const unfit = body.kind === "batch" && unfitBatch(body, request);
    if (unfit) return unfit;
    const denied = denialOf(identity, scopeNeededBy(body));
    if (denied) return deniedAnswer(denied);
    const served = (message: Message, i = 0) =>
      serveOne(request, identity, { message, address, refusal: refusals[i] }, accepted);
    if (body.kind === "batch") return await serveBatch(messages, served, accepted);
    const response = await served(body.message);
    if (body.message.method !== "initialize" || !response.ok) return response;
    const headers = new Headers(response.headers);
    headers.set("mcp-session-id", labels.issue(principal));
    return new Response(response.body, { status: response.status, headers });
  };
}

/** The SDK passes this along with a message to the server factory. */
interface Carried {
  principal: string;
  grantId: string;
  message: Message;
  address: string;
  refusal: Refusal | undefined;
}

/** An identity as the SDK's `AuthInfo`. The SDK passes it on and reads neither token nor client. */
function authInfoOf(
  { principal, grantId, scope, resourceMetadataUrl }: Identity,
  carried: Omit<Carried, "principal" | "grantId">,
): AuthInfo {
  const extra = { principal, grantId, ...carried } satisfies Carried;
  return { token: "", clientId: principal, scopes: [scope], resourceMetadataUrl, extra };
}

function carriedIn({ extra }: AuthInfo): Carried {
  return extra as unknown as Carried;
}

/** The scope that covers all messages of a body. */
function scopeNeededBy(body: Exclude<Payload, { kind: "not_json" }>): Scope {
  const messages = body.kind === "batch" ? body.messages : [body.message];
  const needed = messages.map(({ call }) => call && neededScope(call.invocation.operation));
  return needed.includes("play") ? "play" : "watch";
}

/** The conversation that a call belongs to: ChatGPT's session name, else the label that this server
 *  issued. A forged name misleads only its own sender. The hash keeps the stored value short,
 *  whatever the caller sends. */
function conversationOf(
  meta: Record<string, unknown> | undefined,
  label: string | null,
): string | null {
  const session = meta?.["openai/session"];
  const name = typeof session === "string" ? `openai:${session}` : label;
  return name === null ? null : secretHash(name).slice(0, 32);
}
