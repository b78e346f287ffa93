/** A client's web site on the loopback network, over https with a host name. The test decides which
 *  pages it publishes. */
import { type Identity, testAuthority } from "../support/certificates.ts";

type Page = (request: Request) => Response | Promise<Response>;

export interface ClientSite extends AsyncDisposable {
  /** `https://localhost:<port>` */
  origin: string;
  /** Lets the endpoints fetch from this site. */
  network: { loopback: true; caCerts: string[] };
  /** The path of each request so far. */
  seen: string[];
  /** Publishes a page or a JSON document at a path and returns its URL. */
  put(path: string, page: Page | object): string;
  /** Publishes the document of a public client with this redirect URI and returns its
   *  `client_id`. */
  putClient(path: string, metadata?: Record<string, unknown>): string;
}

/** One key for all sites of a test file, since keys are slow to generate. */
let made: Promise<{ ca: string; identity: Identity }> | undefined;

async function certificate() {
  const authority = await testAuthority();
  return { ca: authority.cert, identity: await authority.issue({ names: ["localhost"] }) };
}

export async function clientSite(redirectUri: string): Promise<ClientSite> {
  const { ca, identity } = await (made ??= certificate());
  const seen: string[] = [];
  const pages = new Map<string, Page>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, onError: () => new Response(), ...identity },
    (request) => {
      const { pathname, search } = new URL(request.url);
      seen.push(pathname + search);
      const page = pages.get(pathname);
      return page ? page(request) : new Response("nothing here", { status: 404 });
    },
  );
  const origin = `https://localhost:${server.addr.port}`;
  const put: ClientSite["put"] = (path, page) => {
    pages.set(path, page instanceof Function ? page : () => Response.json(page));
    return origin + path;
  };
  return {
    origin,
    network: { loopback: true, caCerts: [ca] },
    seen,
    put,
    putClient(path, metadata = {}) {
      const document = { client_id: origin + path, redirect_uris: [redirectUri], ...metadata };
      return put(path, document);
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
