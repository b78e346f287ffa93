/** Lines of a byte stream, each at most `maxBytes` long: no sender can make its reader hold
 *  more. */
const NEWLINE = 10;

/** Yields each line without its end, returns at the end of the stream, throws at a longer line. */
export async function* lines(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let held = 0;
  let text = "";
  for await (const chunk of stream) {
    let from = 0;
    for (let end; (end = chunk.indexOf(NEWLINE, from)) >= 0; from = end + 1) {
      if (held + end - from > maxBytes) {
        throw new Error(`Cannot read a line over ${maxBytes} bytes`);
      }
      yield text + decoder.decode(chunk.subarray(from, end));
      text = "";
      held = 0;
    }
    held += chunk.length - from;
    if (held > maxBytes) throw new Error(`Cannot read a line over ${maxBytes} bytes`);
    text += decoder.decode(chunk.subarray(from), { stream: true });
  }
}
