/** A receiver of MCP events: an https server with a certificate of its own, under a public-looking
 *  name. It checks every signature with the package of Standard Webhooks, and behaves as the test
 *  says. */
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { type Identity, testAuthority } from "./certificates.ts";
import type { Wire } from "./player.ts";

export const RECEIVER = "hooks.mcp-test.example";

/** A signed post. */
export interface Received {
  /** `webhook-id`. */
  id: string;
  subscription: string;
  path: string;
  body: Wire;
  /** The status that it was answered with. */
  status: number;
}

type Respond = (received: Received) => Response | Promise<Response>;

export interface WebhookReceiver extends AsyncDisposable {
  port: number;
  /** PEM. */
  ca: string;
  /** Lets a server in this process reach it. The test may give the name other addresses. */
  network: { loopback: true; caCerts: string[]; names: Record<string, string[]> };
  url(path?: string): string;
  /** The same without its port: for a server that reaches it through a proxy. */
  proxiedUrl(path?: string): string;
  /** A new secret that its signatures are checked with. */
  secret(bytes?: number): string;
  /** The posts with a valid signature, oldest first: events and the end of a subscription. */
  received: Received[];
  challenges: Received[];
  /** The requests that no known secret has signed, or that are no post of JSON. */
  unsigned: string[];
  /** Answers the posts from now on; by default with 204. */
  respond: Respond;
  /** Answers challenges from now on; by default with their echo. */
  verify: Respond;
  /** Resolves once so many events were answered with success. */
  taken(count: number): Promise<Received[]>;
  /** Resolves once so many posts of any outcome have come. */
  posts(count: number): Promise<Received[]>;
}

let made: Promise<{ ca: string; identity: Identity }> | undefined;

async function certificate() {
  const authority = await testAuthority();
  const names = [RECEIVER, `other.${RECEIVER}`];
  return { ca: authority.cert, identity: await authority.issue({ names }) };
}

export async function webhookReceiver(): Promise<WebhookReceiver> {
  const { ca, identity } = await (made ??= certificate());
  const secrets: string[] = [];
  let news = Promise.withResolvers<void>();
  const until = async (enough: () => boolean) => {
    while (!enough()) await news.promise;
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, onError: () => new Response(), ...identity },
    async (request) => {
      const text = await request.text();
      const { pathname } = new URL(request.url);
      const isPost = request.method === "POST" &&
        request.headers.get("content-type") === "application/json";
      if (!isPost || !secrets.some((secret) => isSigned(secret, text, request.headers))) {
        receiver.unsigned.push(`${request.method} ${pathname} ${text}`);
        return new Response("not signed", { status: 401 });
      }
      const received: Received = {
        id: request.headers.get("webhook-id")!,
        subscription: request.headers.get("x-mcp-subscription-id")!,
        path: pathname,
        body: JSON.parse(text),
        status: 0,
      };
      const isChallenge = received.body.type === "verification";
      (isChallenge ? receiver.challenges : receiver.received).push(received);
      const response = await (isChallenge ? receiver.verify : receiver.respond)(received);
      received.status = response.status;
      news.resolve();
      news = Promise.withResolvers();
      return response;
    },
  );
  const { port } = server.addr;
  const succeeded = () => receiver.received.filter(({ status }) => status >= 200 && status < 300);
  const receiver: WebhookReceiver = {
    port,
    ca,
    network: {
      loopback: true,
      caCerts: [ca],
      names: { [RECEIVER]: ["127.0.0.1"], [`other.${RECEIVER}`]: ["127.0.0.1"] },
    },
    url: (path = "/hook") => `https://${RECEIVER}:${port}${path}`,
    proxiedUrl: (path = "/hook") => `https://${RECEIVER}${path}`,
    secret(bytes = 32) {
      const secret = `whsec_${crypto.getRandomValues(new Uint8Array(bytes)).toBase64()}`;
      secrets.push(secret);
      return secret;
    },
    received: [],
    challenges: [],
    unsigned: [],
    respond: () => new Response(null, { status: 204 }),
    verify: ({ body: { challenge } }) => Response.json({ challenge }),
    async taken(count) {
      await until(() => succeeded().length >= count);
      return succeeded();
    },
    async posts(count) {
      await until(() => receiver.received.filter(({ status }) => status > 0).length >= count);
      return receiver.received;
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      assert.deepEqual(receiver.unsigned, []);
    },
  };
  return receiver;
}

function isSigned(secret: string, text: string, headers: Headers): boolean {
  try {
    new Webhook(secret).verify(text, Object.fromEntries(headers));
    return true;
  } catch {
    return false;
  }
}
