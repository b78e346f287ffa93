/** Answers that know whether they are read. Deno reports a stream as sent when its peer has
 *  taken it, but a text or an array when it is handed over: so what is large is handed over
 *  piece by piece. */

interface AnswerWatch {
  /** The peer has taken what it was given: it waits for the server. */
  taken(): void;
  /** The peer has something to take: the server waits for it. */
  given(): void;
}

/** The kernel holds about as much for a peer that does not read. */
const WHOLE_BYTES = 16 * 1024;
const PIECE_BYTES = 64 * 1024;

/** The same answer; consumes the body of the given one. */
export async function watchedAnswer(response: Response, watch: AnswerWatch): Promise<Response> {
  if (isStream(response)) {
    return new Response(response.body && watchedStream(response.body, watch), response);
  }
  const bytes = await response.bytes();
  watch.given();
  if (bytes.length === 0) return new Response(null, response);
  if (bytes.length <= WHOLE_BYTES) return new Response(bytes, response);
  const answer = new Response(watchedStream(pieces(bytes), watch), response);
  answer.headers.set("content-length", String(bytes.length));
  return answer;
}

/** Whether an answer is sent as it is made: events, and downloads. To look at the body itself
 *  would turn a text into a stream, which costs time. */
function isStream({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") === true ||
    headers.has("content-disposition");
}

function pieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === bytes.length) return controller.close();
      const piece = bytes.subarray(sent, sent + PIECE_BYTES);
      sent += piece.length;
      controller.enqueue(piece);
    },
  }, { highWaterMark: 0 });
}

/** The same stream, one piece at a time. Cancelling it cancels the source. */
function watchedStream(
  source: ReadableStream<Uint8Array>,
  watch: AnswerWatch,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      watch.taken();
      const { done, value } = await reader.read();
      watch.given();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
