/** Splits a byte stream into lines of a bounded length, so that a sender cannot make its reader
 *  buffer more. */
const NEWLINE = 10;

/** Yields each line without its line end. Throws if a line is longer than `maxBytes`. Ignores text
 *  after the last line end. */
export async function* lines(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let buffered = 0;
  let text = "";
  for await (const chunk of stream) {
    let from = 0;
    for (let end; (end = chunk.indexOf(NEWLINE, from)) >= 0; from = end + 1) {
      if (buffered + end - from > maxBytes) {
        throw new Error(`Cannot read a line over ${maxBytes} bytes`);
      }
      yield text + decoder.decode(chunk.subarray(from, end));
      text = "";
      buffered = 0;
    }
    buffered += chunk.length - from;
    if (buffered > maxBytes) throw new Error(`Cannot read a line over ${maxBytes} bytes`);
    text += decoder.decode(chunk.subarray(from), { stream: true });
  }
}
