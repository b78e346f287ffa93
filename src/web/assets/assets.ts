/** The scripts of the pages, as the build left them when the server started. */
import type { Log } from "../../kernel/log.ts";
import { readManifest } from "./manifest.ts";

export class Assets {
  readonly #folder: URL;
  /** Names of files by islands. */
  readonly #scripts: Record<string, string>;

  private constructor(folder: URL, scripts: Record<string, string>) {
    this.#folder = folder;
    this.#scripts = scripts;
  }

  /** Reads the list of a build. Without one, the log says so, and pages have no scripts. */
  static async open(folder: URL, log: Log): Promise<Assets> {
    const manifest = await readManifest(folder);
    if (!manifest) {
      log("warn", "scripts_missing", {
        consequence: "Pages work without scripts. To make them, run deno task build and restart.",
      });
    }
    return new Assets(folder, manifest?.scripts ?? {});
  }

  /** The path of an island's script; undefined if it was not built. */
  scriptOf(island: string): string | undefined {
    const file = this.#scripts[island];
    return file && `/assets/${file}`;
  }

  /** The bytes of a script; undefined if there is none with this name. */
  async read(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!Object.values(this.#scripts).includes(file)) return undefined;
    return await Deno.readFile(new URL(file, this.#folder)).catch(() => undefined);
  }
}
