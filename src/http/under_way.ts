/** Bounds the number of requests that each principal has in progress. A request is in progress
 *  until the client has read the last byte of its answer. */
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { Refusal } from "../kernel/refusal.ts";
import { UnreadAnswers } from "./unread_answers.ts";

/** An answer up to this size counts as read when the HTTP server takes it over. */
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

  /** Serves a principal's request with `answer`, which gets a refusal to answer with if too many of
   *  the principal's requests are in progress. */
  async serve(
    principal: string,
    answer: (refusal: Refusal | undefined) => Promise<Response>,
  ): Promise<Response> {
    const count = this.#countOf.get(principal) ?? 0;
    if (count >= this.#most) return await answer(tooMany(this.#most));
    this.#countOf.set(principal, count + 1);
    const leave = () => this.#leave(principal);
    try {
      return await this.#deliver(await answer(undefined), principal, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #deliver(answer: Response, principal: string, onRead: () => void): Promise<Response> {
    // Access to `body` would turn a text into a stream, which costs time.
    if (answer.headers.get("content-type")?.startsWith("text/event-stream") && answer.body) {
      return this.#hold(answer, answer.body, principal, onRead);
    }
    const bytes = await answer.bytes();
    if (bytes.length > SMALL_BYTES) {
      return this.#hold(answer, ReadableStream.from([bytes]), principal, onRead);
    }
    onRead();
    return new Response(bytes.length > 0 ? bytes : null, answer);
  }

  #hold(
    answer: Response,
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    principal: string,
    onEnd: () => void,
  ): Response {
    return new Response(this.#unread.hold(principal, body, onEnd), answer);
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
