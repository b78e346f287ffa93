/** `fetch` through a forwarded port: every request goes to one server, whatever host its URL names,
 *  and carries that name as `Host`, as a client would send it. */
import { type IncomingMessage, request } from "node:http";
import { request as requestTls } from "node:https";
import { Readable } from "node:stream";

/** With `ca`, over TLS: the server's certificate has to be for that host, by this authority. */
export function forwardedFetch(server: string, ca?: string): typeof fetch {
  const { hostname, port } = new URL(server);
  return async (input, init) => {
    const asked = new Request(input, init);
    const url = new URL(asked.url);
    const body = new Uint8Array(await asked.arrayBuffer());
    const headers = { ...Object.fromEntries(asked.headers), host: url.host };
    return await new Promise<Response>((resolve, reject) => {
      const path = url.pathname + url.search;
      const tls = ca === undefined ? {} : { ca, servername: url.hostname };
      const options = { hostname, port, method: asked.method, path, headers, ...tls };
      const ask = ca === undefined ? request : requestTls;
      const sent = ask(options, (answer: IncomingMessage) => {
        const status = answer.statusCode!;
        const empty = status === 204 || status === 304 || asked.method === "HEAD";
        if (empty) answer.resume();
        const stream = empty ? null : Readable.toWeb(answer) as ReadableStream<Uint8Array>;
        resolve(new Response(stream, { status, headers: answer.headers as HeadersInit }));
      });
      asked.signal.addEventListener("abort", () => sent.destroy());
      sent.on("error", reject);
      sent.end(body);
    });
  };
}
