/** Opens the listener that fits the settings and the Deno release. */
import { type Config, ConfigError } from "../config/config.ts";
import { CONNECTIONS } from "../domain/limits/http.ts";
import type { Log } from "../kernel/log.ts";
import { listen, type Listener } from "../http/listener/listener.ts";
import { listenPlainly } from "../http/listener/plain_listener.ts";
import { servesConnections } from "../http/listener/serve_connection.ts";

type Handler = Deno.ServeHandler<Deno.NetAddr>;

/** Throws a `ConfigError` if the address can't be bound. */
export function openListener(config: Config, log: Log, handler: Handler): Listener {
  try {
    return openFitting(config, log, handler);
  } catch (error) {
    const { port, host } = config;
    if (error instanceof Deno.errors.AddrInUse) {
      throw new ConfigError(
        `Cannot start: port ${port} is in use. Stop the program that uses it, or set PORT to another.`,
      );
    }
    const { message } = error as Error;
    throw new ConfigError(`Cannot start: HOST ${host} with PORT ${port} can't be used: ${message}`);
  }
}

/** On a platform that routes by host name, the platform accepts the connections, so the plain
 *  listener serves. */
function openFitting(config: Config, log: Log, handler: Handler): Listener {
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
