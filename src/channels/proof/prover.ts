/** Proves facts about a channel's log to its readers. */
import { rootOf } from "../../kernel/merkle.ts";
import {
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
  subtreesOf,
} from "../../kernel/merkle_proof.ts";
import type { LogProof } from "../../domain/proof/log_proof.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Access } from "../../domain/channel/seat.ts";
import { bodyHash, openFields, saltOf } from "../../domain/transcript/transcript.ts";
import { messageFor } from "../../domain/channel/visibility.ts";
import type { ChannelStore } from "../../store/channel/channel_store.ts";
import type { TileStore } from "../../store/channel/tile_store.ts";
import type { TreeSigner } from "./tree_signer.ts";
import type { ShownChannels } from "../shown.ts";

interface ProverDeps {
  shown: ShownChannels;
  store: ChannelStore;
  tiles: TileStore;
  signer: TreeSigner;
}

interface ProofRequest {
  /** Prove that this entry is in the log. */
  id?: number | undefined;
  /** Prove that the log of this size is a prefix of the current log. */
  since?: number | undefined;
}

export class Prover {
  readonly #deps: ProverDeps;

  constructor(deps: ProverDeps) {
    this.#deps = deps;
  }

  /** Proves what is requested against the current tree head. Refuses callers who may not read, and
   *  numbers beyond the log. */
  async prove(access: Access, { id, since }: ProofRequest): Promise<LogProof> {
    const { shown, signer } = this.#deps;
    const { channelId } = access;
    const { state: { head, secret }, viewer: { seat }, after } = await shown.open(access);
    const { size } = head;
    for (const number of [id, since]) {
      if (number === undefined || number > after && number <= size) continue;
      throw new Refusal(
        "INVALID_REQUEST",
        `The log has ${size} entries. Pass a number from ${after + 1} to ${size}.`,
      );
    }
    const hashes = (ranges: LeafRange[]) => this.#hashes(channelId, ranges);
    return {
      size,
      checkpoint: signer.checkpoint(channelId, head),
      ...(id !== undefined && {
        inclusion: {
          ...await this.#entry(channelId, id, secret, seat?.player_id ?? null),
          proof: await hashes(inclusionRanges(id - 1, size)),
        },
      }),
      ...(since !== undefined && {
        consistency: {
          size: since,
          root: `sha256:${(await hashes([{ from: 0, to: since }]))[0]!}`,
          proof: await hashes(consistencyRanges(since, size)),
        },
      }),
    };
  }

  /** An entry without its body. Viewers who may read the body already have it, and get its salt
   *  here. */
  async #entry(channelId: string, id: number, secret: Uint8Array, playerId: string | null) {
    const [entry] = await this.#deps.store.entries(channelId, id - 1, 1);
    const { hash, body } = entry!;
    const salt = saltOf(secret, entry!);
    const { withheld } = messageFor(playerId, entry!);
    return {
      entry: openFields(entry!),
      hash,
      body_hash: bodyHash(salt, body),
      ...(!withheld && { salt: salt.toHex() }),
    };
  }

  async #hashes(channelId: string, ranges: LeafRange[]): Promise<string[]> {
    const { tiles } = this.#deps;
    return await Promise.all(ranges.map(async (range) => {
      const parts = subtreesOf(range).map((subtree) => tiles.hash(channelId, subtree));
      return rootOf(await Promise.all(parts)).toHex();
    }));
  }
}
