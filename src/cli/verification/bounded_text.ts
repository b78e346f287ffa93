/** Reads the text of a file, a link or standard input within limits of size and time. The source is
 *  untrusted: it may send endless data, nothing at all, or one byte at a time. */
import { resolve } from "node:path";
import { abortable } from "../../kernel/abortable.ts";
import { withDeadline } from "../../kernel/deadline.ts";

export interface ReadBounds {
  /** The limit for the decompressed data. */
  maxBytes: number;
  /** The longest pause in the data before reading fails. */
  idleMs: number;
  /** Makes reading fail when it aborts. */
  signal: AbortSignal;
}

/** Reads `-` (standard input), a link, or a path relative to `folder`. Throws errors whose messages
 *  are for people. */
export async function textAt(from: string, folder: string, bounds: ReadBounds): Promise<string> {
  if (from === "-") return await textOf(Deno.stdin.readable, bounds);
  if (/^https?:\/\//i.test(from)) return await linkedText(from, bounds);
  // Opening a named pipe blocks until a writer opens it, so this also needs a time limit.
  const file = await within(Deno.open(resolve(folder, from)), bounds);
  return await textOf(file.readable, bounds);
}

async function linkedText(link: string, bounds: ReadBounds): Promise<string> {
  const ending = new AbortController();
  const fetched = fetch(link, {
    redirect: "manual",
    signal: AbortSignal.any([bounds.signal, ending.signal]),
  });
  try {
    const response = await within(fetched, bounds);
    const { status, headers, body } = response;
    const where = headers.get("location");
    if (status >= 300 && status < 400 && where !== null) {
      throw new Error(`it redirects; if you trust the target, pass that link instead: ${where}`);
    }
    if (!response.ok) throw new Error(`${new URL(link).origin} answered ${status}`);
    if (!body) return "";
    return await textOf(body, bounds);
  } finally {
    ending.abort();
    // Nothing awaits this promise any more, so handle its rejection here.
    fetched.catch(() => {});
  }
}

/** The UTF-8 text of a stream, without a leading byte order mark. */
async function textOf(
  stream: ReadableStream<Uint8Array>,
  bounds: ReadBounds,
): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), bounds);
      if (done) return text + decoded(decoder);
      if (bytes < 2) refuseUtf16(value);
      bytes += value.length;
      if (bytes > bounds.maxBytes) throw tooLarge(bounds.maxBytes);
      text += decoded(decoder, value);
    }
  } finally {
    // Do not wait for a source that may never answer.
    reader.cancel().catch(() => {});
  }
}

function decoded(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch {
    throw new Error("it is not UTF-8 text: use the file exactly as you downloaded it");
  }
}

/** Recognizes UTF-16 by its byte order mark, or by the zero byte in its first ASCII character. JSON
 *  in UTF-8 has neither. */
function refuseUtf16([first, second]: Uint8Array): void {
  const isMarked = first === 0xff && second === 0xfe || first === 0xfe && second === 0xff;
  if (isMarked || first === 0 || second === 0) {
    throw new Error("it is UTF-16 text, not UTF-8: save it as UTF-8");
  }
}

function tooLarge(maxBytes: number): Error {
  return new Error(`it is larger than ${maxBytes / 1_000_000} MB; raise the limit with --max-mb`);
}

/** Settles as the promise does, unless it takes `idleMs` or `signal` aborts first. */
async function within<T>(promise: Promise<T>, { idleMs, signal }: ReadBounds): Promise<T> {
  const stop = () => {
    throw new Error("the time limit ended before it was read; raise it with --timeout-s");
  };
  // The same signal also ends a download, which may reject first and without this advice.
  const read = promise.catch((error) => {
    if (signal.aborted) stop();
    throw error;
  });
  return await withDeadline(abortable(read, signal, stop), idleMs, () => {
    throw new Error(`no data arrived for ${idleMs / 1000} seconds`);
  });
}
