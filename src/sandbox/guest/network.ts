/** The network of one host process: what a hook asks is checked, performed by a courier Worker, recorded and told. */
import type { Exchange, NetAnswer, NetRequest } from "../../domain/evidence.ts";
import type { Network } from "./net_call.ts";

/** From the operator, by way of the server; JSON in the host's arguments. */
export interface NetworkOptions {
  /** Whether bots may ask with http, too. */
  http: boolean;
  /** How long all requests of one hook may take together, in milliseconds. */
  budgetMs: number;
  /** For tests: PEM certificates to trust besides the usual ones. */
  caCerts?: string[];
}

export interface NetworkListener {
  /** A hook waits for the network, which it did not before. */
  waiting(): void;
  exchanged(exchange: Exchange): void;
}

export class HostNetwork implements Network {
  constructor(readonly options: NetworkOptions, readonly listener: NetworkListener) {}

  begin(_net: readonly string[]): void {}

  perform(_request: NetRequest): Promise<NetAnswer> {
    return Promise.resolve({ kind: "failed", reason: "unreachable", message: "Not there yet." });
  }

  /** Resolves when every call of the current hook is answered and told. */
  settled(): Promise<void> {
    return Promise.resolve();
  }
}
