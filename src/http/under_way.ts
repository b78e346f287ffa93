/** Requests of principals that are under way: bounded in number for each of them. A built answer is
 *  theirs until its last byte was taken. */
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { Refusal } from "../kernel/refusal.ts";
import { UnreadAnswers } from "./unread_answers.ts";

/** Less is out of the server's hands when it is handed over. */
const SMALL_BYTES = 64 * 1024;

export class UnderWay {
  readonly #most: number;
  readonly #countOf = new Map<string, number>();
  readonly #unread: UnreadAnswers;

  constructor(
    { most, unreadBytes }: { most: number; unreadBytes: number } = {
      most: HTTP_LIMITS.requestsUnderWay,
      unreadBytes: HTTP_LIMITS.unreadBytes,
    },
  ) {
    this.#most = most;
    this.#unread = new UnreadAnswers(unreadBytes);
  }

  /** Answers a request of a principal, or has it refused when too many of theirs are under way. */
  async serve(
    principal: string,
    answer: (refusal: Refusal | undefined) => Promise<Response>,
  ): Promise<Response> {
    const count = this.#countOf.get(principal) ?? 0;
    if (count >= this.#most) return await answer(tooMany(this.#most));
    this.#countOf.set(principal, count + 1);
    const leave = () => this.#leave(principal);
    try {
      return await this.#handedOver(await answer(undefined), principal, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #handedOver(answer: Response, principal: string, left: () => void): Promise<Response> {
    // To look at a body that is no stream would make one of it, which costs time.
    if (answer.headers.get("content-type")?.startsWith("text/event-stream") && answer.body) {
      return this.#held(answer, answer.body, principal, left);
    }
    const bytes = await answer.bytes();
    if (bytes.length > SMALL_BYTES) {
      return this.#held(answer, ReadableStream.from([bytes]), principal, left);
    }
    left();
    return new Response(bytes.length > 0 ? bytes : null, answer);
  }

  #held(
    answer: Response,
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    principal: string,
    over: () => void,
  ): Response {
    return new Response(this.#unread.hold(principal, body, over), answer);
  }

  #leave(principal: string): void {
    const count = this.#countOf.get(principal)! - 1;
    if (count > 0) this.#countOf.set(principal, count);
    else this.#countOf.delete(principal);
  }
}

function tooMany(most: number): Refusal {
  const text = `You have ${most} requests in progress, which is the limit. Read their answers or ` +
    "wait for them, then try again.";
  return new Refusal("RATE_LIMIT", text, 1_000);
}
