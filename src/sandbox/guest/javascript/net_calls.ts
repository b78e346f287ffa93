/** The calls of one hook for the network, as its guest makes them: answered in the order in which
 *  they were made, even where a later one was faster, so that a replay can give the same answers at
 *  the same moments. A guest counts its calls 1, 2, 3: it cannot learn how many calls other hooks
 *  of this process made. */
import type { NetAnswer, NetRequest } from "../../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import type { NetCall, NetReply } from "../../wire/net_call.ts";
import { TOO_MANY_CALLS } from "../../wire/net_request.ts";

export class NetCalls {
  #send: (call: NetCall) => void;
  /** The number of calls that were sent in all, which no guest sees: a late answer under an old
   *  number finds no call. */
  #sent = 0;
  /** How many the current hook has made. */
  #made = 0;
  #open = new Map<number, PromiseWithResolvers<NetAnswer>>();
  /** The resolvers of the calls that were sent, by the number they were sent under. */
  #awaited = new Map<number, (answer: NetAnswer) => void>();

  /** `send` takes a call to the main thread. */
  constructor(send: (call: NetCall) => void) {
    this.#send = send;
  }

  /** Forgets the calls of the hook before. */
  begin(): void {
    this.#open.clear();
    this.#awaited.clear();
    this.#made = 0;
  }

  /** Makes a call and returns its number among those of the hook. */
  ask(request: NetRequest): number {
    const call = ++this.#made;
    const turn = Promise.withResolvers<NetAnswer>();
    this.#open.set(call, turn);
    // One call beyond the limit is sent, and reported; a flood of them is not.
    if (call > BOT_LIMITS.netRequests + 1) turn.resolve(TOO_MANY_CALLS);
    else {
      this.#awaited.set(++this.#sent, turn.resolve);
      this.#send({ call: this.#sent, request });
    }
    return call;
  }

  answered({ call, answer }: NetReply): void {
    this.#awaited.get(call)?.(answer);
    this.#awaited.delete(call);
  }

  get pending(): boolean {
    return this.#open.size > 0;
  }

  /** Waits for the answer to the oldest open call; `call` is its number among those of the hook. */
  async next(): Promise<NetReply> {
    const [[call, turn]] = this.#open as unknown as [[number, PromiseWithResolvers<NetAnswer>]];
    const answer = await turn.promise;
    this.#open.delete(call);
    return { call, answer };
  }
}
