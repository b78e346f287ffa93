/** Fetches small JSON documents from web sites of strangers, safe against server-side request
 *  forgery: it connects to public addresses only (`public_connection.ts`), follows no redirect, and
 *  bounds size and time. */
import { Buffer } from "node:buffer";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import { withDeadline } from "../kernel/deadline.ts";
import { connectPublicly, FetchFailure, type TestNetwork } from "./public_connection.ts";

export { FetchFailure };

interface Fetched {
  json: unknown;
  /** How long the site allows caching (`Cache-Control`), in milliseconds; undefined if it does not
   *  say. */
  keepMs: number | undefined;
}

/** Gets a document from an https URL. Throws `FetchFailure`. */
export type FetchJson = (url: string) => Promise<Fetched>;

export function publicFetch(
  test?: TestNetwork,
  withinMs: number = ACCOUNT_LIMITS.documentMs,
): FetchJson {
  return async (url) => {
    const stop = new AbortController();
    try {
      return await withDeadline(get(new URL(url), stop.signal, test), withinMs, () => {
        stop.abort();
        throw new FetchFailure("away", `no answer in ${withinMs} ms`);
      });
    } catch (error) {
      throw error instanceof FetchFailure ? error : new FetchFailure("away", String(error));
    }
  };
}

async function get(url: URL, signal: AbortSignal, test?: TestNetwork): Promise<Fetched> {
  const connection = await connectPublicly(url, signal, test);
  const { readable, writable } = connection;
  const socket = Duplex.fromWeb({ readable, writable } as Parameters<typeof Duplex.fromWeb>[0]);
  const { promise, resolve, reject } = Promise.withResolvers<Fetched>();
  const outgoing = request({
    createConnection: () => socket as Socket,
    host: url.hostname,
    path: url.pathname + url.search,
    headers: { host: url.host, accept: "application/json", "accept-encoding": "identity" },
    signal,
  }, (response) => read(response, outgoing).then(resolve, reject));
  outgoing.on("error", reject);
  outgoing.end();
  try {
    return await promise;
  } finally {
    outgoing.destroy();
    socket.destroy();
  }
}

async function read(response: IncomingMessage, outgoing: ClientRequest): Promise<Fetched> {
  outgoing.on("error", (error) => response.destroy(error));
  const { statusCode = 0, headers } = response;
  if (statusCode >= 500 || statusCode === 429) {
    throw new FetchFailure("away", `status ${statusCode}`);
  }
  if (statusCode !== 200) throw new FetchFailure("unfit", `status ${statusCode}`);
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) {
    throw new FetchFailure("unfit", "the content type is not JSON");
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > ACCOUNT_LIMITS.documentBytes) {
      throw new FetchFailure("unfit", `larger than ${ACCOUNT_LIMITS.documentBytes} bytes`);
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw new FetchFailure("away", "the response is incomplete");
  return { json: jsonOf(chunks), keepMs: keepMsOf(headers["cache-control"]) };
}

function jsonOf(chunks: Uint8Array[]): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new FetchFailure("unfit", "the body is not JSON");
  }
}

function keepMsOf(cacheControl = ""): number | undefined {
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return 0;
  const [, seconds] = /\bmax-age="?(\d{1,9})\b/i.exec(cacheControl) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
