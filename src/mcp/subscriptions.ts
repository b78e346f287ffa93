/** `subscriptions/listen` of 2026-07-28: a stream that notifies a caller when a channel's
 *  transcript has grown, for as long as the caller may read that channel. The number of streams,
 *  their duration and the notifications that wait for a slow reader are bounded. */
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

/** The fields that the server reads; the SDK checks the rest. */
const ListenRequest = z.looseObject({
  id: z.union([z.string(), z.number()]),
  method: z.literal("subscriptions/listen"),
  params: z.looseObject({
    notifications: z.looseObject({ resourceSubscriptions: z.array(z.string()).optional() }),
  }),
});
type ListenRequest = z.infer<typeof ListenRequest>;

/** The message as a request that subscribes; null if it is another request or an invalid one. */
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

  /** Answers a request that subscribes. The acknowledgement omits every channel that the caller may
   *  not read. */
  async serve(
    request: Request,
    listen: ListenRequest,
    principal: string,
    options: McpHandlerRequestOptions,
  ): Promise<Response> {
    if (!this.#enter(principal)) return limitReached(listen.id);
    const bus = new PacedBus();
    const handler = createMcpHandler(this.#deps.factory, {
      bus,
      onerror: this.#deps.onerror,
    });
    const close = () => void handler.close();
    const timer = setTimeout(close, HTTP_LIMITS.subscriptionMs);
    const followed = new Map<string, () => void>();
    bus.onEnd = () => {
      for (const stop of followed.values()) stop();
      clearTimeout(timer);
      this.#leave(principal);
    };
    const wanted = listen.params.notifications.resourceSubscriptions ?? [];
    for (const uri of new Set(wanted.slice(0, HTTP_LIMITS.subscribedChannels))) {
      const at = transcriptAt(uri);
      const stop = at && await this.#deps.follower.follow(principal, at.channelId, {
        news: () => bus.notify(uri),
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
    if (!bus.opened) bus.onEnd();
    return bus.opened && response.body ? bus.paced(response) : response;
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

/** The bus of one stream. It holds notifications back until the client has read all before them,
 *  and meanwhile merges those of a channel into one. */
class PacedBus implements ServerEventBus {
  /** Called when the stream has ended. */
  onEnd: () => void = () => {};
  /** Whether the stream was opened. */
  opened = false;
  #listener: ((event: ServerEvent) => void) | null = null;
  /** URIs of the resources with a notification that is held back. */
  readonly #pending = new Set<string>();
  /** Whether the client has read everything and waits. */
  #clientWaits = false;

  notify(uri: string): void {
    this.#pending.add(uri);
    this.#flush();
  }

  /** Does nothing: notifications come from followed channels only, through `notify`. */
  publish(): void {}

  subscribe(listener: (event: ServerEvent) => void): () => void {
    this.#listener = listener;
    this.opened = true;
    return () => {
      if (!this.#listener) return;
      this.#listener = null;
      this.onEnd();
    };
  }

  /** The response with a body that releases one notification each time the client has read all
   *  before it. */
  paced(response: Response): Response {
    const reader = response.body!.getReader();
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        this.#clientWaits = true;
        this.#flush();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 });
    return new Response(body, { status: response.status, headers: response.headers });
  }

  #flush(): void {
    const [uri] = this.#pending;
    if (!this.#clientWaits || !this.#listener || uri === undefined) return;
    this.#pending.delete(uri);
    this.#clientWaits = false;
    this.#listener({ kind: "resource_updated", uri });
  }
}

/** The SDK's error for its own subscription limit, with the way out added. */
function limitReached(id: string | number): Response {
  const message =
    "Subscription limit reached: close one first, or wait for messages with sync_messages.";
  return Response.json({ jsonrpc: "2.0", id, error: { code: -32603, message } });
}
