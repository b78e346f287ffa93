/** The command line as people run it: `mcpmp` in a process of its own, with the flags of its task
 *  and a folder of its own for what it keeps. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import type { Wire } from "./player.ts";
import { inTerminal } from "./terminal.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  env?: Record<string, string>;
  /** What a terminal of so many columns shows, both streams in one. */
  columns?: number;
  /** What is typed into that terminal. */
  typed?: string;
}

/** The arguments of `deno` that run it. */
export function cliArgs(): string[] {
  const { command } = denoJson.tasks.cli;
  const [, ...flags] = command.replace(/\$\(deno eval -p 'Deno\.execPath\(\)'\)/, Deno.execPath())
    .replaceAll('"', "").split(" ");
  return flags;
}

export class CommandLine {
  /** `server` is its address, or undefined to leave that to the environment. */
  private constructor(
    readonly server: string | undefined,
    /** Its home, and the folder of its caller. */
    readonly folder: string,
  ) {}

  static async at(server: string | undefined): Promise<CommandLine> {
    return new CommandLine(server, await Deno.makeTempDir({ prefix: "mcp-multiplayer-" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  /** The same files at another address. */
  movedTo(server: string | undefined): CommandLine {
    return new CommandLine(server, this.folder);
  }

  /** The whole environment of a process. */
  env(more: Record<string, string> = {}): Record<string, string> {
    const PATH = Deno.env.get("PATH")!;
    const DENO_DIR = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
    const address = this.server === undefined ? {} : { MCP_BASE_URL: this.server };
    const { folder } = this;
    const own = { PATH, DENO_DIR, HOME: folder, INIT_CWD: folder, LANG: "C.UTF-8" };
    return { ...registrySettings(), ...own, ...address, ...more };
  }

  spawn(args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
    return new Deno.Command(Deno.execPath(), {
      args: [...cliArgs(), ...args],
      cwd: ROOT,
      clearEnv: true,
      env: this.env(env),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  async run(args: readonly string[], { env, columns, typed = "" }: RunOptions = {}): Promise<Ran> {
    if (columns !== undefined) return await this.#inTerminal(args, columns, typed, env);
    return texts(await this.spawn(args, env).output());
  }

  /** A run that ends well; its standard output. */
  async ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args);
    assert.equal(code, 0, `mcpmp ${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  }

  /** The one JSON document of a run that ends well. */
  async json(...args: string[]): Promise<Wire> {
    return JSON.parse(await this.ok(...args, "--json"));
  }

  /** A shell command, in which `mcpmp` is this command line. */
  async shell(script: string): Promise<Ran> {
    const call = [Deno.execPath(), ...cliArgs()].map((word) => `'${word}'`).join(" ");
    const whole = `set -o pipefail\nmcpmp() { ${call} "$@"; }\n${script}`;
    return texts(
      await new Deno.Command("bash", {
        args: ["-c", whole],
        cwd: ROOT,
        clearEnv: true,
        env: this.env(),
        stdin: "null",
      }).output(),
    );
  }

  async #inTerminal(
    args: readonly string[],
    columns: number,
    typed: string,
    env = {},
  ): Promise<Ran> {
    const command = [Deno.execPath(), ...cliArgs(), ...args];
    const [program, ...words] = inTerminal(columns, command);
    const running = new Deno.Command(program!, {
      args: words,
      cwd: ROOT,
      clearEnv: true,
      env: this.env({ TERM: "xterm", ...env }),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [output] = await Promise.all([
      running.output(),
      new Blob([typed]).stream().pipeTo(running.stdin),
    ]);
    return texts(output);
  }
}

/** How this machine reaches the registry of packages, where that is not as usual. */
export function registrySettings(): Record<string, string> {
  const names =
    /^(DENO_TLS_CA_STORE|DENO_CERT|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|\w+_proxy|npm_config_\w+)$/i;
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => names.test(name)),
  );
}

function texts({ code, stdout, stderr }: Deno.CommandOutput): Ran {
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
