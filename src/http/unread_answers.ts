/** Answers on their way to clients that may read slowly. Their unread bytes have a bound in total.
 *  Beyond it, the server ends the oldest answer of the principal with the most unread bytes. */

/** The server reads an answer's source this far ahead of the client. Also the size of the largest
 *  chunk that it hands over. */
const AHEAD_BYTES = 64 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

interface Held {
  principal: string;
  bytes: number;
  end: (reason: Error) => void;
}

export class UnreadAnswers {
  readonly #most: number;
  /** Oldest first. */
  readonly #held = new Set<Held>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** Returns the same stream and counts its unread bytes. Calls `onEnd` once: when the client has
   *  read all, when it gives up, or when the server ends the answer. */
  hold(principal: string, answer: ReadableStream<Bytes>, onEnd: () => void): ReadableStream<Bytes> {
    const source = answer.getReader();
    const chunks: Bytes[] = [];
    let ended = false;
    let wake = () => {};
    const held: Held = { principal, bytes: 0, end: () => {} };
    this.#held.add(held);

    const leave = () => {
      if (!this.#held.delete(held)) return;
      this.#bytes -= held.bytes;
      chunks.length = 0;
      onEnd();
    };
    let reading = false;
    const readAhead = async (controller: ReadableStreamDefaultController<Bytes>) => {
      if (reading) return;
      reading = true;
      try {
        while (!ended && held.bytes < AHEAD_BYTES && this.#held.has(held)) {
          const { done, value } = await source.read();
          if (!this.#held.has(held)) return;
          if (done) ended = true;
          else {
            // Copies, so that a chunk that was handed over does not keep the rest in memory.
            for (let at = 0; at < value.length; at += AHEAD_BYTES) {
              chunks.push(value.slice(at, at + AHEAD_BYTES));
            }
            this.#grow(held, value.length);
          }
          wake();
        }
      } catch (error) {
        leave();
        controller.error(error);
      } finally {
        reading = false;
      }
    };
    return new ReadableStream<Bytes>({
      start: (controller) => {
        held.end = (reason) => {
          leave();
          controller.error(reason);
          wake();
          source.cancel(reason).catch(() => {});
        };
        void readAhead(controller);
      },
      pull: async (controller) => {
        while (chunks.length === 0 && !ended && this.#held.has(held)) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            void readAhead(controller);
          });
        }
        if (!this.#held.has(held)) return;
        const chunk = chunks.shift();
        if (!chunk) {
          leave();
          controller.close();
          return;
        }
        this.#grow(held, -chunk.length);
        controller.enqueue(chunk);
        void readAhead(controller);
      },
      cancel: async (reason) => {
        leave();
        await source.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }

  #grow(held: Held, bytes: number): void {
    held.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.#most) this.#endOldestOfMost();
  }

  #endOldestOfMost(): void {
    const bytesOf = new Map<string, number>();
    for (const { principal, bytes } of this.#held) {
      bytesOf.set(principal, (bytesOf.get(principal) ?? 0) + bytes);
    }
    const [most] = [...bytesOf].reduce((a, b) => b[1] > a[1] ? b : a);
    for (const held of this.#held) {
      if (held.principal !== most || held.bytes === 0) continue;
      held.end(new Error("The client did not read the answer in time"));
      return;
    }
  }
}
