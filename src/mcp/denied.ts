/** The answer of the MCP endpoint to a request whose token is missing, is invalid or lacks a
 *  scope. */
import type { Denied } from "../accounts/access/bearer.ts";
import { NO_STORE } from "../accounts/errors.ts";

/** A missing or invalid token gets an OAuth error body. An insufficient scope gets the same problem
 *  document as over REST. */
export function deniedAnswer({ error, description, challenge }: Denied): Response {
  const oauth = { error, error_description: description };
  const headers = { ...NO_STORE, "WWW-Authenticate": challenge };
  if (error !== "insufficient_scope") return Response.json(oauth, { status: 401, headers });
  const [code, status] = ["INSUFFICIENT_SCOPE", 403];
  const problem = { type: "about:blank", title: code, status, detail: description, code, ...oauth };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { ...headers, "Content-Type": "application/problem+json" },
  });
}
