/** The web that the bots ask, on the loopback network. A source says `localhost:8000` where its
 *  author had a public host. */

const WRITTEN = "localhost:8000";

export interface Site extends AsyncDisposable {
  /** A source as it is attached: with the address that there is today. */
  located(source: string): string;
  /** A text with the address that stands in the sources. */
  written(text: string): string;
}

export function openSite(): Site {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  const host = `localhost:${server.addr.port}`;
  return {
    located: (source) => source.replaceAll(WRITTEN, host),
    written: (text) => text.replaceAll(host, WRITTEN),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const JOKES = ["Why did the bot cross the road?", "To post on the other side."];
const LATIN_1 = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  switch (url.pathname) {
    case "/price/BTC":
      return Response.json({ data: { base: "BTC", currency: "USD", amount: "65000.50" } });
    case "/price/ETH":
      return Response.json({ data: { base: "ETH", currency: "USD", amount: "3200.25" } });
    case "/jokes":
      return Response.json(JOKES);
    case "/big":
      return new Response('{"id": 9007199254740993}', {
        headers: { "content-type": "application/json" },
      });
    case "/page":
      return new Response("<html><title>Down</title></html>", {
        headers: { "content-type": "text/html" },
      });
    case "/old":
      return Response.redirect(new URL("/price/BTC", url), 302);
    case "/missing":
      return Response.json({ error: "no such coin" }, { status: 404 });
    case "/broken":
      return new Response("oops", { status: 503, headers: { "retry-after": "7" } });
    case "/latin1":
      return new Response(LATIN_1, { headers: { "content-type": "text/plain; charset=latin-1" } });
    case "/slow":
      await new Promise((resolve) => setTimeout(resolve, 200));
      return Response.json({ answer: "slow" });
    case "/fast":
      return Response.json({ answer: "fast" });
    case "/bytes":
      return new Response(Uint8Array.of(137, 80, 78, 71), {
        headers: { "content-type": "image/png" },
      });
    case "/private":
      return Response.json({ authorization: request.headers.get("authorization") });
    case "/echo":
      return Response.json({
        method: request.method,
        query: url.search,
        cookie: request.headers.get("cookie"),
        type: request.headers.get("content-type"),
        token: request.headers.get("x-token"),
        agent: request.headers.get("user-agent"),
        body: await request.text(),
      });
    default:
      return new Response("nothing here", { status: 404 });
  }
}
