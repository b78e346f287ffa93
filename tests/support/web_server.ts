/** A web site on the loopback network, over http or https. Each path has its own behaviour. */
import type { Identity } from "./certificates.ts";

export interface WebServer extends AsyncDisposable {
  /** `http://localhost:<port>` */
  origin: string;
  /** `localhost:<port>`, the form in which a bot declares it. */
  host: string;
  port: number;
  /** `GET /path` of each request up to now. */
  seen: string[];
}

/** Resolves only when the server ends, to release requests that still wait. */
interface Held {
  ended: Promise<void>;
  /** Resolves on a request for `/open`. */
  opened: PromiseWithResolvers<void>;
}

export function webServer(identity?: Identity): WebServer {
  const seen: string[] = [];
  const end = Promise.withResolvers<void>();
  const held: Held = { ended: end.promise, opened: Promise.withResolvers() };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, onError: () => new Response(), ...identity },
    (request) => {
      const url = new URL(request.url);
      seen.push(`${request.method} ${url.pathname}`);
      return answer(request, url, held);
    },
  );
  const { port } = server.addr;
  return {
    origin: `${identity ? "https" : "http"}://localhost:${port}`,
    host: `localhost:${port}`,
    port,
    seen,
    async [Symbol.asyncDispose]() {
      end.resolve();
      await server.shutdown();
    },
  };
}

async function answer(request: Request, url: URL, held: Held): Promise<Response> {
  const number = (name: string) => Number(url.searchParams.get(name));
  switch (url.pathname) {
    case "/echo":
      return Response.json({
        method: request.method,
        url: url.pathname + url.search,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      });
    case "/redirect":
      return new Response("moved", {
        status: number("status") || 302,
        headers: { location: url.searchParams.get("to")!, "set-cookie": "crumb=1; Path=/" },
      });
    case "/loop": // redirects `times` times
      return new Response(null, {
        status: 302,
        headers: { location: number("times") > 1 ? `/loop?times=${number("times") - 1}` : "/echo" },
      });
    case "/far":
      return new Response(null, { status: 302, headers: { location: `/${"x".repeat(1_100)}` } });
    case "/bytes":
      return new Response(new Uint8Array(number("n")));
    case "/gzip": {
      const zeros = endless(new Uint8Array(64 * 1024), number("n") / (64 * 1024));
      return new Response(zeros.pipeThrough(new CompressionStream("gzip")), {
        headers: { "content-encoding": "gzip" },
      });
    }
    case "/headers":
      return new Response("[]", {
        status: 404,
        headers: {
          ETag: '"1"',
          "Content-Type": "application/json",
          "Content-Language": "de",
          "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT",
          "Retry-After": "7",
          "Set-Cookie": "crumb=1",
          "X-Request-Id": crypto.randomUUID(),
        },
      });
    case "/large_headers":
      return new Response("", { headers: { etag: `"${"e".repeat(1_100)}"`, "retry-after": "1" } });
    case "/never":
      await held.ended;
      return new Response();
    case "/drip":
      return new Response(dripping(held.ended));
    case "/wait":
      await Promise.race([held.opened.promise, held.ended]);
      return new Response("waited");
    case "/open":
      held.opened.resolve();
      return new Response("opened");
    default:
      return new Response("nothing here", { status: 404 });
  }
}

function endless(chunk: Uint8Array<ArrayBuffer>, times: number) {
  let remaining = times;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => remaining-- > 0 ? controller.enqueue(chunk) : controller.close(),
  });
}

/** Sends a byte at intervals, without end. */
function dripping(ended: Promise<void>) {
  let timer: ReturnType<typeof setInterval>;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      timer = setInterval(() => controller.enqueue(new Uint8Array(1)), 5);
      ended.then(() => clearInterval(timer));
    },
    cancel: () => clearInterval(timer),
  });
}

/** A server that sends these bytes on every connection and closes it. */
export function rawServer(reply: string): { host: string; origin: string } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const done = (async () => {
    for await (const connection of listener) {
      try {
        await connection.read(new Uint8Array(4_096));
        await connection.write(new TextEncoder().encode(reply));
      } catch { /* The other side was faster. */ }
      connection.close();
    }
  })();
  const host = `localhost:${listener.addr.port}`;
  return {
    host,
    origin: `http://${host}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await done;
    },
  };
}

/** A server that accepts every connection and sends nothing. */
export function muteServer(): { port: number } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const done = (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await done;
      for (const connection of connections) connection.close();
    },
  };
}
