/** Listens on TCP and serves the connections. The accept loop survives every failure of `accept`.
 *  When the process runs out of file descriptors, the loop ends idle connections and holds fewer
 *  for a while, so that the store and the sandbox get descriptors, too. */
import type { ConnectionLimits } from "../../domain/limits/http.ts";
import type { Log } from "../../kernel/log.ts";
import { Connection, type ConnectionDeps } from "./connection.ts";
import { ConnectionTable } from "./connection_table.ts";
import { peerAddress } from "../peer_address.ts";

interface ListenOptions {
  port: number;
  hostname: string;
  limits: ConnectionLimits;
  /** Whether every peer is one of the operator's proxies: then no address has a limit. */
  peersAreProxies: boolean;
  log: Log;
}

export interface Listener {
  addr: Deno.NetAddr;
  /** Accepts no more connections and lets open requests finish. Resolves when all connections are
   *  closed. */
  shutdown(): Promise<void>;
  /** Ends every connection at once, except those that a shutdown waits for. */
  close(): void;
  /** How many connections are open; absent where Deno accepts them. */
  open?(): number;
}

export interface CountingListener extends Listener {
  open(): number;
}

/** The pause after a failure of `accept`. */
const PAUSE_MS = 50;
const OUT_OF_DESCRIPTORS = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]);
/** The log has the same event at most once in this time. */
const LOG_EVERY_MS = 60_000;

/** Throws if it can't bind the address. */
export function listen(
  options: ListenOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): CountingListener {
  const listener = Deno.listen({ port: options.port, hostname: options.hostname });
  const loop = new AcceptLoop(listener, options, handler);
  void loop.run();
  return {
    addr: listener.addr as Deno.NetAddr,
    shutdown: () => loop.shutdown(),
    close: () => loop.close(),
    open: () => loop.open,
  };
}

class AcceptLoop {
  readonly #listener: Deno.TcpListener;
  readonly #options: ListenOptions;
  readonly #deps: ConnectionDeps;
  readonly #table = new ConnectionTable();
  readonly #sweep: ReturnType<typeof setInterval>;
  readonly #loggedMs = new Map<string, number>();
  #stopped = false;
  /** The number of connections that the process has descriptors for, learned when it ran out of
   *  them, and the time until which it counts. */
  #descriptorLimit = { most: Infinity, untilMs: 0 };

  constructor(
    listener: Deno.TcpListener,
    options: ListenOptions,
    handler: Deno.ServeHandler<Deno.NetAddr>,
  ) {
    this.#listener = listener;
    this.#options = options;
    const { limits, log } = options;
    this.#deps = {
      handler,
      limits,
      peerIsProxy: options.peersAreProxies,
      onError: (error) => {
        log("error", "request_failed", { error: String(error) });
        return new Response(null, { status: 500 });
      },
      onIdle: (connection) => this.#table.markIdle(connection),
      onBusy: (connection) => this.#table.markBusy(connection),
    };
    const shortestMs = Math.min(limits.firstRequestMs, limits.keepAliveMs, limits.unreadMs);
    this.#sweep = setInterval(
      () => this.#table.endOverdue(performance.now()),
      Math.min(1_000, shortestMs / 4),
    );
  }

  get open(): number {
    return this.#table.size;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const conn = await this.#listener.accept();
        if (this.#stopped) conn.close();
        else this.#admit(conn);
      } catch (error) {
        if (this.#stopped) return;
        this.#recover(error);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  async shutdown(): Promise<void> {
    this.#stop();
    await this.#table.shutdown();
    clearInterval(this.#sweep);
  }

  close(): void {
    this.#stop();
    this.#table.endAll();
    clearInterval(this.#sweep);
  }

  #stop(): void {
    if (!this.#stopped) this.#listener.close();
    this.#stopped = true;
  }

  #admit(conn: Deno.TcpConn): void {
    const { limits, peersAreProxies } = this.#options;
    const address = peerAddress(conn.remoteAddr.hostname, null, 0);
    const { most: descriptors, untilMs } = this.#descriptorLimit;
    const most = Math.min(
      limits.connections,
      performance.now() < untilMs ? descriptors : Infinity,
    );
    const mostOfAddress = peersAreProxies ? Infinity : limits.connectionsPerAddress;
    if (!this.#table.makeRoom(address, most, mostOfAddress)) {
      conn.close();
      this.#log("connection_refused", { open: this.#table.size, most });
      return;
    }
    const connection = new Connection(conn, address, this.#deps);
    this.#table.add(connection);
    void connection.finished.then(() => this.#table.remove(connection));
  }

  #recover(error: unknown): void {
    const { code } = error as { code?: string };
    if (code === undefined || !OUT_OF_DESCRIPTORS.has(code)) {
      return this.#log("accept_failed", { error: String(error) });
    }
    const { limits } = this.#options;
    const open = this.#table.size;
    const most = Math.max(limits.fewestConnections, Math.floor(open * 3 / 4));
    this.#descriptorLimit = { most, untilMs: performance.now() + limits.descriptorsMs };
    this.#table.shrinkTo(most);
    this.#log("descriptors_exhausted", { open, most });
  }

  #log(event: string, fields: Record<string, unknown>): void {
    const nowMs = performance.now();
    if (nowMs - (this.#loggedMs.get(event) ?? -Infinity) < LOG_EVERY_MS) return;
    this.#loggedMs.set(event, nowMs);
    this.#options.log("warn", event, fields);
  }
}
