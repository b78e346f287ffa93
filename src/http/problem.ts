/** Refusals over plain HTTP: RFC 9457 problem documents, with the same codes as over MCP. */
import type { Context } from "@hono/hono";
import type { Denied } from "../accounts/access/bearer.ts";
import { NO_STORE } from "../accounts/errors.ts";
import type { Refusal, RefusalCode } from "../kernel/refusal.ts";
import { declarationOf } from "./route_declaration.ts";

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

/** Codes of the HTTP layer, which refuses requests before an operation runs. */
const HTTP_STATUS = {
  UNAUTHORIZED: 401,
  INVALID_TOKEN: 401,
  INSUFFICIENT_SCOPE: 403,
  ORIGIN_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  URI_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  HOST_NOT_SERVED: 421,
} as const;

type ProblemCode = RefusalCode | keyof typeof HTTP_STATUS;

/** The status of every code. */
export const PROBLEM_STATUS: Readonly<Record<ProblemCode, number>> = { ...STATUS, ...HTTP_STATUS };

/** `detail` gives the cause and the way out; `more` are additional members of the problem
 *  document. */
export function problem(
  code: ProblemCode,
  detail: string,
  headers: HeadersInit = {},
  more: Record<string, unknown> = {},
): Response {
  const status = PROBLEM_STATUS[code];
  const document = { type: "about:blank", title: code, status, detail, code, ...more };
  const response = new Response(JSON.stringify(document), { status, headers });
  response.headers.set("content-type", "application/problem+json");
  response.headers.set("cache-control", "no-store");
  return response;
}

export function problemResponse({ code, text, retryAfterMs }: Refusal): Response {
  if (retryAfterMs === undefined) return problem(code, text);
  const headers = { "retry-after": String(Math.ceil(retryAfterMs / 1000)) };
  return problem(code, text, headers, { retry_after_ms: retryAfterMs });
}

/** The problem of a denied request, with OAuth's members `error` and `error_description`. */
export function deniedProblem({ error, description, challenge }: Denied): Response {
  const code = error.toUpperCase() as Uppercase<Denied["error"]>;
  const headers = { ...NO_STORE, "www-authenticate": challenge };
  return problem(code, description, headers, { error, error_description: description });
}

/** The refusal of a request before its route runs, in the form that the route's clients read. */
export function refused(
  c: Context,
  code: ProblemCode,
  text: string,
  headers: Record<string, string> = {},
): Response {
  const init = { status: PROBLEM_STATUS[code], headers: { ...NO_STORE, ...headers } };
  switch (declarationOf(c).errors) {
    case "json_rpc": {
      const error = { code: -32600, message: `Invalid Request: ${text}`, data: { code } };
      return Response.json({ jsonrpc: "2.0", id: null, error }, init);
    }
    case "oauth":
      return Response.json({ error: "invalid_request", error_description: text }, init);
    case "problem":
      return problem(code, text, headers);
  }
}
