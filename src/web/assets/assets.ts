/** The scripts of the pages, as the build left them when the server started. */
import type { Log } from "../../kernel/log.ts";
import { filesOf, type Manifest, readManifest, type WorkerName } from "./manifest.ts";

export class Assets {
  readonly #folder: URL;
  readonly #built: Manifest | null;

  private constructor(folder: URL, built: Manifest | null) {
    this.#folder = folder;
    this.#built = built;
  }

  /** Reads the list of a build. Without one, the log says so, and pages have no scripts. */
  static async open(folder: URL, log: Log): Promise<Assets> {
    const manifest = await readManifest(folder);
    if (!manifest) {
      log("warn", "scripts_missing", {
        consequence: "Pages work without scripts. To make them, run deno task build and restart.",
      });
    }
    return new Assets(folder, manifest);
  }

  /** The path of an island's script; undefined if it was not built. */
  scriptOf(island: string): string | undefined {
    const { scripts } = this.#built ?? {};
    return scripts && Object.hasOwn(scripts, island) ? `/assets/${scripts[island]}` : undefined;
  }

  /** The verifier for browsers; undefined if it was not built. */
  get verifier(): BuiltVerifier | undefined {
    if (!this.#built) return undefined;
    const { verifier: { file, sha256 }, workers } = this.#built;
    const pathOf = (worker: WorkerName) => `/assets/${workers[worker]}`;
    return {
      page: () => this.#read(file),
      sha256,
      worker: pathOf("verify_worker"),
      guest: pathOf("guest_worker"),
    };
  }

  /** The board app, in HTML; undefined if it was not built. */
  async boardApp(): Promise<string | undefined> {
    const bytes = this.#built && await this.#read(this.#built.boardApp);
    return bytes ? new TextDecoder().decode(bytes) : undefined;
  }

  /** The bytes of a script, and the Worker that it is, if it is one; undefined if there is no
   *  script with this name. */
  async read(
    file: string,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; worker: WorkerName | undefined } | undefined> {
    if (!this.#built || !file.endsWith(".js") || !filesOf(this.#built).includes(file)) {
      return undefined;
    }
    const bytes = await this.#read(file);
    const workers = Object.entries(this.#built.workers) as [WorkerName, string][];
    return bytes && { bytes, worker: workers.find(([, name]) => name === file)?.[0] };
  }

  async #read(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await Deno.readFile(new URL(file, this.#folder)).catch(() => undefined);
  }
}

export interface BuiltVerifier {
  /** The bytes of `verify.html`; undefined if somebody has removed the file. */
  page(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Of these bytes, in hex. */
  sha256: string;
  /** The paths of its two Workers: the one that a page starts, and the one that this starts. */
  worker: string;
  guest: string;
}
