/** The network calls of one hook. The guest gets the answers in the order of its calls, even if a
 *  later one arrived first, so that a replay can deliver the same answers at the same points. Calls
 *  are numbered from 1 for each hook, so a guest cannot learn how many calls other hooks of this
 *  process made. */
import type { NetAnswer, NetRequest } from "../../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import type { NetCall, NetReply } from "../../wire/net_call.ts";
import { TOO_MANY_CALLS } from "../../wire/net_request.ts";

export class NetCalls {
  #send: (call: NetCall) => void;
  /** All calls ever sent. This number identifies a call to the main thread, so that a late answer
   *  to an earlier hook matches no call. No guest sees it. */
  #sent = 0;
  /** The calls of the current hook. */
  #made = 0;
  #open = new Map<number, PromiseWithResolvers<NetAnswer>>();
  /** The resolvers of the calls that were sent, by their number of `#sent`. */
  #awaited = new Map<number, (answer: NetAnswer) => void>();

  /** `send` passes a call to the main thread. */
  constructor(send: (call: NetCall) => void) {
    this.#send = send;
  }

  /** Begins a hook: discards the calls of the one before. */
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
    // The first call beyond the limit is sent, so that it is reported. Further ones are not.
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
