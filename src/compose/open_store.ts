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
  /** The size of its files; undefined if it has none on this machine. */
  fileBytes: () => Promise<number | undefined>;
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
  if (kvUrl === ":memory:") {
    const kv = await Deno.openKv(kvUrl);
    return { kv, shared: false, fileBytes: noFile, close: () => kv.close() };
  }
  if (kvUrl !== undefined && !isKvConnect(kvUrl)) return await openFile(kvUrl);
  const kv = await connected(kvUrl, log, startMs);
  const watchKv = await connected(kvUrl, log, startMs);
  return {
    kv: connectedKv(kv, { log }),
    watchKv,
    shared: true,
    fileBytes: noFile,
    close() {
      kv.close();
      watchKv.close();
    },
  };
}

/** Opens a database file for this process alone: two processes would not see each other's new
 *  entries. */
async function openFile(path: string): Promise<OpenedStore> {
  let lock: Deno.FsFile | undefined;
  try {
    const folder = /^(.*)[/\\][^/\\]+$/.exec(path)?.[1];
    if (folder) await Deno.mkdir(folder, { recursive: true });
    lock = await Deno.open(`${await realPath(path)}.lock`, { create: true, write: true });
    if (!await lock.tryLock(true)) {
      throw new ConfigError(
        `Cannot start: another server uses the database ${path}. Stop it, or set KV_URL to another file.`,
      );
    }
    const kv = await Deno.openKv(path);
    const held = lock;
    return {
      kv,
      shared: false,
      fileBytes: () => sizeOf(path),
      close() {
        kv.close();
        held.close();
      },
    };
  } catch (error) {
    lock?.close();
    if (error instanceof ConfigError) throw error;
    const { message } = error as Error;
    throw new ConfigError(`Cannot start: KV_URL: ${path} can't be opened: ${message}`);
  }
}

const noFile = () => Promise.resolve(undefined);

/** A database file with its write-ahead log. */
async function sizeOf(path: string): Promise<number> {
  const sizes = await Promise.all([path, `${path}-wal`].map(async (each) => {
    try {
      return (await Deno.stat(each)).size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw error;
    }
  }));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The path behind symbolic links, so that every name of a file leads to the same lock. Creates an
 *  empty file, which is a valid database, if there is none. It will hold the keys of the server, so
 *  only its user may read it. */
async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    (await Deno.open(path, { create: true, write: true, mode: 0o600 })).close();
    return await Deno.realPath(path);
  }
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
