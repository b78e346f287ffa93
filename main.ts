/** The server: `deno task start`. Settings come from the environment and from `.env`, see
 *  `.env.example`. */
import { ConfigError, readConfig } from "./src/config/config.ts";
import { loadEnvFile } from "./src/config/env_file.ts";
import { jsonLog } from "./src/compose/json_log.ts";
import { welcome } from "./src/compose/welcome.ts";
import { type RunningServer, startServer } from "./src/server.ts";

/** On Ctrl+C the terminal signals every process of the task, and `deno task` passes the signal on:
 *  the server gets it twice, on a busy machine a while apart. */
const SAME_SIGNAL_MS = 2_000;

async function start(): Promise<RunningServer> {
  const file = await loadEnvFile(Deno.env);
  const config = { ...readConfig(Deno.env), settingsFile: file?.path };
  const log = jsonLog(config.logLevel, () => new Date());
  if (file && file.unknown.length > 0) {
    log("warn", "unknown_settings", { file: file.path, names: file.unknown.join(" ") });
  }
  const server = await startServer(config, log);
  if (Deno.stdout.isTerminal()) console.log(welcome(server.publicUrl, file?.path));
  return server;
}

/** Ends the server, also one that is still starting, on Ctrl+C and when the system asks. */
function stopOnSignals(starting: Promise<RunningServer>): void {
  let stoppedAt: number | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => {
      const now = performance.now();
      // A person who asks again wants to wait no longer.
      if (stoppedAt !== undefined && now - stoppedAt > SAME_SIGNAL_MS) Deno.exit(1);
      if (stoppedAt !== undefined) return;
      stoppedAt = now;
      // A start that fails says so itself.
      starting.then(async (server) => {
        await server.stop();
        Deno.exit(0);
      }, () => {});
    });
  }
}

try {
  const starting = start();
  // Before the greeting: who reads it may press Ctrl+C at once.
  stopOnSignals(starting);
  await starting;
} catch (error) {
  const line = error instanceof ConfigError ? error.message : `Cannot start: ${error}`;
  console.error(line);
  Deno.exit(1);
}
