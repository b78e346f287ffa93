/** Refusals over plain HTTP: RFC 9457 problem documents with the code that every door uses. */
import type { Refusal, RefusalCode } from "../domain/refusal.ts";

const STATUS = {
  INVALID_REQUEST: 400,
  INVITE_INVALID: 404,
  REJOIN_TOKEN_INVALID: 404,
  SLOT_ALREADY_FILLED: 409,
  CHANNEL_NOT_FOUND: 404,
  NOT_MEMBER: 403,
  SEAT_AMBIGUOUS: 409,
  NOT_ADMIN: 403,
  BAD_OP: 400,
  BOT_NOT_FOUND: 404,
  BOT_REJECTED: 422,
  CHANNEL_CLOSED: 410,
  CHANNEL_SEALED: 403,
  MUTED: 403,
  TOO_LARGE: 413,
  RATE_LIMIT: 429,
  TIMEOUT: 504,
  UNAVAILABLE: 503,
  INTERNAL_ERROR: 500,
} satisfies Record<RefusalCode, number>; // a new code does not compile without its status

export function problemResponse({ code, text, retryAfterMs }: Refusal): Response {
  const problem = {
    type: "about:blank",
    title: code,
    status: STATUS[code],
    detail: text,
    code,
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
  };
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (retryAfterMs !== undefined) {
    headers.set("retry-after", String(Math.ceil(retryAfterMs / 1000)));
  }
  return new Response(JSON.stringify(problem), { status: STATUS[code], headers });
}
