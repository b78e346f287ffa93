/** HTTP requests to services that the operator configured: bounded in time and size, and without
 *  redirects. */
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";

/** A service is unreachable, or its response is unusable. The message is for the operator. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
}

/** Fetches the whole response into memory. Throws `UpstreamError` if there is none in time, or if
 *  it is too large or a redirect. */
export async function boundedFetch(
  url: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ACCOUNT_LIMITS.providerMs);
  const stop = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
  try {
    const response = await fetch(url, { headers, redirect: "error", signal: stop });
    const body = await boundedBody(response);
    return new Response(body, { status: response.status, headers: response.headers });
  } catch (error) {
    if (error instanceof UpstreamError) throw error;
    throw new UpstreamError(
      `${url} ${abort.signal.aborted ? "did not answer in time" : "is unreachable or redirects"}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Fetches JSON. Also throws `UpstreamError` for any status other than 200, and for a body that is
 *  not JSON. */
export async function boundedJson(
  url: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<unknown> {
  const response = await boundedFetch(url, { Accept: "application/json", ...headers }, signal);
  if (response.status !== 200) throw new UpstreamError(`${url} answers ${response.status}`);
  const json: unknown = await response.json().catch(() => {
    throw new UpstreamError(`${url} answers something that is not JSON`);
  });
  return json;
}

async function boundedBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Uint8Array(ACCOUNT_LIMITS.providerBytes);
  let size = 0;
  for await (const chunk of response.body ?? []) {
    if (size + chunk.length > body.length) {
      throw new UpstreamError(`${response.url} answers more than ${body.length} bytes`);
    }
    body.set(chunk, size);
    size += chunk.length;
  }
  return body.slice(0, size);
}
