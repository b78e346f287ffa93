/** Changes a genuine export as a forger would, and signs it with the server's or another key. */
import { TreeSigner } from "../../src/channels/proof/tree_signer.ts";
import type { ChannelExport, ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import { bytesToHex, hexToBytes } from "../../src/kernel/hash.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import { bodyHash, entryLeaf, saltUnder } from "../../src/domain/transcript/transcript.ts";
import { rootOfLeaves } from "../../src/verify/log_checks.ts";

export class Forger {
  readonly file: ChannelExport;
  readonly #origin: string;

  constructor(genuine: ChannelExport) {
    this.file = structuredClone(genuine);
    this.#origin = genuine.checkpoint.split("\n")[0]!;
  }

  /** The first entry whose body fits. */
  entry(fits: (body: JsonObject, entry: ExportedEntry) => boolean): ExportedEntry {
    return this.file.entries.find((entry) => fits(entry.body ?? {}, entry))!;
  }

  ofType(type: string): ExportedEntry {
    return this.entry((body) => body.type === type);
  }

  /** Makes the log consistent again after a change: ids, causes, cursors and salts that moved,
   *  hashes, the tree and the signature. */
  mend(key: string): void {
    const { entries } = this.file;
    const moved = new Map(entries.map(({ id }, i) => [id, i + 1]));
    const { salts } = (this.ofType("close_applied")?.body?.op ?? {}) as { salts?: string };
    for (const [i, entry] of entries.entries()) {
      const isMoved = entry.id !== i + 1;
      entry.id = i + 1;
      if (isMoved && !entry.to && salts) {
        entry.salt = bytesToHex(saltUnder(hexToBytes(salts), i + 1));
      }
      // The effects of a dropped entry get the entry now at its place as their cause.
      if (entry.cause !== undefined) entry.cause = moved.get(entry.cause) ?? i;
    }
    /** Where the last entry that is left of the first `id` ones now is. */
    const lastKept = (id: number): number => {
      let at = id;
      while (at > 0 && !moved.has(at)) at--;
      return moved.get(at) ?? 0;
    };
    for (const { body } of entries) {
      const reveals = body?.type === "close_applied"
        ? (body.op as { seeds: JsonObject[] }).seeds
        : body?.type === "bot:detach"
        ? [body]
        : [];
      for (const each of reveals) {
        if (typeof each.cursor === "number") each.cursor = lastKept(each.cursor);
      }
    }
    const leaves = entries.map((entry) => {
      const { body, salt, body_hash } = entry;
      const leaf = entryLeaf(entry, body ? bodyHash(hexToBytes(salt!), body) : body_hash!);
      entry.hash = `sha256:${bytesToHex(leaf)}`;
      return leaf;
    });
    const signer = new TreeSigner({
      key: hexToBytes(key),
      publicUrl: `http://${this.#origin.split("/")[0]}`,
    });
    this.file.checkpoint = signer.signed({
      origin: this.#origin,
      size: leaves.length,
      root: rootOfLeaves(leaves),
    });
  }
}
