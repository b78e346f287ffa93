/** Opens the database that `KV_URL` names: a file, memory, a KV Connect server, or the platform's
 *  own database. */
import { setTimeout as pause } from "node:timers/promises";
import { isKvConnect } from "../config/config.ts";
import { ConfigError } from "../config/config_error.ts";
import { STORE_LIMITS } from "../domain/limits/store.ts";
import { abortable } from "../kernel/abortable.ts";
import type { Log } from "../kernel/log.ts";
import { connectedKv } from "../store/connected_kv.ts";

interface OpenedStore {
  kv: Deno.Kv;
  /** The same database over a second connection, which watches may fill; absent for a database
   *  without a connection. */
  watchKv?: Deno.Kv;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  close: () => void;
}

const PAUSE_MS = 1_000;
/** Messages of failures that may be temporary. */
const AWAY = /failed to connect|error sending request|status (?:429|5\d\d)/;

/** `kvUrl`: see `Config`. Waits up to `startMs` for an unreachable server. Throws a `ConfigError`
 *  with the cause in one line, without the token. */
export async function openStore(
  kvUrl: string | undefined,
  log: Log,
  startMs: number = STORE_LIMITS.storeStartMs,
): Promise<OpenedStore> {
  if (kvUrl !== undefined && !isKvConnect(kvUrl)) {
    const folder = kvUrl === ":memory:" ? undefined : /^(.*)[/\\][^/\\]+$/.exec(kvUrl)?.[1];
    if (folder) await Deno.mkdir(folder, { recursive: true });
    const kv = await Deno.openKv(kvUrl);
    return { kv, shared: false, close: () => kv.close() };
  }
  const kv = await connected(kvUrl, log, startMs);
  const watchKv = await connected(kvUrl, log, startMs);
  return {
    kv: connectedKv(kv, { log }),
    watchKv,
    shared: true,
    close() {
      kv.close();
      watchKv.close();
    },
  };
}

async function connected(
  kvUrl: string | undefined,
  log: Log,
  startMs: number,
): Promise<Deno.Kv> {
  const host = kvUrl === undefined ? "the platform" : new URL(kvUrl).host;
  const over = AbortSignal.timeout(startMs);
  for (let tries = 0;; tries++) {
    try {
      return await abortable(Deno.openKv(kvUrl), over);
    } catch (error) {
      const { message } = error as Error;
      if (over.aborted) {
        const text = `Cannot start: KV_URL: no database answers at ${host} within ${startMs} ms`;
        throw new ConfigError(text);
      }
      if (!AWAY.test(message)) throw new ConfigError(refused(host, message));
      if (tries === 0) log("warn", "store_away", { host, waiting_ms: startMs });
      await pause(PAUSE_MS, undefined, { signal: over }).catch(() => {});
    }
  }
}

/** Omits the server's own message, because it could repeat the token. */
function refused(host: string, message: string): string {
  const [, status] = /status (\d{3})/.exec(message) ?? [];
  if (status === "401" || status === "403") {
    return `Cannot start: KV_URL: ${host} refuses the token in DENO_KV_ACCESS_TOKEN (${status})`;
  }
  const answered = status === undefined ? "" : ` (it answers ${status})`;
  return `Cannot start: KV_URL: ${host} is not a KV Connect server${answered}`;
}
