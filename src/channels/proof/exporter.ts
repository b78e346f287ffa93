/** Writes a channel as a file, page by page, so that a long channel is never in memory as a
 *  whole. */
import { botAttached } from "../../domain/announcements/bots.ts";
import { botEvidence } from "../../domain/announcements/hooks.ts";
import { bodyHashesIn } from "../../domain/bot/announced_exchange.ts";
import {
  ChannelExport,
  type ExportedEntry,
  formatOf,
  type PublishedKey,
} from "../../domain/proof/channel_export.ts";
import type { Import, ModuleSource } from "../../domain/bot/bot.ts";
import { bytesToHex, type HashText } from "../../kernel/hash.ts";
import { canonicalText } from "../../kernel/json.ts";
import type { Access } from "../../domain/channel/seat.ts";
import {
  bodyHash,
  type Entry,
  type Head,
  openFields,
  saltOf,
} from "../../domain/transcript/transcript.ts";
import { messageFor } from "../../domain/channel/visibility.ts";
import type { BlobStore } from "../../store/channel/blob_store.ts";
import type { ChannelStore, StoredChannel } from "../../store/channel/channel_store.ts";
import type { ModuleSources } from "../library/module_sources.ts";
import type { TreeSigner } from "./tree_signer.ts";
import { refusePart, type ShownChannels } from "../shown.ts";

const PAGE = 250;

interface ExporterDeps {
  shown: ShownChannels;
  store: ChannelStore;
  blobs: BlobStore;
  modules: ModuleSources;
  signer: TreeSigner;
  keys: readonly PublishedKey[];
}

/** What the written entries name. */
interface Named {
  sources: Set<HashText>;
  /** By their announcements, as canonical text. */
  modules: Map<string, Import>;
  evidence: Set<HashText>;
}

export class Exporter {
  readonly #deps: ExporterDeps;

  constructor(deps: ExporterDeps) {
    this.#deps = deps;
  }

  /** The channel as of now, as text in pieces. Refuses callers who may not read it before it writes
   *  anything. */
  async export(access: Access): Promise<AsyncGenerator<string>> {
    const shown = await this.#deps.shown.open(access);
    refusePart(shown);
    const { state, viewer: { seat } } = shown;
    return this.exportFor(state, { ...state.head, viewer: seat?.player_id ?? null });
  }

  /** The first `size` entries for a viewer whose access was checked before. `cursors` are those of
   *  the bots when the channel had this size. */
  async *exportFor(
    state: StoredChannel,
    { viewer, size, cursors }: Pick<Head, "size" | "cursors"> & { viewer: string | null },
  ): AsyncGenerator<string> {
    const { keys } = this.#deps;
    const { channel: { channel_id, beacon } } = state;
    const facts = {
      format: formatOf(beacon !== undefined),
      channel_id,
      viewer,
      cursors,
      checkpoint: await this.checkpoint(channel_id, size),
      keys: [...keys],
    } satisfies Partial<ChannelExport>;
    yield `${JSON.stringify(facts).slice(0, -1)},\n"entries":[`;
    const named: Named = { sources: new Set(), modules: new Map(), evidence: new Set() };
    for (let after = 0; after < size; after += PAGE) {
      const limit = Math.min(PAGE, size - after);
      const entries = await this.#deps.store.entries(channel_id, after, limit);
      yield entries.map((entry) => {
        const exported = exportedEntry(entry, state.secret, viewer);
        if (exported.body) collectNames(exported, named);
        return `${entry.id === 1 ? "" : ","}\n${JSON.stringify(exported)}`;
      }).join("");
    }
    yield "\n],";
    yield* this.#record(
      "sources",
      named.sources,
      (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
    );
    yield* this.#record("evidence", named.evidence, (bytes) => bytes.toBase64());
    const modules: ModuleSource[] = [];
    for (const module of named.modules.values()) {
      const source = await this.#deps.modules.source(module);
      if (source !== undefined) modules.push({ ...module, source });
    }
    yield `\n"modules":${JSON.stringify(modules)}}\n`;
  }

  /** The signed tree head of the first `size` entries, at least one. */
  async checkpoint(channelId: string, size: number): Promise<string> {
    const [last] = await this.#deps.store.entries(channelId, size - 1, 1);
    return this.#deps.signer.checkpointAt(last!);
  }

  async *#record(
    name: string,
    hashes: ReadonlySet<HashText>,
    textOf: (bytes: Uint8Array) => string,
  ): AsyncGenerator<string> {
    yield `\n"${name}":{`;
    let written = 0;
    for (const hash of hashes) {
      const bytes = await this.#deps.blobs.get(hash);
      if (!bytes) continue;
      yield `${written++ ? "," : ""}${JSON.stringify(hash)}:${JSON.stringify(textOf(bytes))}`;
    }
    yield "},";
  }
}

/** An entry as a viewer may see it. */
function exportedEntry(entry: Entry, secret: Uint8Array, viewer: string | null): ExportedEntry {
  const { body, hash } = entry;
  const salt = saltOf(secret, entry);
  const open = openFields(entry);
  const { withheld } = messageFor(viewer, entry);
  return withheld
    ? { ...open, body_hash: bodyHash(salt, body), hash }
    : { ...open, body, salt: bytesToHex(salt), hash };
}

/** Collects the sources, modules and evidence that entries of the server name. Entries of bots
 *  don't count, because they may contain any hash. */
function collectNames(entry: ExportedEntry, named: Named): void {
  const attached = botAttached.in(entry);
  if (attached) {
    named.sources.add(attached.code_hash);
    for (const module of attached.imports) named.modules.set(canonicalText(module), module);
  }
  for (const hash of bodyHashesIn(botEvidence.in(entry)?.exchanges ?? [])) named.evidence.add(hash);
}
