/** The network of a replayed hook: it returns the recorded answers in the order of the calls, and
 *  reaches no network. The caller compares the calls with the record. */
import type { Exchange, NetAnswer } from "../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { failed, readRequest, TOO_MANY_CALLS } from "../wire/net_request.ts";

const FORGED = failed("refused", "The request is malformed.");
const UNKNOWN = failed("refused", "The record has no answer to this request.");

export class RecordedCalls {
  readonly settled = Promise.resolve();
  readonly #answers: readonly NetAnswer[];
  readonly #exchanged: (exchange: Exchange) => void;
  #calls = 0;

  constructor(recorded: readonly Exchange[], exchanged: (exchange: Exchange) => void) {
    this.#answers = recorded.map(({ answer }) => answer);
    this.#exchanged = exchanged;
  }

  perform(value: unknown): Promise<NetAnswer> {
    const read = readRequest(value);
    if (!read) return Promise.resolve(FORGED);
    const call = ++this.#calls;
    const answer = this.#answers[call - 1] ??
      (call > BOT_LIMITS.netRequests ? TOO_MANY_CALLS : UNKNOWN);
    if (call <= BOT_LIMITS.netRequests + 1) this.#exchanged({ request: read.request, answer });
    return Promise.resolve(answer);
  }

  abandon(): void {}
}
