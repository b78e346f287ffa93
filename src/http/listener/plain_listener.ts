/** Listens with `Deno.serve`, where the server can't serve single connections: on Deno Deploy,
 *  whose own front end closes idle ones, and on a Deno without the function that
 *  `serve_connection.ts` uses. It ends no idle connection, but it listens again after the process
 *  ran out of file descriptors. */
import type { Log } from "../../kernel/log.ts";
import type { Listener } from "./listener.ts";

const PAUSE_MS = 100;

/** Throws if it can't bind the address. */
export function listenPlainly(
  { hostname, port, log }: { hostname: string; port: number; log: Log },
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Listener {
  const ended = new AbortController();
  let [stopped, isShut] = [false, false];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const serve = (port: number) => {
    const options = { hostname, port, signal: ended.signal, onListen: () => {} };
    const server = Deno.serve(options, handler);
    // Open connections go on when the accept loop has failed.
    server.finished.catch((error) => {
      log("warn", "accept_failed", { error: String(error) });
      again();
    });
    return server;
  };
  const again = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      try {
        server = serve(addr.port);
      } catch {
        again(); // the address is not free yet
      }
    }, PAUSE_MS);
  };
  let server = serve(port);
  const { addr } = server;
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  return {
    addr,
    async shutdown() {
      stop();
      await server.shutdown().catch(() => {});
      isShut = true;
    },
    close() {
      stop();
      // Deno 2.5 throws for a server that has ended.
      if (!isShut) ended.abort();
    },
  };
}
