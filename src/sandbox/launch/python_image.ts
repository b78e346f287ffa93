/** The image of a started Python interpreter, which saves a new host most of a second. A separate
 *  process, in which no bot ever runs, makes it after the first Python host is up. Until then, and
 *  if that process fails, each host starts an interpreter itself. The image takes thirty megabytes,
 *  but only on servers with Python bots. */
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

  /** Undefined until the image is made. */
  get bytes(): Uint8Array<ArrayBuffer> | undefined {
    return this.#bytes;
  }

  /** Makes the image, once. Never rejects. */
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
