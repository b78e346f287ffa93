/** Changes the log of the busy channel (`busy.ts`) as a dishonest operator would, and mends every
 *  hash, salt and signature with the server's own key. */
import type { ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import { hashText } from "../../src/kernel/hash.ts";
import { canonicalBytes, type JsonObject } from "../../src/kernel/json.ts";
import type { Wire } from "../support/player.ts";
import { Forger } from "./forger.ts";

type Fits = (body: Wire, entry: ExportedEntry) => boolean;

export class Liar extends Forger {
  /** The nth entry that fits, from 0. */
  find(fits: Fits, nth = 0): ExportedEntry {
    return this.file.entries.filter((entry) => fits(entry.body ?? {}, entry))[nth]!;
  }

  typed(type: string, nth = 0): ExportedEntry {
    return this.find((body) => body.type === type, nth);
  }

  /** The two entries that announce a bot: `at` with `bot:attach`, `described` with the manifest. */
  bot(name: string): { attach: Wire; manifest: Wire; described: ExportedEntry; at: ExportedEntry } {
    const at = this.find(({ type, name: own }) => type === "bot:attach" && own === name);
    const described = this.find(({ type, bot_id }) =>
      type === "bot:manifest" && bot_id === at.body!.bot_id
    );
    return { at, attach: at.body, described, manifest: described.body };
  }

  /** Changes a bot's manifest and its announced hash. */
  declare(name: string, changed: JsonObject): void {
    const { attach, manifest } = this.bot(name);
    Object.assign(manifest.manifest, changed);
    attach.manifest_hash = hashText(canonicalBytes(manifest.manifest));
  }

  /** Changes the body of an entry. Returns the entry. */
  says(entry: ExportedEntry, changed: JsonObject): ExportedEntry {
    entry.body = { ...entry.body, ...changed };
    return entry;
  }

  /** Inserts an entry, by default of the server, after another one. Returns it. */
  after(entry: ExportedEntry, made: Partial<ExportedEntry>): ExportedEntry {
    const added: ExportedEntry = {
      id: 0,
      channel_id: entry.channel_id,
      sender: "system",
      kind: "system",
      salt: "00".repeat(32),
      hash: entry.hash,
      ...made,
      ts: entry.ts,
    };
    this.file.entries.splice(this.file.entries.indexOf(entry) + 1, 0, added);
    return added;
  }

  /** Drops an entry. Returns the one that is then in its place. */
  drop(entry: ExportedEntry): ExportedEntry {
    const at = this.file.entries.indexOf(entry);
    this.file.entries.splice(at, 1);
    return this.file.entries[at]!;
  }
}
