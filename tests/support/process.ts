/** The server in a separate process with exactly the flags of `deno task start`, for tests that
 *  kill it. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url).pathname;

/** The start task's arguments and environment, its command substitution done. */
function startCommand(): { args: string[]; env: Record<string, string> } {
  const words = denoJson.tasks.start.command
    .replace(/\$\(deno eval -p 'Deno\.execPath\(\)'\)/, Deno.execPath())
    .replaceAll('"', "").split(" ");
  const program = words.indexOf("deno");
  const settings = words.slice(0, program).map((word) => word.split("=") as [string, string]);
  return { args: words.slice(program + 1), env: Object.fromEntries(settings) };
}

export interface ServerProcess {
  pid: number;
  url: string;
  /** Everything that it has written to stderr. */
  log: string[];
  /** All its descendants: its sandbox hosts, and the server itself if `deno task` started it. */
  children(): Promise<number[]>;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<Deno.CommandStatus>;
}

export interface StartOptions {
  /** Whether to start it with `deno task`, as a person does, or with the task's command. */
  viaTask?: boolean;
  /** Flags of `deno task`. */
  taskFlags?: readonly string[];
  /** The limit of open files and sockets. */
  descriptors?: number;
  /** The project's folder, with a trailing slash; that of the tests if absent. */
  root?: string;
  /** Makes another command of the one that would run. */
  wrap?: (command: string[]) => string[];
}

/** Starts a server process and waits until it listens. `env` is its whole environment. */
export async function startProcess(
  env: Record<string, string>,
  { viaTask = false, taskFlags = [], descriptors, root = ROOT, wrap = (command) => command }:
    StartOptions = {},
) {
  const started = viaTask ? { args: ["task", ...taskFlags, "start"], env: {} } : startCommand();
  // With the signal ignored, a write beyond the file size limit fails instead of ending the
  // process.
  const limits = ["trap '' XFSZ", ...descriptors ? [`ulimit -n ${descriptors}`] : []];
  const command = wrap([Deno.execPath(), ...started.args]);
  const child = new Deno.Command("sh", {
    args: ["-c", `${limits.join(" && ")} && exec "$@"`, "sh", ...command],
    cwd: root,
    // A developer's own `.env` must not change what tests see.
    env: { PORT: "0", SANDBOX_HOSTS: "1", ENV_FILE: "off", ...started.env, ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log: string[] = [];
  const listening = Promise.withResolvers<string>();
  const reading = (async () => {
    let rest = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        log.push(line);
        if (line.includes('"event":"listening"')) listening.resolve(JSON.parse(line).url);
      }
    }
    listening.reject(new Error(`the server ended: ${log.join("\n")}`));
  })();
  const url = await listening.promise;
  const server: ServerProcess = {
    pid: child.pid,
    url,
    log,
    children: () => descendants(child.pid),
    async kill(signal) {
      child.kill(signal);
      const status = await child.status;
      await reading;
      return status;
    },
  };
  return server;
}

/** A command's output. Used for /proc, where Deno itself reads nothing without all permissions. */
async function output(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}

/** All descendants of a process. */
export async function descendants(pid: number): Promise<number[]> {
  const text = await output("sh", "-c", `cat /proc/${pid}/task/*/children`);
  const children = text.split(/\s+/).filter(Boolean).map(Number);
  const below = await Promise.all(children.map(descendants));
  return [...children, ...below.flat()];
}

/** The resident memory of a process. */
export async function megabytes(pid: number): Promise<number> {
  return Number(await output("ps", "-o", "rss=", "-p", `${pid}`)) / 1024;
}

/** Resolves when all of the processes have ended. */
export async function gone(pids: number[]): Promise<void> {
  let alive = pids;
  for (let tries = 0; tries < 500 && alive.length > 0; tries++) {
    const stats = await output("cat", ...pids.map((pid) => `/proc/${pid}/stat`));
    alive = [...stats.matchAll(/^(\d+) \(.*\) [^ZX]/gm)].map(([, pid]) => Number(pid));
    if (alive.length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(alive, [], "still there after many seconds");
}

/** A database file below data/, where the start task may write. Disposing removes its folder. */
export function dataFile(): { path: string } & AsyncDisposable {
  const folder = `data/test-${crypto.randomUUID()}`;
  return {
    path: `${folder}/multiplayer.sqlite3`,
    [Symbol.asyncDispose]: () => Deno.remove(ROOT + folder, { recursive: true }),
  };
}
