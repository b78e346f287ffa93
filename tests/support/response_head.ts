/** The head of a response, for tests that read no body. */
import type { TestServer } from "./server.ts";

/** Sends a request and follows no redirect. */
export async function responseHead(
  server: Pick<TestServer, "url">,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const response = await fetch(server.url + path, { redirect: "manual", ...init });
  await response.body?.cancel();
  return response;
}
