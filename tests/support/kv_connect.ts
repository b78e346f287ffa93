/** A KV Connect server as a process of its own, `tests/foreign/kv_connect.ts`, on a file that
 *  outlives it. */
import { emptyHome, freePort, startForeign } from "./foreign_program.ts";
import { checkStore } from "./server.ts";

const PROGRAM = new URL("../foreign/kv_connect.ts", import.meta.url).pathname;
const TOKEN = "a-token-that-no-log-may-show";

export interface Fault {
  path: "/" | "/v2/snapshot_read" | "/v2/atomic_write" | "/v2/watch";
  /** What is answered instead. */
  status: number;
  /** Whether the request is carried out all the same, so that only its answer is lost. */
  applied: boolean;
  times: number;
}

export interface KvConnect extends AsyncDisposable {
  url: string;
  token: string;
  /** The settings of a server on it. */
  env: Record<string, string>;
  /** How the next requests fail; whatever was to fail before does not any more. */
  fail(...faults: Fault[]): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again at the same address, perhaps with another token. */
  start(token?: string): Promise<void>;
  /** Opens it in this process. */
  open(): Promise<Deno.Kv>;
  /** Ends it and verifies every channel it holds. */
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
    const { done } = await reader.read(); // its port, when it listens
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
