/** Reads sources by hash alone. Anyone who may read a channel that has announced a source may read
 *  that source, and anyone may read the built-in ones. To everybody else, a source does not seem to
 *  exist. */
import type { HashText } from "../../kernel/hash.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { ChannelStore } from "../../store/channel/channel_store.ts";
import type { BotLibrary } from "./bot_library.ts";

interface SourceReaderDeps {
  store: ChannelStore;
  library: BotLibrary;
}

export class SourceReader {
  readonly #deps: SourceReaderDeps;

  constructor(deps: SourceReaderDeps) {
    this.#deps = deps;
  }

  /** The exact source with this hash, or null when the principal may not read it. */
  async read(principal: string, codeHash: HashText): Promise<string | null> {
    const { store, library } = this.#deps;
    const builtin = library.builtin(codeHash);
    if (builtin !== undefined) return builtin;
    const readable = await store.isSourceOpen(codeHash) || await this.#isIn(principal, codeHash);
    return readable ? await library.source(codeHash) : null;
  }

  /** Whether one of the principal's own channels has announced the source. Searches the newest
   *  channels only. */
  async #isIn(principal: string, codeHash: HashText): Promise<boolean> {
    const { store } = this.#deps;
    let count = 0;
    let ids: string[] = [];
    for await (const { value } of store.mine(principal)) {
      ids.push(value);
      if (++count >= CHANNEL_LIMITS.sourceChannels) break;
      if (ids.length < 10) continue;
      if (await store.isSourceIn(codeHash, ids)) return true;
      ids = [];
    }
    return ids.length > 0 && await store.isSourceIn(codeHash, ids);
  }
}
