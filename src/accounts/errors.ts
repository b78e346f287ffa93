/** Error responses of the OAuth endpoints: RFC 6749 5.2 bodies, without stack traces, never
 *  cached. */
import type { Context } from "@hono/hono";
import { OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server";
import type * as z from "zod";

export { OAuthError, OAuthErrorCode };

/** Keeps tokens, codes and secrets out of caches. */
export const NO_STORE = { "Cache-Control": "no-store", Pragma: "no-cache" };

/** The JSON response for an error (RFC 6749 5.2, RFC 7591 3.2.2). */
export function errorAnswer(c: Context, error: OAuthError): Response {
  if (error.code === OAuthErrorCode.TemporarilyUnavailable) {
    return c.json(errorBody(error), 503, { ...NO_STORE, "Retry-After": "60" });
  }
  if (error.code !== OAuthErrorCode.InvalidClient) return c.json(errorBody(error), 400, NO_STORE);
  const challenge = { "WWW-Authenticate": 'Basic realm="oauth"' };
  return c.json(errorBody(error), 401, { ...NO_STORE, ...challenge });
}

export function errorBody(error: OAuthError): { error: string; error_description: string } {
  return { error: error.code, error_description: printable(error.message) };
}

/** The first problem of input that its schema refused, with the name of the field. */
export function complaint({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return "The request is malformed.";
  return `${issue.path.join(".") || "The request"}: ${issue.message}`;
}

/** Replaces the characters that RFC 6749 does not allow in an `error_description`. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'");
}
