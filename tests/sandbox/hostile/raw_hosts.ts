/** Hosts without the server's checks: one that sends anything, and one to which a test can send
 *  anything. */
import { lines } from "../../../src/sandbox/wire/lines.ts";

/** A program for `denoPath` that runs babbling_host.ts. */
export async function babblingDeno(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/deno`;
  const script = new URL("./babbling_host.ts", import.meta.url).pathname;
  const command = `exec "${Deno.execPath()}" run --quiet --no-prompt "${script}"`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${command}\n`);
  await Deno.chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

/** The process of a real host, with direct access to its input and output. */
export class RawHost {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string, void, void>;

  constructor() {
    const src = new URL("../../../src/", import.meta.url).pathname;
    const domain = ["limits/bot", "bot/engine_id", "bot/sealed"];
    const readable = [
      `${src}sandbox/`,
      ...domain.map((name) => `${src}domain/${name}.ts`),
      `${src}../bots/game.ts`,
    ];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-remote", "--cached-only"],
        ...[`--allow-read=${readable}`, `${src}sandbox/host/main.ts`, "javascript"],
        ...["15000", "5000", "100000", '{"http":false,"budgetMs":1000,"caCerts":[]}'],
      ],
      ...{ stdin: "piped", stdout: "piped", stderr: "null" } as const,
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = lines(this.#child.stdout, 1_000_000);
  }

  /** The next line, or undefined after the host has ended. */
  async said(line: string): Promise<string | undefined> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
    const { value } = await this.#lines.next();
    return value ?? undefined;
  }

  async end(): Promise<void> {
    await this.#input.abort().catch(() => {});
    await this.#lines.return();
    await this.#child.stdout.cancel().catch(() => {});
    try {
      this.#child.kill("SIGKILL");
    } catch { /* It has ended already. */ }
    await this.#child.status;
  }
}
