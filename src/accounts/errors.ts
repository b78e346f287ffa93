/** How the OAuth door says no: RFC 6749 5.2 bodies, never a stack, never kept by a cache. */
import type { Context } from "@hono/hono";
import { OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server";
import type * as z from "zod";

export { OAuthError, OAuthErrorCode };

/** No token, code or secret may rest in a cache. */
export const NO_STORE = { "Cache-Control": "no-store", Pragma: "no-cache" };

/** An error as the JSON that RFC 6749 5.2 and RFC 7591 3.2.2 describe. */
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

/** What to tell about input that its schema refused: the first complaint, with the field's name. */
export function complaint({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return "The request is malformed.";
  return `${issue.path.join(".") || "The request"}: ${issue.message}`;
}

/** The characters that RFC 6749 allows in an `error_description`. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'");
}
