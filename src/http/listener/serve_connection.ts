/** Serves one accepted connection with Deno's own HTTP server: HTTP/1.1, and HTTP/2 with prior
 *  knowledge. `Deno.serve` is the same behind an accept loop that fails when the process runs out
 *  of file descriptors. Deno exports the function only internally, so another release may lack it;
 *  `plain_listener.ts` serves then. */

type Handler = Deno.ServeHandler<Deno.NetAddr>;

export interface ServedConnection {
  /** Resolves when either side has closed the connection and its last handler is done. */
  finished: Promise<void>;
  /** Lets open requests finish, then closes. `end` has no effect afterwards. */
  shutdown(): Promise<void>;
  /** Closes at once. */
  end(): void;
}

type ServeHttpOnConnection = (
  conn: Deno.Conn,
  signal: Pick<AbortSignal, "addEventListener">,
  handler: Handler,
  onError: (error: unknown) => Response,
  onListen: (scheme: string) => void,
) => { finished: Promise<void>; shutdown(): Promise<void> };

const serveHttpOnConnection = internalOf<ServeHttpOnConnection>("serveHttpOnConnection");

/** Whether this Deno can serve a single connection. */
export const servesConnections = serveHttpOnConnection !== undefined;

/** Serves a connection and takes ownership of it. */
export function serveConnection(
  conn: Deno.Conn,
  handler: Handler,
  onError: (error: unknown) => Response,
): ServedConnection {
  let cancel = () => {};
  // An AbortSignal would report what its listener throws as an uncaught error, which ends the
  // process.
  const signal = {
    addEventListener: (_type: string, listener: unknown) => cancel = listener as () => void,
  };
  const served = serveHttpOnConnection!(conn, signal, handler, onError, () => {});
  return {
    finished: served.finished.catch(() => {}),
    shutdown: () => served.shutdown().catch(() => {}),
    end() {
      try {
        cancel();
      } catch {
        // The peer has already closed it, or `shutdown` is about to.
      }
    },
  };
}

function internalOf<T>(name: string): T | undefined {
  const internals = Reflect.get(Deno, Reflect.get(Deno, "internal") ?? "") as object | undefined;
  return internals && Reflect.get(internals, name);
}
