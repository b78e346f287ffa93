/** The calls of one hook for the network, as its guest makes them: answered in the order in which they were made,
 *  whatever was faster, so that a replay can give the same answers at the same moments. */
import type { NetAnswer, NetRequest } from "../../domain/evidence.ts";
import { LIMITS } from "../../domain/limits.ts";
import type { NetCall, NetReply } from "./net_call.ts";
import { TOO_MANY_CALLS } from "./net_request.ts";

export class NetCalls {
  #send: (call: NetCall) => void;
  #last = 0;
  #made = 0;
  #open = new Map<number, PromiseWithResolvers<NetAnswer>>();

  /** `send` takes a call to the main thread. */
  constructor(send: (call: NetCall) => void) {
    this.#send = send;
  }

  /** Forgets the calls of the hook before. Numbers go on, so that a late answer finds nobody. */
  begin(): void {
    this.#open.clear();
    this.#made = 0;
  }

  /** Makes a call and returns its number. */
  ask(request: NetRequest): number {
    const call = ++this.#last;
    const turn = Promise.withResolvers<NetAnswer>();
    this.#open.set(call, turn);
    // One beyond the limit is sent, and told; a flood of them is not.
    if (++this.#made <= LIMITS.netRequests + 1) this.#send({ call, request });
    else turn.resolve(TOO_MANY_CALLS);
    return call;
  }

  answered({ call, answer }: NetReply): void {
    this.#open.get(call)?.resolve(answer);
  }

  get pending(): boolean {
    return this.#open.size > 0;
  }

  /** Waits for the answer to the oldest open call. */
  async next(): Promise<NetReply> {
    const [[call, turn]] = this.#open as unknown as [[number, PromiseWithResolvers<NetAnswer>]];
    const answer = await turn.promise;
    this.#open.delete(call);
    return { call, answer };
  }
}
