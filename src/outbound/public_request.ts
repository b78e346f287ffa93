/** One https request to a web site of strangers, safe against server-side request forgery: it
 *  connects to public addresses only (`public_connection.ts`) or asks the operator's proxy for
 *  public names only, follows no redirect, and has a deadline. The reader of the answer bounds its
 *  size. */
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { withDeadline } from "../kernel/deadline.ts";
import { proxyFor, type ProxySettings } from "./proxy.ts";
import {
  checkProxied,
  connectPublicly,
  FetchFailure,
  type TestNetwork,
} from "./public_connection.ts";

interface Sent {
  method: "GET" | "POST";
  headers: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

export interface Answer {
  status: number;
  /** The value of a header, by its name in lower case. */
  header(name: string): string | undefined;
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Whether the whole answer has arrived; asked after the last chunk. */
  isWhole(): boolean;
}

/** Sends a request and returns what `read` makes of the answer. Throws `FetchFailure`. */
type PublicRequest = <T>(
  url: URL,
  sent: Sent,
  read: (answer: Answer) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>;

export interface PublicRequestOptions {
  /** The proxy for hosts that it is for; absent: there is none. */
  proxy?: ProxySettings | undefined;
  test?: TestNetwork | undefined;
  withinMs: number;
}

export function publicRequest({ proxy, test, withinMs }: PublicRequestOptions): PublicRequest {
  return async (url, sent, read, signal) => {
    const late = new AbortController();
    const stop = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    const via = proxyFor(url.hostname, proxy);
    const answered = via === undefined
      ? ask(url, sent, read, stop, test)
      : askThrough(via, { url, sent, read, signal: stop, test });
    try {
      return await withDeadline(answered, withinMs, () => {
        late.abort();
        throw new FetchFailure("away", `no answer in ${withinMs} ms`, "timeout");
      });
    } catch (error) {
      throw error instanceof FetchFailure ? error : new FetchFailure("away", String(error));
    }
  };
}

async function ask<T>(
  url: URL,
  { method, headers, body }: Sent,
  read: (answer: Answer) => Promise<T>,
  signal: AbortSignal,
  test?: TestNetwork,
): Promise<T> {
  const connection = await connectPublicly(url, signal, test);
  const { readable, writable } = connection;
  const socket = Duplex.fromWeb({ readable, writable } as Parameters<typeof Duplex.fromWeb>[0]);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const outgoing = request({
    createConnection: () => socket as Socket,
    method,
    host: url.hostname,
    path: url.pathname + url.search,
    headers: {
      host: url.host,
      ...headers,
      ...(body && { "content-length": String(body.length) }),
    },
    signal,
  }, (response) => {
    outgoing.on("error", (error) => response.destroy(error));
    read(answerIn(response)).then(resolve, reject);
  });
  outgoing.on("error", reject);
  outgoing.end(body);
  try {
    return await promise;
  } finally {
    outgoing.destroy();
    socket.destroy();
  }
}

function answerIn(response: IncomingMessage): Answer {
  return {
    status: response.statusCode ?? 0,
    header: (name) => response.headers[name]?.toString(),
    chunks: response,
    isWhole: () => response.complete,
  };
}

/** The proxy resolves the name, so the server can't pin an address. The proxy passes bytes on: the
 *  certificate is still checked here. */
async function askThrough<T>(
  proxy: string,
  { url, sent, read, signal, test }: {
    url: URL;
    sent: Sent;
    read: (answer: Answer) => Promise<T>;
    signal: AbortSignal;
    test: TestNetwork | undefined;
  },
): Promise<T> {
  await checkProxied(url);
  using client = Deno.createHttpClient({
    proxy: { url: proxy },
    caCerts: [...test?.caCerts ?? []],
  });
  const { method, headers, body = null } = sent;
  const response = await fetch(url, {
    client,
    method,
    headers,
    body,
    redirect: "manual",
    signal,
  });
  try {
    return await read({
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      chunks: response.body ?? [],
      isWhole: () => true,
    });
  } finally {
    await response.body?.cancel().catch(() => {});
  }
}
