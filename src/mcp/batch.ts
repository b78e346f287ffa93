/** Batches of MCP 2025-03-26, the only version that has them. The server processes the messages in
 *  order, and each one only after the client has read the answers before it. So a batch holds at
 *  most one answer in memory, even for a client that does not read. */
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Accepted } from "./accepted.ts";
import { badRequest, eventWith, isStream, refused } from "./answers.ts";
import { hasEnvelope } from "./era.ts";
import type { Message, Payload } from "./messages.ts";

type Batch = Extract<Payload, { kind: "batch" }>;

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
  if (messages.some(hasEnvelope)) return badRequest("2026-07-28 has no batches");
  const opens = messages.some(({ kind, method }) => kind === "request" && method === "initialize");
  return opens ? badRequest("initialize must not be part of a batch") : null;
}

/** Answers one message of a batch. */
type Serve = (message: Message, index: number) => Promise<Response>;

/** Answers a valid batch with a stream of events or, for a caller that prefers it, with an array;
 *  with 202 if the batch holds no request. */
export async function serveBatch(
  messages: readonly Message[],
  serve: Serve,
  { prefersJson }: Accepted,
): Promise<Response> {
  const hasRequest = messages.some(({ kind }) => kind === "request");
  if (hasRequest && prefersJson) return await arrayOf(messages, serve);
  const events = eventsOf(messages, serve);
  if (hasRequest) {
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
  serve: Serve,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const sent = { bytes: 0 };
  for await (const { answer, counts } of answersTo(messages, serve, sent)) {
    if (!answer.body) continue;
    if (isStream(answer)) {
      for await (const chunk of answer.body) {
        sent.bytes += chunk.length;
        yield chunk;
      }
    } else if (counts) {
      const event = eventWith(await answer.text());
      sent.bytes += event.length;
      yield event;
    }
  }
}

/** No answer is a stream here, because the caller prefers JSON. */
async function arrayOf(messages: readonly Message[], serve: Serve): Promise<Response> {
  const sent = { bytes: 0 };
  const texts: string[] = [];
  for await (const { answer, counts } of answersTo(messages, serve, sent)) {
    const text = await answer.text();
    sent.bytes += text.length;
    if (counts && text !== "") texts.push(text);
  }
  return new Response(`[${texts.join(",")}]`, { headers: { "content-type": "application/json" } });
}

/** The answers in order. `counts` is false for the answer to a message that expects none. */
async function* answersTo(messages: readonly Message[], serve: Serve, sent: { bytes: number }) {
  for (const [i, message] of messages.entries()) {
    const answer = sent.bytes < HTTP_LIMITS.batchBytes
      ? await serve(message, i)
      : refused(message, full());
    yield { answer, counts: message.kind === "request" || message.kind === "other" };
  }
}

function full(): Refusal {
  const text = "The answers to this batch have reached the size limit, so the server did not " +
    "process this message. Send it again on its own.";
  return new Refusal("TOO_LARGE", text);
}
