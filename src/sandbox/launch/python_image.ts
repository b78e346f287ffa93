/** The image of a started Python interpreter, for hosts that start later: it saves them most of a
 *  second. It is made by a process of its own, in which no bot ever runs, once a first Python host
 *  is up; until then, and where it can't be made, each host starts an interpreter itself. Thirty
 *  megabytes, held only where there are Python bots. */
import { fileURLToPath } from "node:url";
import { envOf, runArgs } from "./host_process.ts";

const ENTRY = fileURLToPath(new URL("../guest/python/write_image.ts", import.meta.url));

export class PythonImage {
  readonly #denoPath: string;
  readonly #closing = new AbortController();
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #making: Promise<void> | undefined;

  constructor(denoPath: string) {
    this.#denoPath = denoPath;
  }

  /** Undefined until it is there. */
  get bytes(): Uint8Array<ArrayBuffer> | undefined {
    return this.#bytes;
  }

  /** Has it made, once. Never rejects. */
  make(): Promise<void> {
    return this.#making ??= this.#make().catch(() => {});
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#making;
  }

  async #make(): Promise<void> {
    const { success, stdout } = await new Deno.Command(this.#denoPath, {
      args: [...runArgs("python"), ENTRY],
      clearEnv: true,
      env: envOf("python"),
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: this.#closing.signal,
    }).output();
    if (success && stdout.length > 0) this.#bytes = stdout;
  }
}
