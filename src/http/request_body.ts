/** Reads a request's body before its route runs, within limits of size and time. Later reads
 *  through Hono's request find the body in memory. Every endpoint takes text, so the server refuses
 *  a body that is not UTF-8 here. */
import type { Context, MiddlewareHandler } from "@hono/hono";
import { withDeadline } from "../kernel/deadline.ts";
import { Refusal } from "../kernel/refusal.ts";
import { problem, problemResponse } from "./problem.ts";

interface BodyLimits {
  maxBytes: number;
  /** From the request's headers to the last byte of its body. */
  withinMs: number;
}

type Failure = "late" | "too large" | "incomplete" | "not UTF-8";

/** A decoder that replaces invalid bytes would change the message, and give different bodies the
 *  same text. */
const decoder = new TextDecoder("utf-8", { fatal: true });

export function requestBody({ maxBytes, withinMs }: BodyLimits): MiddlewareHandler {
  const answers = {
    "late": () =>
      problem("REQUEST_TIMEOUT", "The request body arrived too slowly. Send the request again."),
    "too large": () =>
      problemResponse(
        new Refusal("TOO_LARGE", `A request body has at most ${maxBytes} bytes. Send less.`),
      ),
    "incomplete": () =>
      problem("INVALID_REQUEST", "The request body ended early. Send the request again."),
    "not UTF-8": () => problem("INVALID_REQUEST", "The request body must be UTF-8."),
  } satisfies Record<Failure, () => Response>;
  return async (c, next) => {
    const { method } = c.req.raw;
    if (method === "GET" || method === "HEAD") return await next();
    const length = c.req.header("content-length");
    const declared = length !== undefined && c.req.header("transfer-encoding") === undefined;
    if (declared && Number(length) > maxBytes) return answers["too large"]();
    // The HTTP parser enforces a declared length. To count bytes needs a stream, which costs time.
    const read = declared ? c.req.arrayBuffer() : readCounted(c, maxBytes);
    const bytes = await withDeadline<ArrayBuffer | Failure>(
      read.catch(() => "incomplete"),
      withinMs,
      () => "late",
    );
    if (typeof bytes === "string") return answers[bytes]();
    if (!isText(bytes)) return answers["not UTF-8"]();
    await next();
  };
}

async function readCounted(c: Context, maxBytes: number): Promise<ArrayBuffer | Failure> {
  const { body } = c.req.raw;
  if (body === null) return new ArrayBuffer(0);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) return "too large";
    chunks.push(chunk);
  }
  const headers = new Headers(c.req.raw.headers);
  headers.delete("transfer-encoding");
  headers.set("content-length", String(size));
  c.req.raw = new Request(c.req.raw, { headers, body: new Blob(chunks) });
  return await c.req.arrayBuffer();
}

function isText(bytes: ArrayBuffer): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
