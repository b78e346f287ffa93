/** Sources of vetted modules by their announced hash. At its start the server keeps those of its
 *  release in the database, so that under a later release a bot goes on with the very modules with
 *  which it was announced. */
import type { Import, ModuleSource } from "../../domain/bot/bot.ts";
import type { HashText } from "../../kernel/hash.ts";
import { ownSource, vettedSources } from "../../sandbox/guest/javascript/vetted_sources.ts";
import type { BlobStore } from "../../store/channel/blob_store.ts";

export class ModuleSources {
  readonly #blobs: BlobStore;
  /** Modules of other releases. Only announcements lead here, so there are few. */
  readonly #others = new Map<HashText, string>();

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** Stores the modules of this release, counted for nobody: all channels share them. */
  async keep(): Promise<void> {
    for (const { source } of await vettedSources()) {
      await this.#blobs.putUncounted(new TextEncoder().encode(source));
    }
  }

  /** The exact source of an announced module; undefined if this server never had it. */
  async source(wanted: Import): Promise<string | undefined> {
    const { hash } = wanted;
    const known = await ownSource(wanted) ?? this.#others.get(hash);
    if (known !== undefined) return known;
    const bytes = await this.#blobs.get(hash);
    if (!bytes) return undefined;
    const source = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    this.#others.set(hash, source);
    return source;
  }

  /** The modules of a bot, with their sources; undefined if this server lacks one of them. */
  async of(imports: readonly Import[]): Promise<ModuleSource[] | undefined> {
    const modules: ModuleSource[] = [];
    for (const { name, version, hash } of imports) {
      const source = await this.source({ name, version, hash });
      if (source === undefined) return undefined;
      modules.push({ name, version, hash, source });
    }
    return modules;
  }
}
