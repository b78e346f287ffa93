/** The hashes of channels' Merkle trees, in tiles of 256 as c2sp.org/tlog-tiles defines them: a
 *  tile of level 0 holds leaf hashes, and a tile of level n + 1 the roots of full tiles of level n.
 *  A full tile never changes, so it is stored when a proof first needs it rather than by every
 *  commit. */
import { concatBytes, hexToBytes } from "../../kernel/hash.ts";
import { nodeHash } from "../../kernel/merkle.ts";
import type { Subtree } from "../../kernel/merkle_proof.ts";
import type { ChannelStore } from "./channel_store.ts";
import { keys } from "../keys.ts";

const TILE_LEVELS = 8;
const TILE_HASHES = 2 ** TILE_LEVELS;
const HASH_BYTES = 32;

export class TileStore {
  readonly #kv: Deno.Kv;
  readonly #channels: Pick<ChannelStore, "entries">;

  constructor(kv: Deno.Kv, channels: Pick<ChannelStore, "entries">) {
    this.#kv = kv;
    this.#channels = channels;
  }

  /** The hash of a perfect subtree. All its entries must be stored. */
  async hash(channelId: string, { level, index }: Subtree): Promise<Uint8Array> {
    // The root of a whole tile is one hash of the tile above.
    const tileLevel = Math.floor(level / TILE_LEVELS);
    const height = level - tileLevel * TILE_LEVELS;
    const first = index * 2 ** height;
    const tile = Math.floor(first / TILE_HASHES);
    const from = first % TILE_HASHES;
    const hashes = await this.#tile(channelId, tileLevel, tile, from, from + 2 ** height);
    return headOf(hashes);
  }

  /** The hashes of a tile from `from` up to but not including `to`; fewer if the tile is not
   *  full. */
  async #tile(
    channelId: string,
    level: number,
    index: number,
    from: number,
    to: number,
  ): Promise<Uint8Array[]> {
    const key = keys.tile(channelId, level, index);
    const { value } = await this.#kv.get<Uint8Array>(key);
    if (value !== null) return split(value).slice(from, to);
    const hashes = level === 0
      ? await this.#leaves(channelId, index)
      : await this.#heads(channelId, level, index, to);
    if (hashes.length === TILE_HASHES) await this.#kv.set(key, concatBytes(...hashes));
    return hashes.slice(from, to);
  }

  async #leaves(channelId: string, index: number): Promise<Uint8Array[]> {
    const entries = await this.#channels.entries(channelId, index * TILE_HASHES, TILE_HASHES);
    return entries.map(({ hash }) => hexToBytes(hash.slice("sha256:".length)));
  }

  async #heads(
    channelId: string,
    level: number,
    index: number,
    count: number,
  ): Promise<Uint8Array[]> {
    const heads: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const tile = index * TILE_HASHES + i;
      heads.push(headOf(await this.#tile(channelId, level - 1, tile, 0, TILE_HASHES)));
    }
    return heads;
  }
}

/** The root of a perfect subtree with these hashes; their number is a power of two. */
function headOf(hashes: readonly Uint8Array[]): Uint8Array {
  let row = [...hashes];
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!));
  }
  return row[0]!;
}

function split(tile: Uint8Array): Uint8Array[] {
  return Array.from(
    { length: tile.length / HASH_BYTES },
    (_, i) => tile.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}
