/** drand's public relays: they hand out what the nodes of a chain have signed. Nothing they say is
 *  believed unchecked, so it does not matter which of them answers. */
import * as z from "zod";
import {
  type Beacon,
  Chain,
  chainHash,
  isSigned,
  QUICKNET,
  RoundSignature,
} from "../kernel/drand.ts";
import { boundedJson, UpstreamError } from "./bounded_fetch.ts";

/** Of drand's HTTP API: `/<chain hash>/public/<round>` and `/<chain hash>/info`. */
const Round = z.object({ round: z.number(), signature: RoundSignature });
const Info = z.object({
  public_key: z.string(),
  period: z.number(),
  genesis_time: z.number(),
  groupHash: z.string(),
  schemeID: z.string(),
  metadata: z.object({ beaconID: z.string() }),
}).transform(({ groupHash, schemeID, metadata: { beaconID }, ...rest }) => ({
  ...rest,
  group_hash: groupHash,
  scheme: schemeID,
  beacon_id: beaconID,
}));

export class DrandRelays implements Beacon {
  readonly #origins: readonly string[];
  /** Questions under way: many channels may wait for one round. */
  readonly #asked = new Map<string, Promise<string>>();

  /** `origins` are asked in this order, each when those before it failed. */
  constructor(origins: readonly string[]) {
    this.#origins = origins;
  }

  /** Throws `UpstreamError` while no relay has it. */
  signature(chain: Chain, round: number, signal: AbortSignal): Promise<string> {
    const path = `${chain.hash}/public/${round}`;
    const asked = this.#asked.get(path) ?? this.#first(path, signal, async (json) => {
      const { data } = Round.safeParse(json);
      const holds = data?.round === round && await isSigned(chain, round, data.signature);
      return holds ? data.signature : undefined;
    }).finally(() => this.#asked.delete(path));
    this.#asked.set(path, asked);
    return asked;
  }

  /** The chain with this hash: the known one, or asked of the relays. Throws `UpstreamError` when
   *  no relay knows it. */
  async chain(hash: string): Promise<Chain> {
    if (hash === QUICKNET.hash) return QUICKNET;
    return await this.#first(`${hash}/info`, undefined, (json) => {
      const { data: info } = Info.safeParse(json);
      const { data } = Chain.safeParse({ ...info, hash });
      return Promise.resolve(data && chainHash(data) === hash ? data : undefined);
    });
  }

  /** The first answer that holds. */
  async #first<T>(
    path: string,
    signal: AbortSignal | undefined,
    checked: (json: unknown) => Promise<T | undefined>,
  ): Promise<T> {
    const failures: string[] = [];
    for (const origin of this.#origins) {
      const url = `${origin}/${path}`;
      try {
        const found = await checked(await boundedJson(url, {}, signal));
        if (found !== undefined) return found;
        failures.push(`${url} answers what does not hold`);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        failures.push(error.message);
      }
    }
    throw new UpstreamError(failures.join("; "));
  }
}
