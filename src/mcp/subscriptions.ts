/** `subscriptions/listen` of 2026-07-28: a stream that says when a channel's transcript has grown,
 *  for as long as its caller may read that channel. Bounded in number, in time, and in what a slow
 *  reader leaves unread. */
import {
  createMcpHandler,
  type McpHandlerRequestOptions,
  type McpServerFactory,
  type ServerEvent,
  type ServerEventBus,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Follower } from "../channels/reading/follower.ts";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import type { Message } from "./messages.ts";
import { transcriptAt } from "./resources.ts";

/** What the server reads of the request; the SDK checks the rest. */
const ListenRequest = z.looseObject({
  id: z.union([z.string(), z.number()]),
  method: z.literal("subscriptions/listen"),
  params: z.looseObject({
    notifications: z.looseObject({ resourceSubscriptions: z.array(z.string()).optional() }),
  }),
});
type ListenRequest = z.infer<typeof ListenRequest>;

/** A request that subscribes; null when it does anything else, or does it wrongly. */
export function listenRequest({ body, method }: Message): ListenRequest | null {
  return method === "subscriptions/listen" ? ListenRequest.safeParse(body).data ?? null : null;
}

interface SubscriptionsDeps {
  follower: Follower;
  factory: McpServerFactory;
  onerror: (error: Error) => void;
}

export class Subscriptions {
  readonly #deps: SubscriptionsDeps;
  readonly #openOf = new Map<string, number>();
  #open = 0;

  constructor(deps: SubscriptionsDeps) {
    this.#deps = deps;
  }

  /** Answers a request that subscribes. What the caller may not read is left out of what is
   *  acknowledged. */
  async serve(
    request: Request,
    listen: ListenRequest,
    principal: string,
    options: McpHandlerRequestOptions,
  ): Promise<Response> {
    if (!this.#enter(principal)) return limitReached(listen.id);
    const news = new NewsBus();
    const handler = createMcpHandler(this.#deps.factory, {
      bus: news,
      onerror: this.#deps.onerror,
    });
    const close = () => void handler.close();
    const timer = setTimeout(close, HTTP_LIMITS.subscriptionMs);
    const followed = new Map<string, () => void>();
    news.left = () => {
      for (const stop of followed.values()) stop();
      clearTimeout(timer);
      this.#leave(principal);
    };
    const wanted = listen.params.notifications.resourceSubscriptions ?? [];
    for (const uri of new Set(wanted.slice(0, HTTP_LIMITS.subscribedChannels))) {
      const at = transcriptAt(uri);
      const stop = at && await this.#deps.follower.follow(principal, at.channelId, {
        news: () => news.tell(uri),
        ended: () => {
          followed.delete(uri);
          if (followed.size === 0) close();
        },
      });
      if (stop) followed.set(uri, stop);
    }
    const notifications = {
      ...listen.params.notifications,
      resourceSubscriptions: [...followed.keys()],
    };
    const parsedBody = { ...listen, params: { ...listen.params, notifications } };
    const response = await handler.fetch(request, { ...options, parsedBody });
    if (!news.heard) news.left();
    return news.heard && response.body ? news.paced(response) : response;
  }

  #enter(principal: string): boolean {
    const open = this.#openOf.get(principal) ?? 0;
    const full = this.#open >= HTTP_LIMITS.subscriptions ||
      open >= HTTP_LIMITS.subscriptionsPerPrincipal;
    if (full) return false;
    this.#openOf.set(principal, open + 1);
    this.#open++;
    return true;
  }

  #leave(principal: string): void {
    const open = this.#openOf.get(principal)! - 1;
    if (open > 0) this.#openOf.set(principal, open);
    else this.#openOf.delete(principal);
    this.#open--;
  }
}

/** The bus of one stream. Holds each channel's news back until the client has read what it was sent
 *  before: news that nobody reads are one piece of news. */
class NewsBus implements ServerEventBus {
  /** Called when the stream has ended. */
  left: () => void = () => {};
  /** Whether the stream was opened. */
  heard = false;
  #listener: ((event: ServerEvent) => void) | null = null;
  readonly #untold = new Set<string>();
  #wanted = false;

  tell(uri: string): void {
    this.#untold.add(uri);
    this.#pass();
  }

  /** Nobody but the channels that are followed has news. */
  publish(): void {}

  subscribe(listener: (event: ServerEvent) => void): () => void {
    this.#listener = listener;
    this.heard = true;
    return () => {
      if (!this.#listener) return;
      this.#listener = null;
      this.left();
    };
  }

  /** The response, with a body that asks for news whenever all before it was taken. */
  paced(response: Response): Response {
    const reader = response.body!.getReader();
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        this.#wanted = true;
        this.#pass();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 });
    return new Response(body, { status: response.status, headers: response.headers });
  }

  #pass(): void {
    const [uri] = this.#untold;
    if (!this.#wanted || !this.#listener || uri === undefined) return;
    this.#untold.delete(uri);
    this.#wanted = false;
    this.#listener({ kind: "resource_updated", uri });
  }
}

/** As the SDK words it where its own limit is reached, with the way out. */
function limitReached(id: string | number): Response {
  const message =
    "Subscription limit reached: close one first, or wait for messages with sync_messages.";
  return Response.json({ jsonrpc: "2.0", id, error: { code: -32603, message } });
}
