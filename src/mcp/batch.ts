/** Batches of MCP 2025-03-26, the only version that has them. The server processes the messages in
 *  order, and each one only after the client has read the answers before it. So a batch holds at
 *  most one answer in memory, even for a client that does not read. */
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { Refusal } from "../kernel/refusal.ts";
import { badRequest, refused } from "./answers.ts";
import type { Message, Payload } from "./messages.ts";

type Batch = Extract<Payload, { kind: "batch" }>;

const encoder = new TextEncoder();

/** The error for an invalid batch; null for a valid one. */
export function unfitBatch({ messages, length }: Batch, { headers }: Request): Response | null {
  // Clients of 2025-03-26 send no version header.
  const version = headers.get("mcp-protocol-version") ?? "2025-03-26";
  if (version !== "2025-03-26") return badRequest("this protocol version does not support batches");
  if (length === 0) return badRequest("the batch is empty");
  if (length > HTTP_LIMITS.batchMessages) {
    return badRequest(`a batch has at most ${HTTP_LIMITS.batchMessages} messages: split it`);
  }
  if (!messages.every(({ wellFormed }) => wellFormed)) {
    return badRequest("every element of a batch must be a JSON-RPC message");
  }
  const opens = messages.some(({ kind, method }) => kind === "request" && method === "initialize");
  return opens ? badRequest("initialize must not be part of a batch") : null;
}

/** Answers a valid batch with a stream of events, or with 202 if it holds no request. `serve`
 *  answers one of its messages. */
export async function serveBatch(
  messages: readonly Message[],
  serve: (message: Message, index: number) => Promise<Response>,
): Promise<Response> {
  const events = eventsOf(messages, serve);
  if (messages.some(({ kind }) => kind === "request")) {
    // Deno's `ReadableStream.from` pulls nothing before the first read.
    return new Response(ReadableStream.from(events), {
      headers: { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" },
    });
  }
  for await (const _ of events);
  return new Response(null, { status: 202 });
}

async function* eventsOf(
  messages: readonly Message[],
  serve: (message: Message, index: number) => Promise<Response>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  for (const [i, message] of messages.entries()) {
    const answer = bytes < HTTP_LIMITS.batchBytes
      ? await serve(message, i)
      : refused(message, full());
    if (!answer.body) continue;
    if (answer.headers.get("content-type")?.startsWith("text/event-stream")) {
      for await (const chunk of answer.body) {
        bytes += chunk.length;
        yield chunk;
      }
    } else if (message.kind === "request" || message.kind === "other") {
      const event = encoder.encode(`event: message\ndata: ${await answer.text()}\n\n`);
      bytes += event.length;
      yield event;
    }
  }
}

function full(): Refusal {
  const text = "The answers to this batch have reached the size limit, so the server did not " +
    "process this message. Send it again on its own.";
  return new Refusal("TOO_LARGE", text);
}
