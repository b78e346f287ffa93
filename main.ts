/** The server: `deno task start`. Settings come from the environment, see `.env.example`. */
import { ConfigError, readConfig } from "./src/config/config.ts";
import { jsonLog } from "./src/compose/json_log.ts";
import { type RunningServer, startServer } from "./src/server.ts";

async function start(): Promise<RunningServer> {
  const config = readConfig(Deno.env);
  const log = jsonLog(config.logLevel, () => new Date());
  const server = await startServer(config, log);
  if (Deno.stdout.isTerminal()) {
    console.log(`MCP Multiplayer listens at ${server.url} (MCP endpoint: ${server.url}/mcp)`);
  }
  return server;
}

try {
  const server = await start();
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, async () => {
      if (stopping) Deno.exit(1); // a second signal: stop at once
      stopping = true;
      await server.stop();
      Deno.exit(0);
    });
  }
} catch (error) {
  const line = error instanceof ConfigError ? error.message : `Cannot start: ${error}`;
  console.error(line);
  Deno.exit(1);
}
