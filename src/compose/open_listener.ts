/** Opens the listener that fits the settings and the Deno release. */
import type { Config } from "../config/config.ts";
import { CONNECTIONS } from "../domain/limits/http.ts";
import type { Log } from "../kernel/log.ts";
import { listen, type Listener } from "../http/listener/listener.ts";
import { listenPlainly } from "../http/listener/plain_listener.ts";
import { servesConnections } from "../http/listener/serve_connection.ts";

/** On a platform that routes by host name, the platform accepts the connections, so the plain
 *  listener serves. Throws if the address can't be bound. */
export function openListener(
  config: Config,
  log: Log,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Listener {
  const { port, host: hostname, anyHost: onPlatform, trustedProxies, testConnections } = config;
  if (onPlatform) return listenPlainly({ port, hostname, log }, handler);
  if (!servesConnections) {
    const consequence =
      "The server does not end idle and slow connections. With Deno 2.9 it would end them.";
    log("warn", "connections_unguarded", { consequence });
    return listenPlainly({ port, hostname, log }, handler);
  }
  const limits = { ...CONNECTIONS, ...testConnections };
  return listen({ port, hostname, limits, peersAreProxies: trustedProxies > 0, log }, handler);
}
