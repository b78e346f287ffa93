/** A KV Connect server in a separate process, `tests/foreign/kv_connect.ts`, on a file that
 *  outlives the process. */
import { emptyHome, freePort, startForeign } from "./foreign_program.ts";
import { checkStore } from "./server.ts";

const PROGRAM = new URL("../foreign/kv_connect.ts", import.meta.url).pathname;
const TOKEN = "a-token-that-no-log-may-show";

export interface Fault {
  path: "/" | "/v2/snapshot_read" | "/v2/atomic_write" | "/v2/watch";
  /** The status of the answer instead. */
  status: number;
  /** Whether the request is carried out even so, and only its answer is lost. */
  applied: boolean;
  times: number;
}

export interface KvConnect extends AsyncDisposable {
  url: string;
  token: string;
  /** The settings of a server that uses it. */
  env: Record<string, string>;
  /** Makes the next requests fail; replaces earlier faults. */
  fail(...faults: Fault[]): Promise<void>;
  /** Kills it, as in a power cut. */
  kill(): Promise<void>;
  /** Restarts it at the same address, optionally with another token. */
  start(token?: string): Promise<void>;
  /** Opens the database in this process. */
  open(): Promise<Deno.Kv>;
  /** Ends it and verifies every channel in its database. */
  check(): Promise<void>;
}

export async function kvConnect(): Promise<KvConnect> {
  const home = await emptyHome();
  const file = `${home.folder}/shared.sqlite3`;
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: Deno.ChildProcess | undefined;
  let reading: Promise<void> | undefined;

  async function start(token = TOKEN): Promise<void> {
    const env = { ...home.env, DENO_KV_ACCESS_TOKEN: token };
    child = startForeign(PROGRAM, [String(port), file], { ...home, env });
    reading = child.stderr.pipeTo(new WritableStream());
    const reader = child.stdout.getReader();
    const { done } = await reader.read(); // it prints its port when it listens
    await reader.cancel();
    if (done) throw new Error("the KV Connect server does not start");
  }

  async function kill(): Promise<void> {
    child?.kill("SIGKILL");
    await Promise.all([child?.status, reading]);
    child = undefined;
  }

  await start();
  return {
    url,
    token: TOKEN,
    env: { KV_URL: url, DENO_KV_ACCESS_TOKEN: TOKEN },
    async fail(...faults) {
      const body = JSON.stringify(faults);
      await (await fetch(`${url}/faults`, { method: "POST", body })).body?.cancel();
    },
    kill,
    start,
    async open() {
      Deno.env.set("DENO_KV_ACCESS_TOKEN", TOKEN); // the same for every test of this process
      return await Deno.openKv(url);
    },
    async check() {
      await kill();
      await checkStore(file);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await home[Symbol.asyncDispose]();
    },
  };
}
