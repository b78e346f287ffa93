/** Reads a request's body before anything else is done with it, within a size and a time: whoever reads it later,
 *  through Hono's request, finds it in memory. */
import type { Context, MiddlewareHandler } from "@hono/hono";
import { Refusal } from "../domain/refusal.ts";
import { problem, problemResponse } from "./problem.ts";

export interface BodyLimits {
  maxBytes: number;
  /** From the request's headers to the last byte of its body. */
  withinMs: number;
}

type Failure = "late" | "too large" | "broken off";

export function requestBody({ maxBytes, withinMs }: BodyLimits): MiddlewareHandler {
  const answers = {
    "late": () => problem("REQUEST_TIMEOUT", "The request's body took too long. Send it again."),
    "too large": () =>
      problemResponse(
        new Refusal("TOO_LARGE", `A request is at most ${maxBytes} bytes: send less.`),
      ),
    "broken off": () => problem("INVALID_REQUEST", "The request's body broke off."),
  } satisfies Record<Failure, () => Response>;
  return async (c, next) => {
    const { method } = c.req.raw;
    if (method === "GET" || method === "HEAD") return await next();
    const length = c.req.header("content-length");
    const told = length !== undefined && c.req.header("transfer-encoding") === undefined;
    if (told && Number(length) > maxBytes) return answers["too large"]();
    // A length that was told is kept by the HTTP parser. To count needs the body as a stream, which costs time.
    const read = told ? c.req.text().then(() => null) : counted(c, maxBytes);
    const failure = await within(withinMs, read.catch((): Failure => "broken off"));
    if (failure !== null) return answers[failure]();
    await next();
  };
}

async function counted(c: Context, maxBytes: number): Promise<Failure | null> {
  const { body } = c.req.raw;
  if (body === null) return null;
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
  return null;
}

async function within(ms: number, reading: Promise<Failure | null>): Promise<Failure | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Failure>((resolve) => timer = setTimeout(resolve, ms, "late"));
  return await Promise.race([reading, late]).finally(() => clearTimeout(timer));
}
