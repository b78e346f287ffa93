/** Exports a stored channel completely, as if it had just been closed: with all seeds, so that
 *  every hook can be replayed. */
import type { Import } from "../../src/domain/bot/bot.ts";
import {
  ChannelExport,
  type ExportedEntry,
  formatOf,
} from "../../src/domain/proof/channel_export.ts";
import { bytesToHex, HashText } from "../../src/kernel/hash.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import {
  append,
  type Draft,
  type Entry,
  saltKeys,
  saltOf,
  SYSTEM,
} from "../../src/domain/transcript/transcript.ts";
import { TreeSigner } from "../../src/channels/proof/tree_signer.ts";
import { BlobStore } from "../../src/store/channel/blob_store.ts";
import { bodyOf } from "../../src/domain/transcript/body.ts";
import { ChannelStore, type StoredChannel } from "../../src/store/channel/channel_store.ts";

const SIGNER = new TreeSigner({ key: new Uint8Array(32).fill(9), publicUrl: "http://127.0.0.1" });

export async function closedCopy(kv: Deno.Kv, state: StoredChannel, entries: Entry[]) {
  const store = new ChannelStore(kv);
  const { channel, secret } = state;
  const seeds: JsonObject[] = [];
  for (const { bot_id } of channel.bots) {
    const memory = await store.memory(channel.channel_id, bot_id);
    const cursor = state.head.cursors[bot_id] ?? null;
    if (memory) seeds.push({ bot_id, seed: memory.seed, cursor });
  }
  const salts = bytesToHex(saltKeys(secret).open);
  const close: Draft = {
    sender: SYSTEM,
    kind: "system",
    body: bodyOf({ type: "close_applied", op: { type: "close", seeds, salts } }),
  };
  const drafts = channel.closed ? [] : [close];
  const { ts } = state.head;
  // A sealed channel whose bots go on closes when nobody has said anything for long.
  const at = new Date(Date.parse(ts) + (channel.quiet_ms ?? 0));
  const end = append(state.head, drafts, channel.channel_id, secret, at);
  const all = [...entries, ...end.entries];
  const announcements = all.filter(({ sender }) => sender === SYSTEM).map(({ body }) => body);
  const text = JSON.stringify(announcements);
  const blobs = new BlobStore(kv);
  const named = new Set(text.match(/sha256:[0-9a-f]{64}/g));
  const bytes = new Map<string, Uint8Array>();
  for (const hash of named) {
    const found = await blobs.get(HashText.parse(hash));
    if (found) bytes.set(hash, found);
  }
  const attached = announcements.filter(({ type }) => type === "bot:attach");
  const textOf = (hash: string) =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.get(hash));
  const sources = attached.map((body) => String(body.code_hash));
  const modules = attached.flatMap((body) => body.imports as unknown as Import[]);
  return ChannelExport.parse({
    format: formatOf(channel.beacon !== undefined),
    channel_id: channel.channel_id,
    viewer: null,
    // A closed channel runs no more hooks.
    cursors: {},
    checkpoint: SIGNER.checkpoint(channel.channel_id, end.head),
    keys: [{
      algorithm: "Ed25519",
      public_key: SIGNER.publicKey.toBase64(),
      since: ts,
      until: null,
    }],
    entries: all.map((entry): ExportedEntry => {
      const { root: _, chained: __, ...open } = entry;
      return { ...open, salt: bytesToHex(saltOf(secret, entry)) };
    }),
    sources: Object.fromEntries(sources.map((hash) => [hash, textOf(hash)])),
    modules: [...new Map(modules.map((module) => [module.hash, module])).values()]
      .map((module) => ({ ...module, source: textOf(module.hash) })),
    evidence: Object.fromEntries(
      [...bytes].filter(([hash]) => text.includes(`"body_hash":"${hash}"`))
        .map(([hash, found]) => [hash, found.toBase64()]),
    ),
  });
}
