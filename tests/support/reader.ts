/** A new user who follows pages of docs/ at a shell: a home of its own, the commands one after the
 *  other in one bash, and ids pasted from what was shown before. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { type Block, blocksOf, commandsIn, isShown } from "./doc_page.ts";
import { registrySettings } from "./command_line.ts";
import { Terminal } from "./terminal.ts";

const START = "deno task start";
const READY = "Ctrl+C stops it.\n\n";
/** The address that pages have, where every server of the tests has another port. */
const PAGES_SERVER = "http://127.0.0.1:8100";
/** Stands between what two blocks print. */
const END = "\x1e";
// deno-lint-ignore no-control-regex -- that is what they begin with
const STYLES = /\x1b\[[0-9;]*[A-Za-z]/g;

export class Reader implements AsyncDisposable {
  readonly #shell: Deno.ChildProcess;
  readonly #typed: WritableStreamDefaultWriter<Uint8Array>;
  readonly #printed: AsyncIterator<string>;
  readonly #env: Record<string, string>;
  /** What pages write, and what it is here. */
  readonly #here = new Map<string, string>();
  readonly #pasted = new Set<string>();
  #server: Terminal | undefined;
  #rest = "";
  /** What was shown before the newest channel. */
  #newest = 0;
  /** All that it was shown. */
  shown = "";

  private constructor(readonly home: string, env: Record<string, string>) {
    const { PATH = "", DENO_DIR = `${Deno.env.get("HOME")}/.cache/deno` } = Deno.env.toObject();
    this.#env = {
      ...registrySettings(),
      PATH: `${dirname(Deno.execPath())}:${PATH}`,
      DENO_DIR,
      HOME: home,
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      ...env,
    };
    this.#shell = new Deno.Command("bash", {
      args: ["--norc", "--noprofile"],
      cwd: home,
      env: this.#env,
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#typed = this.#shell.stdin.getWriter();
    this.#printed = this.#shell.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  }

  /** `env`: more of its environment. */
  static async at(env: Record<string, string> = {}): Promise<Reader> {
    return new Reader(await Deno.makeTempDir({ prefix: "mcp-multiplayer-" }), env);
  }

  /** Has a command of the shell done that no page names. */
  async prepare(command: string): Promise<string> {
    return await this.#run(command);
  }

  /** From now on, that stands here for what pages write. */
  use(here: Record<string, string>): void {
    for (const [page, own] of Object.entries(here)) this.#here.set(page, own);
  }

  /** From now on the pages' server is the one at this address. */
  async useServer(url: string): Promise<void> {
    this.use({ [PAGES_SERVER]: url });
    await this.#run(`export MCP_BASE_URL=${url}`);
  }

  /** Follows a page from its first block to its last. */
  async followAll(page: string): Promise<void> {
    for (const block of blocksOf(page)) await this.follow(block);
  }

  /** Types the commands of a block. Fails if one fails, or if they print something else than the
   *  page shows. */
  async follow({ commands, shows }: Block): Promise<void> {
    let text = "";
    for (const command of commandsIn(commands)) {
      const shown = command === START
        ? await this.#startServer()
        : await this.#run(this.#asTyped(command));
      this.shown += shown;
      text += shown;
    }
    if (shows === undefined || isShown(shows, text)) return;
    assert.fail(`${commands}prints\n\n${text}\nbut the page shows\n\n${shows}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    await this.#typed.close().catch(() => {});
    await this.#printed.return?.();
    await this.#shell.status;
    await Deno.remove(this.home, { recursive: true });
  }

  async #startServer(): Promise<string> {
    const cwd = (await this.#run("pwd")).trim();
    const env = { ...this.#env, PORT: "0", SANDBOX_HOSTS: "1", TERM: "xterm" };
    this.#server = new Terminal(START.split(" "), { cwd, env, columns: 100 });
    await this.#server.shows(READY);
    const shown = this.#server.shown.replace(STYLES, "");
    const [, url] = /^ {2}Open +(\S+)$/m.exec(shown)!;
    await this.useServer(url!);
    // That terminal is taken: the reader goes on in a new one.
    await this.#run("cd");
    // A server elsewhere than usual names its address once more.
    return this.#asInPages(shown).replace(` --server ${PAGES_SERVER}`, "");
  }

  async #run(commands: string): Promise<string> {
    const script = `set -eo pipefail\n{\n${commands}\n} </dev/null 2>&1\nprintf '${END}'\n`;
    await this.#typed.write(new TextEncoder().encode(script));
    let text = this.#rest;
    while (!text.includes(END)) {
      const { done, value } = await this.#printed.next();
      if (done) throw new Error(`The shell ended at\n${commands}\nand had printed\n${text}`);
      text += value;
    }
    const [shown = "", ...more] = text.split(END);
    this.#rest = more.join(END);
    // Progress is written over itself.
    return this.#asInPages(shown.replace(/.*\r/g, ""));
  }

  /** The commands with what stands here for what pages write. An invite that a page leaves out is
   *  the next unused one of the newest channel, any other id the latest of its kind. */
  #asTyped(commands: string): string {
    if (commands.includes("mcpmp create")) this.#newest = this.shown.length;
    const pasted = commands.replace(/\b(\w+[_:])…/g, (_, kind: string) => {
      const shown = kind === "inv_" ? this.shown.slice(this.#newest) : this.shown;
      const ids = shown.match(new RegExp(`\\b${kind}[\\w-]{8,}`, "g")) ?? [];
      const id = kind === "inv_" ? ids.find((each) => !this.#pasted.has(each)) : ids.at(-1);
      if (id === undefined) throw new Error(`Nothing like ${kind}… was shown before ${commands}`);
      this.#pasted.add(id);
      return id;
    });
    return [...this.#here].reduce((text, [page, here]) => text.replaceAll(page, here), pasted);
  }

  #asInPages(shown: string): string {
    return [...this.#here].reduce((text, [page, here]) => text.replaceAll(here, page), shown);
  }
}
