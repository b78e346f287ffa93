/** Reports whether a peer reads an answer. Deno reports a stream as sent when the peer has received
 *  it, but a text or an array as soon as the handler returns it. So a large answer becomes a stream
 *  of pieces. */

interface AnswerWatch {
  /** The peer has read everything so far and waits for the server. */
  peerWaits(): void;
  /** The peer has something to read, and the server waits for the peer. */
  serverWaits(): void;
}

/** The kernel buffers about this much for a peer that does not read. */
const WHOLE_BYTES = 16 * 1024;
const PIECE_BYTES = 64 * 1024;

/** Returns the same answer under watch, and consumes `response`. */
export async function watchedAnswer(response: Response, watch: AnswerWatch): Promise<Response> {
  if (isStream(response)) {
    return new Response(response.body && watchedStream(response.body, watch), response);
  }
  const bytes = await response.bytes();
  watch.serverWaits();
  if (bytes.length === 0) return new Response(null, response);
  if (bytes.length <= WHOLE_BYTES) return new Response(bytes, response);
  const answer = new Response(watchedStream(pieces(bytes), watch), response);
  answer.headers.set("content-length", String(bytes.length));
  return answer;
}

/** Whether an answer is sent while it is produced, as events and downloads are. The headers decide,
 *  because access to `body` would turn a text into a stream, which costs time. */
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
      watch.peerWaits();
      const { done, value } = await reader.read();
      watch.serverWaits();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
