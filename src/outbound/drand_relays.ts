/** The client of drand's public relays, which serve the signatures of a chain's nodes. It verifies
 *  every response, so a relay need not be trusted. */
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

/** Responses of drand's HTTP API: `/<chain hash>/public/<round>` and `/<chain hash>/info`. */
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
  /** Pending requests by path, shared because many channels may wait for one round. */
  readonly #pending = new Map<string, Promise<string>>();

  /** Tries `origins` in this order. */
  constructor(origins: readonly string[]) {
    this.#origins = origins;
  }

  /** Throws `UpstreamError` if no relay returns a valid signature. */
  signature(chain: Chain, round: number, signal: AbortSignal): Promise<string> {
    const path = `${chain.hash}/public/${round}`;
    const pending = this.#pending.get(path) ?? this.#first(path, signal, async (json) => {
      const { data } = Round.safeParse(json);
      const isValid = data?.round === round && await isSigned(chain, round, data.signature);
      return isValid ? data.signature : undefined;
    }).finally(() => this.#pending.delete(path));
    this.#pending.set(path, pending);
    return pending;
  }

  /** The chain with this hash: quicknet, or one that a relay describes. Throws `UpstreamError` if
   *  no relay knows it. */
  async chain(hash: string): Promise<Chain> {
    if (hash === QUICKNET.hash) return QUICKNET;
    return await this.#first(`${hash}/info`, undefined, (json) => {
      const { data: info } = Info.safeParse(json);
      const { data } = Chain.safeParse({ ...info, hash });
      return Promise.resolve(data && chainHash(data) === hash ? data : undefined);
    });
  }

  /** The first response for which `checked` returns a value. */
  async #first<T>(
    path: string,
    signal: AbortSignal | undefined,
    checked: (json: unknown) => Promise<T | undefined>,
  ): Promise<T> {
    const failures: string[] = [];
    for (const origin of this.#origins) {
      const url = `${origin}/${path}`;
      try {
        const valid = await checked(await boundedJson(url, {}, signal));
        if (valid !== undefined) return valid;
        failures.push(`${url} answers something that is not valid`);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        failures.push(error.message);
      }
    }
    throw new UpstreamError(failures.join("; "));
  }
}
