/** Reads a request's body before its route runs, within limits of size and time. Later reads
 *  through Hono's request find the body in memory. Every endpoint takes text, so the server refuses
 *  a body that is not UTF-8 here. */
import type { Context, MiddlewareHandler } from "@hono/hono";
import { withDeadline } from "../kernel/deadline.ts";
import { Refusal } from "../kernel/refusal.ts";
import { problem, problemResponse, refused } from "./problem.ts";

interface BodyLimits {
  maxBytes: number;
  /** From the request's headers to the last byte of its body. */
  withinMs: number;
}

type Failure = "late" | "too large" | "incomplete";

/** Charsets that UTF-8 is never mistaken for. Others, such as ISO-8859-1, which some libraries name
 *  by default, mean nothing for JSON (RFC 8259 11). */
const CHARSET = /;\s*charset\s*=\s*"?(utf-?(?:7|16|32)(?:[lb]e)?|ucs-?[24])\b/i;

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
  } satisfies Record<Failure, () => Response>;
  return async (c, next) => {
    const { method } = c.req.raw;
    if (method === "GET" || method === "HEAD") return await next();
    const coding = c.req.header("content-encoding")?.trim() ?? "";
    if (!/^(identity)?$/i.test(coding)) return compressed(c, `in the content coding ${coding}`);
    const charset = CHARSET.exec(c.req.header("content-type") ?? "")?.[1];
    if (charset !== undefined) {
      return unsupported(c, `A request body must be UTF-8, not ${charset}.`);
    }
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
    if (isGzip(bytes)) return compressed(c, "compressed with gzip");
    if (!isText(bytes)) return problem("INVALID_REQUEST", "The request body must be UTF-8.");
    await next();
  };
}

/** RFC 9110 15.5.16: `Accept-Encoding` says that the coding is the reason. */
function compressed(c: Context, how: string): Response {
  const text = `The request body is ${how}, which this server does not read. Send it uncompressed.`;
  return refused(c, "UNSUPPORTED_MEDIA_TYPE", text, { "accept-encoding": "identity" });
}

function unsupported(c: Context, text: string): Response {
  return refused(c, "UNSUPPORTED_MEDIA_TYPE", text);
}

/** RFC 1952 2.3.1. No UTF-8 text begins so. */
function isGzip(bytes: ArrayBuffer): boolean {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  return first === 0x1f && second === 0x8b;
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

/** Whether a `Content-Type` says that a body is JSON: `application/json`, a type made of it (RFC
 *  6839), or one of the names that clients of JSON-RPC use. None counts as JSON, because old
 *  scripts send none. A charset makes no difference (RFC 8259 11): every body is UTF-8. Other
 *  types, such as `text/plain`, are those that a foreign page can send without asking. */
export function isJsonType(header: string | null | undefined): boolean {
  const type = header?.split(";")[0]?.trim().toLowerCase();
  return !type ||
    /^(application\/(json|json-rpc|jsonrequest|[\w.+-]+\+json)|text\/json)$/.test(type);
}
