/** One accepted connection: its open requests, and the time since which it waits for its peer. A
 *  connection waits for its peer between requests and while an answer is unread, but not while the
 *  server works on an answer. */
import type { ConnectionLimits } from "../../domain/limits/http.ts";
import { serveConnection, type ServedConnection } from "./serve_connection.ts";
import { watchedAnswer } from "./watched_answer.ts";

export interface ConnectionDeps {
  handler: Deno.ServeHandler<Deno.NetAddr>;
  limits: ConnectionLimits;
  /** Whether the peer is one of the operator's proxies, which may carry many clients on one
   *  connection. */
  peerIsProxy: boolean;
  onError: (error: unknown) => Response;
  /** Called when the last open request has been answered. */
  onIdle: (connection: Connection) => void;
  /** Called when a request arrives while none is open. */
  onBusy: (connection: Connection) => void;
}

/** A request, from its arrival until its answer has been sent. */
interface Exchange {
  /** The time since which the peer has an unread answer, or an unread piece of one; null while the
   *  peer waits for the server. */
  unreadSinceMs: number | null;
}

export class Connection {
  /** The peer's address, as limits count it. */
  readonly address: string;
  readonly finished: Promise<void>;
  readonly #deps: ConnectionDeps;
  readonly #exchanges = new Set<Exchange>();
  readonly #served: ServedConnection;
  #idleSinceMs = performance.now();
  /** When the last finished answer was completely handed to the connection. */
  #handedOverMs = -Infinity;
  #used = false;

  constructor(conn: Deno.TcpConn, address: string, deps: ConnectionDeps) {
    this.address = address;
    this.#deps = deps;
    this.#served = serveConnection(
      conn,
      (request, info) => this.#answer(request, info),
      deps.onError,
    );
    this.finished = this.#served.finished;
  }

  /** Whether a request has ever arrived. */
  get used(): boolean {
    return this.#used;
  }

  /** Whether the peer has kept the server waiting for longer than the limits allow. */
  overdue(nowMs: number): boolean {
    const { limits, peerIsProxy } = this.#deps;
    if (this.#exchanges.size === 0) {
      const allowedMs = this.#used ? limits.keepAliveMs : limits.firstRequestMs;
      return nowMs - this.#idleSinceMs > allowedMs;
    }
    const unread = ({ unreadSinceMs }: Exchange) =>
      unreadSinceMs !== null && nowMs - unreadSinceMs > limits.unreadMs;
    if (!peerIsProxy) return this.#exchanges.values().some(unread);
    // One slow client of a proxy must not end the requests of the others on the same connection,
    // nor cut off an answer that was handed over just now and is still on its way.
    return nowMs - this.#handedOverMs > limits.unreadMs && this.#exchanges.values().every(unread);
  }

  /** Closes at once and cuts off a request under way. */
  end(): void {
    this.#served.end();
  }

  /** Lets open requests finish, then closes. */
  async shutdown(): Promise<void> {
    await this.#served.shutdown();
    await this.finished;
  }

  async #answer(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Promise<Response> {
    const exchange: Exchange = { unreadSinceMs: null };
    if (this.#exchanges.size === 0) this.#deps.onBusy(this);
    this.#exchanges.add(exchange);
    this.#used = true;
    const completed = () => this.#completed(exchange);
    info.completed.then(completed, completed);
    const response = await this.#deps.handler(request, info);
    return await watchedAnswer(response, {
      peerWaits: () => exchange.unreadSinceMs = null,
      serverWaits: () => exchange.unreadSinceMs = performance.now(),
    });
  }

  #completed(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
    this.#handedOverMs = performance.now();
    if (this.#exchanges.size > 0) return;
    this.#idleSinceMs = performance.now();
    this.#deps.onIdle(this);
  }
}
