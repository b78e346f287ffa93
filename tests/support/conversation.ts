/** A process of the command line that a person talks with: both of its streams are read together,
 *  as on a terminal. */
import { cliArgs, type CommandLine } from "./command_line.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** After this, it will not say it any more: a hang would hold up all tests. */
const PATIENCE_MS = 5 * 60_000;

export class Conversation implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  #shown = "";
  #heard = Promise.withResolvers<void>();

  constructor(cli: CommandLine, args: readonly string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [...cliArgs(), ...args],
      cwd: ROOT,
      clearEnv: true,
      env: cli.env(),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    const { stdout, stderr } = this.#process;
    this.#reading = Promise.all([stdout, stderr].map((stream) => this.#read(stream)));
  }

  /** Types a line. */
  async write(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Waits until it says that, after what was waited for before. */
  async says(words: RegExp): Promise<void> {
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(() => late.resolve("it goes on"), PATIENCE_MS);
    const ended = this.#reading.then(() => "it ended");
    try {
      for (;;) {
        const found = words.exec(this.#shown);
        if (found) {
          this.#shown = this.#shown.slice(found.index + found[0].length);
          return;
        }
        const how = await Promise.race([this.#heard.promise, ended, late.promise]);
        if (how && !words.test(this.#shown)) {
          throw new Error(`${how}, and has not said ${words}, but ${this.#shown}`);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** The exit code, once it has ended. */
  get code(): Promise<number> {
    return this.#process.status.then(({ code }) => code);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    try {
      this.#process.kill("SIGKILL");
    } catch { /* It has ended. */ }
    await this.#process.status;
    await this.#reading;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#shown += text;
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    }
  }
}
