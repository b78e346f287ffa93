/** Refuses requests whose body is too large, before anything of it is parsed. */
import type { MiddlewareHandler } from "@hono/hono";
import { bodyLimit } from "@hono/hono/body-limit";
import { Refusal } from "../domain/refusal.ts";
import { problemResponse } from "./problem.ts";

export function limitedBody(maxBytes: number): MiddlewareHandler {
  const tooLarge = () =>
    problemResponse(new Refusal("TOO_LARGE", `A request is at most ${maxBytes} bytes.`));
  const counting = bodyLimit({ maxSize: maxBytes, onError: tooLarge });
  return async (c, next) => {
    const length = c.req.header("content-length");
    // A declared length is kept by the HTTP parser. Hono's own check would open the body as a stream to see whether
    // there is one, which costs time and memory for as long as the request waits.
    if (length === undefined || c.req.header("transfer-encoding")) return await counting(c, next);
    if (Number(length) > maxBytes) return tooLarge();
    await next();
  };
}
