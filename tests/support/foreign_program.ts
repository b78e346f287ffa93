/** Programs of other authors. tests/foreign/ pins them, separately from the server's dependencies.
 *  Each runs in a separate process with a temporary, initially empty home folder, and can download
 *  nothing. */
import assert from "node:assert/strict";

const FOLDER = new URL("../foreign/", import.meta.url).pathname;

export interface Home extends AsyncDisposable {
  folder: string;
  /** The whole environment of a program. */
  env: Record<string, string>;
  /** Whether a program was killed because it did not end. */
  hung: boolean;
}

const ATTEMPTS = 3;

/** Does something with programs in an empty home, and again in another one if a program hung, for
 *  which neither it nor the server need be at fault: Deno 2.9.6 can hang when it loads CommonJS
 *  modules. */
export async function inEmptyHome(
  act: (home: Home) => Promise<void>,
  attempts = ATTEMPTS,
): Promise<void> {
  await using home = await emptyHome();
  try {
    return await act(home);
  } catch (error) {
    if (!home.hung || attempts <= 1) throw error;
  }
  await inEmptyHome(act, attempts - 1);
}

/** Creates an empty home folder, and puts the programs into Deno's cache. */
export async function emptyHome(): Promise<Home> {
  // In the test's own environment, which may configure the registry.
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
    hung: false,
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

/** The command of a program, by its name in tests/foreign/deno.json. */
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

/** Starts a program without input. */
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

/** Far longer than any of the programs runs, also on a busy machine. */
const HUNG_MS = 240_000;

/** Starts a program that ends by itself. It is killed if it does not. */
export function startEnding(program: string, args: string[], home: Home): Deno.ChildProcess {
  const child = startForeign(program, args, home);
  const guard = setTimeout(() => {
    home.hung = true;
    child.kill("SIGKILL");
  }, HUNG_MS);
  child.status.finally(() => clearTimeout(guard));
  return child;
}

const LOADING_MS = 15_000;
const LOADINGS = 8;

/** Ensures that a program which prints something at its start can be loaded. Deno 2.9.6 can hang
 *  when a `require` loads a CommonJS module that it has not analysed before. It caches the
 *  analyses, so every further start gets further. */
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

/** A free port, for programs that need a port as an argument. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
