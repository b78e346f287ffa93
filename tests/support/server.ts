/** A real server for a test, with its own port, database file and sandbox hosts. At the end of the
 *  test it is stopped, and all its channels are verified from the first entry to the last: every
 *  hook is run again, and its job is compared with the one that ran. */
import type { Config } from "../../src/config/config.ts";
import { STORAGE_BOUNDS } from "../../src/domain/storage/storage.ts";
import type { Log } from "../../src/kernel/log.ts";
import { type Clocks, type RunningServer, startServer } from "../../src/server.ts";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { checkChannel, checkReferees } from "./check_channel.ts";
import { checkStorage } from "./check_storage.ts";
import { patient } from "./patient_replayer.ts";
import { RecordedJobs } from "./recorded_jobs.ts";

export interface TestServer extends AsyncDisposable {
  url: string;
  /** The server's log lines. */
  logged: { level: string; event: string; fields?: Record<string, unknown> | undefined }[];
  /** Restarts the server on the same database at another port, optionally with other settings. */
  restart(changed?: Partial<Config>): Promise<void>;
}

export const TEST_CONFIG: Config = {
  port: 0,
  host: "127.0.0.1",
  publicUrl: undefined,
  allowedOrigins: undefined,
  anyHost: false,
  trustedProxies: 0,
  rateLimits: false,
  mcpStrict: false,
  kvUrl: ":memory:",
  storage: STORAGE_BOUNDS,
  idleMs: 90 * 24 * 60 * 60 * 1000,
  guests: true,
  trustedClients: [],
  clientDocuments: undefined,
  operators: [],
  sandbox: "process",
  sandboxHosts: 1,
  hookTimeoutMs: 5_000,
  botNetwork: "https",
  ladders: {},
  envKey: undefined,
  signingKey: undefined,
  beacon: { used: false, chain: "", relays: [] },
  logLevel: "debug",
  // A host takes half a second of a processor to start, and most tests need only one.
  testLateSpare: true,
};

export async function testServer(
  settings: Partial<Config> = {},
  clocks?: Clocks,
): Promise<TestServer> {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  const kvUrl = `${folder}/test.sqlite3`;
  const logged: TestServer["logged"] = [];
  const log: Log = (level, event, fields) => void logged.push({ level, event, fields });
  const jobs = new RecordedJobs();
  let sandbox: Sandbox | undefined;
  const start = async (changed?: Partial<Config>) => {
    await sandbox?.close();
    return await startServer(
      { ...TEST_CONFIG, kvUrl, ...settings, ...changed },
      log,
      (opened) => {
        sandbox = opened;
        // The check at the end uses it once more: to start another takes a second.
        return { ...jobs.around(opened), close: async () => {} };
      },
      clocks,
    );
  };
  let running: RunningServer = await start();
  return {
    logged,
    get url() {
      return running.url;
    },
    async restart(changed) {
      await running.stop();
      running = await start(changed);
    },
    async [Symbol.asyncDispose]() {
      try {
        await running.stop();
        await checkStore(kvUrl, { jobs, running: sandbox });
      } finally {
        await sandbox?.close();
        await Deno.remove(folder, { recursive: true });
      }
    },
  };
}

interface CheckOptions {
  /** What the server ran, to compare with. */
  jobs?: RecordedJobs | undefined;
  /** The sandbox to use; one of its own if absent. */
  running?: Sandbox | undefined;
  /** The hooks of one channel of so many are run again. */
  oneOf?: number | undefined;
}

/** Verifies every channel of a database file that no server has open, runs the hooks of its bots
 *  again, compares the jobs with the recorded ones, and recounts the stored bytes of every
 *  principal. */
export async function checkStore(
  path: string,
  { jobs, running, oneOf = 1 }: CheckOptions = {},
): Promise<void> {
  const kv = await Deno.openKv(path);
  let opened: Sandbox | undefined;
  try {
    const seen = new Set<string>();
    for await (const { key } of kv.list({ prefix: ["channel"] })) seen.add(String(key[1]));
    for (const [i, channelId] of [...seen].entries()) {
      const entries = await checkChannel(kv, channelId);
      if (i % oneOf !== 0) continue;
      if (!entries.some(({ cause }) => cause !== undefined)) continue;
      const sandbox = running ?? opened ??
        await openSandbox({ hosts: 1, hookTimeoutMs: 10_000, lateSpare: true });
      if (!running) opened = sandbox;
      const replayer = patient(replayerOn(sandbox));
      const checked = jobs?.against(channelId, replayer) ?? replayer;
      await checkReferees(kv, channelId, entries, checked);
    }
    await checkStorage(kv);
  } finally {
    await opened?.close();
    kv.close();
  }
}
