/** Parameters of OAuth requests, from a query or a form. */
import type { Context } from "@hono/hono";
import { OAuthError, OAuthErrorCode } from "../accounts/errors.ts";

/** A parameter; undefined if absent or empty (RFC 6749 3.1). Throws if it is repeated. */
export function single(params: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = params.getAll(name);
  if (more.length > 0) {
    throw new OAuthError(OAuthErrorCode.InvalidRequest, `${name} is repeated.`);
  }
  return value === "" ? undefined : value;
}

/** A required parameter. Throws if it is absent. */
export function required(params: URLSearchParams, name: string): string {
  const value = single(params, name);
  if (value === undefined) {
    throw new OAuthError(OAuthErrorCode.InvalidRequest, `${name} is missing.`);
  }
  return value;
}

/** The form in a request's body. Throws if the body has another content type. */
export async function formOf(c: Context): Promise<URLSearchParams> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new OAuthError(
      OAuthErrorCode.InvalidRequest,
      "Send the parameters as application/x-www-form-urlencoded.",
    );
  }
  return new URLSearchParams(await c.req.text());
}
