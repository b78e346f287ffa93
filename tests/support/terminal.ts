/** A program in a terminal of its own, as a person sees it: both of its streams in one, with what
 *  only terminals get. */

/** Passes on what is typed and what is shown, until the program ends. */
const PTY = `
import fcntl, os, pty, select, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
sources = [terminal, 0]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            piece = os.read(source, 65536)
        except OSError:
            piece = b""
        if not piece:
            sources.remove(source)
        elif source == 0:
            os.write(terminal, piece)
        else:
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;

/** The command that runs another one in a terminal of so many columns. */
export function inTerminal(columns: number, command: readonly string[]): string[] {
  return ["python3", "-c", PTY, String(columns), ...command];
}

export class Terminal implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  #heard = Promise.withResolvers<void>();
  /** All that it has shown so far, with the ends of lines as in files. */
  shown = "";

  constructor(
    command: readonly string[],
    { cwd, env, columns = 80 }: { cwd: string; env: Record<string, string>; columns?: number },
  ) {
    const [program, ...args] = inTerminal(columns, command);
    this.#process = new Deno.Command(program!, {
      args,
      cwd,
      env,
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#keys = this.#process.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Waits until it shows that. Throws if it ends before. */
  async shows(words: string): Promise<void> {
    const ended = this.#reading.then(() => true);
    while (!this.shown.includes(words)) {
      if (await Promise.race([this.#heard.promise, ended])) {
        throw new Error(`It ended without "${words}": ${this.shown}`);
      }
    }
  }

  /** Ctrl+C, and the program's end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keys.write(new Uint8Array([3])).catch(() => {});
    await this.#reading;
    await this.#keys.close().catch(() => {});
    await this.#process.status;
  }

  async #read(): Promise<void> {
    for await (const text of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      this.shown += text.replaceAll("\r", "");
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    }
  }
}
