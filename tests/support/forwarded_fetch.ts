/** `fetch` through a forwarded port: every request goes to one server, whatever host its URL names,
 *  and carries that name as `Host`, as a client would send it. */
import { request } from "node:http";
import { Readable } from "node:stream";

export function forwardedFetch(server: string): typeof fetch {
  const { hostname, port } = new URL(server);
  return async (input, init) => {
    const asked = new Request(input, init);
    const url = new URL(asked.url);
    const body = new Uint8Array(await asked.arrayBuffer());
    const headers = { ...Object.fromEntries(asked.headers), host: url.host };
    return await new Promise<Response>((resolve, reject) => {
      const path = url.pathname + url.search;
      const sent = request({ hostname, port, method: asked.method, path, headers }, (answer) => {
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
