/** One accepted connection: how many of its requests are open, and since when it waits for its
 *  peer. A connection waits for its peer between requests and while an answer is unread; while
 *  the server works on an answer, it doesn't. */
import type { ConnectionLimits } from "../../domain/limits/http.ts";
import { serveConnection, type ServedConnection } from "./serve_connection.ts";
import { watchedAnswer } from "./watched_answer.ts";

export interface ConnectionDeps {
  handler: Deno.ServeHandler<Deno.NetAddr>;
  limits: ConnectionLimits;
  /** Whether the peer is a proxy of the operator's own, which may carry many clients on one
   *  connection. */
  peerIsProxy: boolean;
  onError: (error: unknown) => Response;
  /** Called when the last open request is answered, and when a request comes in while none is
   *  open. */
  onRest: (connection: Connection) => void;
  onWork: (connection: Connection) => void;
}

/** A request that came in, until its answer has left. */
interface Exchange {
  /** Since when the peer has an answer, or a piece of one, to take; null while the server has to
   *  give one. */
  unreadSinceMs: number | null;
}

export class Connection {
  /** The peer, as limits count it. */
  readonly address: string;
  readonly finished: Promise<void>;
  readonly #deps: ConnectionDeps;
  readonly #exchanges = new Set<Exchange>();
  readonly #served: ServedConnection;
  #restsSinceMs = performance.now();
  /** When the last answer that is done was handed to the connection whole. */
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

  /** Whether a request has ever come in. */
  get used(): boolean {
    return this.#used;
  }

  /** Whether the peer has kept the server waiting for longer than the limits allow. */
  overdue(nowMs: number): boolean {
    const { limits, peerIsProxy } = this.#deps;
    if (this.#exchanges.size === 0) {
      const allowedMs = this.#used ? limits.keepAliveMs : limits.firstRequestMs;
      return nowMs - this.#restsSinceMs > allowedMs;
    }
    const unread = ({ unreadSinceMs }: Exchange) =>
      unreadSinceMs !== null && nowMs - unreadSinceMs > limits.unreadMs;
    if (!peerIsProxy) return this.#exchanges.values().some(unread);
    // One slow client of a proxy must not end the requests of the others that share its connection,
    // nor cut off an answer that was handed over just now and is still on its way.
    return nowMs - this.#handedOverMs > limits.unreadMs && this.#exchanges.values().every(unread);
  }

  /** Closes at once and cuts off a request under way. */
  end(): void {
    this.#served.end();
  }

  /** Lets the requests under way finish, then closes. */
  async shutdown(): Promise<void> {
    await this.#served.shutdown();
    await this.finished;
  }

  async #answer(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Promise<Response> {
    const exchange: Exchange = { unreadSinceMs: null };
    if (this.#exchanges.size === 0) this.#deps.onWork(this);
    this.#exchanges.add(exchange);
    this.#used = true;
    const completed = () => this.#completed(exchange);
    info.completed.then(completed, completed);
    const response = await this.#deps.handler(request, info);
    return await watchedAnswer(response, {
      taken: () => exchange.unreadSinceMs = null,
      given: () => exchange.unreadSinceMs = performance.now(),
    });
  }

  #completed(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
    this.#handedOverMs = performance.now();
    if (this.#exchanges.size > 0) return;
    this.#restsSinceMs = performance.now();
    this.#deps.onRest(this);
  }
}
