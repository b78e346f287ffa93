/** The server under test: `deno task start` on a free port of the loopback interface, with a
 *  temporary database. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { cpuSeconds, type Process, processTree } from "./processes.ts";
import { pause } from "./stats.ts";

const ROOT = new URL("../", import.meta.url);
const START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 12_000;

/** The only variables that the server inherits, so that the caller's settings have no effect. */
const INHERITED = ["PATH", "HOME", "DENO_DIR"];

export class Server {
  readonly url: URL;
  readonly #task: Deno.ChildProcess;
  readonly #folder: URL;
  readonly #pid: number;

  private constructor(url: URL, task: Deno.ChildProcess, folder: URL, pid: number) {
    this.url = url;
    this.#task = task;
    this.#folder = folder;
    this.#pid = pid;
  }

  /** Resolves once the server listens. Otherwise cleans up and throws. Rate limits are off unless
   *  `settings` turns them on, because a benchmark calls more often than any client may. */
  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const name = `bench-${crypto.randomUUID()}`;
    const folder = new URL(`data/${name}/`, ROOT);
    const env: Record<string, string> = {
      PORT: "0",
      KV_URL: `data/${name}/multiplayer.sqlite3`,
      NO_COLOR: "1",
      RATE_LIMITS: "off",
      ENV_FILE: "off",
      ...settings,
    };
    for (const key of INHERITED) {
      const value = Deno.env.get(key);
      if (value !== undefined) env[key] = value;
    }
    const task = new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "start"],
      cwd: ROOT,
      clearEnv: true,
      env,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    try {
      const url = await listening(task.stderr);
      const tree = await processTree(task.pid);
      const server = tree.find(({ command }) => / main\.ts$/.test(command));
      if (!server) throw new Error("Cannot find the server's process");
      return new Server(url, task, folder, server.pid);
    } catch (error) {
      await end(task, task.pid, folder);
      throw error;
    }
  }

  /** The server's own process and its sandbox hosts. */
  async processes(): Promise<{ server: Process; hosts: Process[] }> {
    const [server, ...hosts] = await processTree(this.#pid);
    if (!server) throw new Error("Cannot go on: the server has died");
    return { server, hosts };
  }

  /** The server's own resident memory once it has stopped changing. */
  async settledMegabytes(): Promise<number> {
    let last = -1;
    let calm = 0;
    for (let look = 0; look < 40 && calm < 4; look++) {
      const { megabytes } = (await this.processes()).server;
      calm = Math.abs(megabytes - last) < 0.5 ? calm + 1 : 0;
      last = megabytes;
      await pause(250);
    }
    return last;
  }

  async cpuSeconds(): Promise<number> {
    const { server, hosts } = await this.processes();
    return await cpuSeconds([server, ...hosts].map(({ pid }) => pid));
  }

  async stop(): Promise<void> {
    await end(this.#task, this.#pid, this.#folder);
  }
}

/** Waits for the log line with the server's address. Afterwards keeps passing warnings and errors
 *  on. */
async function listening(stderr: Deno.ChildProcess["stderr"]): Promise<URL> {
  const found = Promise.withResolvers<URL>();
  const timer = setTimeout(
    () => found.reject(new Error("Cannot start the server: it does not listen in time")),
    START_WITHIN_MS,
  );
  (async () => {
    const lines: string[] = [];
    for await (const line of createInterface(Readable.fromWeb(stderr))) {
      if (!line.startsWith("{")) lines.push(line);
      const { event, level, url } = line.startsWith("{") ? JSON.parse(line) : {};
      if (event === "listening") found.resolve(new URL(url));
      if (level === "warn" || level === "error") console.error(`server: ${line}`);
    }
    found.reject(new Error(`Cannot start the server: ${lines.join("\n")}`));
  })();
  return await found.promise.finally(() => clearTimeout(timer));
}

async function end(task: Deno.ChildProcess, pid: number, folder: URL): Promise<void> {
  const tree = await processTree(task.pid);
  kill(pid, "SIGTERM");
  const timer = setTimeout(() => tree.forEach(({ pid }) => kill(pid, "SIGKILL")), STOP_WITHIN_MS);
  await task.status;
  clearTimeout(timer);
  await Deno.remove(folder, { recursive: true }).catch(() => {});
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // The process has ended already.
  }
}
