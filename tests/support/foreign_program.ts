/** Programs of others, pinned in tests/foreign/ apart from what the server itself depends on. Each
 *  runs in a process of its own, with a home folder that is empty before and gone afterwards, and
 *  can download nothing. */
import assert from "node:assert/strict";

const FOLDER = new URL("../foreign/", import.meta.url).pathname;

export interface Home extends AsyncDisposable {
  folder: string;
  /** All that a program gets of the environment. */
  env: Record<string, string>;
}

/** Makes an empty home, and sees to it that the programs are in Deno's cache. */
export async function emptyHome(): Promise<Home> {
  // With our own environment, which may say how to get to the registry.
  await deno("install", "--frozen");
  const { denoDir } = JSON.parse(await deno("info", "--json"));
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-home-" });
  await Deno.mkdir(`${folder}/bin`);
  // No program opens a browser here.
  for (const name of ["open", "xdg-open"]) {
    await Deno.writeTextFile(`${folder}/bin/${name}`, "#!/bin/sh\n", { mode: 0o755 });
  }
  return {
    folder,
    env: {
      PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
      BROWSER: "true",
      HOME: folder,
      DENO_DIR: denoDir,
      NO_COLOR: "1",
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** How to start one of the programs, by the name that tests/foreign/deno.json gives it. */
export function foreignProgram(program: string, args: string[], { env, folder }: Home) {
  const flags = ["--quiet", "--cached-only", "--frozen", "--allow-all"];
  const config = `${FOLDER}deno.json`;
  return {
    command: Deno.execPath(),
    args: ["run", ...flags, "--config", config, program, ...args],
    cwd: folder,
    env,
  };
}

/** Starts one of the programs, with nothing to read. */
export function startForeign(program: string, args: string[], home: Home): Deno.ChildProcess {
  const { command, ...options } = foreignProgram(program, args, home);
  return new Deno.Command(command, {
    ...options,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

const LOADING_MS = 15_000;
const LOADINGS = 8;

/** Sees to it that a program that prints something at once can be loaded. Deno 2.9.6 can hang where
 *  a `require` meets a CommonJS module that was never analysed before; what it has analysed it
 *  keeps, so that the next start comes further. */
export async function loaded(program: string, args: string[], home: Home): Promise<void> {
  for (let i = 0; i < LOADINGS; i++) {
    const child = startForeign(program, args, home);
    const timer = setTimeout(() => child.kill("SIGKILL"), LOADING_MS);
    const reader = child.stderr.getReader();
    const { value } = await reader.read();
    clearTimeout(timer);
    if (value) child.kill("SIGKILL");
    await Promise.all([reader.cancel(), child.stdout.cancel(), child.status]);
    if (value) return;
  }
  throw new Error(`Cannot load ${program}: it printed nothing, ${LOADINGS} times`);
}

async function deno(...args: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd: FOLDER });
  const { success, stdout, stderr } = await command.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** A port that nobody listens on, for programs that have to be told one. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
