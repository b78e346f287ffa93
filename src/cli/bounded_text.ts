/** The text of a file, of a link or of standard input, read within a size and a time: whoever it
 *  comes from may send without end, nothing at all, or a byte at a time. */
import { resolve } from "node:path";
import { abortable } from "../kernel/abortable.ts";
import { withDeadline } from "../kernel/deadline.ts";

export interface ReadBounds {
  /** Of what is read, once it is unpacked. */
  maxBytes: number;
  /** How long nothing may come before the reading ends. */
  idleMs: number;
  /** Ends the reading. */
  signal: AbortSignal;
}

/** Reads `-`, a link or a path, which counts from `folder`. Throws with a text for people. */
export async function textAt(from: string, folder: string, bounds: ReadBounds): Promise<string> {
  if (from === "-") return await textOf(Deno.stdin.readable, bounds);
  if (/^https?:\/\//i.test(from)) return await linkedText(from, bounds);
  // A pipe may be opened by nobody at its other end.
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
      throw new Error(`it leads elsewhere; name that link if you trust it: ${where}`);
    }
    if (!response.ok) throw new Error(`${new URL(link).origin} answered ${status}`);
    if (!body) return "";
    return await textOf(body, bounds);
  } finally {
    ending.abort();
    // Its end is of no interest any more, whichever it is.
    fetched.catch(() => {});
  }
}

/** The UTF-8 text of a stream; a byte order mark before it is no part of it. */
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
    // Whatever it waits for must not be waited for.
    reader.cancel().catch(() => {});
  }
}

function decoded(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch {
    throw new Error("it is no UTF-8 text: take the file as the server gave it");
  }
}

/** By its byte order mark, or by the zero beside its first character, which no JSON has. */
function refuseUtf16([first, second]: Uint8Array): void {
  const isMarked = first === 0xff && second === 0xfe || first === 0xfe && second === 0xff;
  if (isMarked || first === 0 || second === 0) {
    throw new Error("it is UTF-16 text, not UTF-8: save it as UTF-8");
  }
}

function tooLarge(maxBytes: number): Error {
  return new Error(`it is larger than ${maxBytes / 1_000_000} MB; --max-mb allows more`);
}

/** Resolves as the promise does, within the time for each piece and for all of them. */
async function within<T>(promise: Promise<T>, { idleMs, signal }: ReadBounds): Promise<T> {
  try {
    return await withDeadline(abortable(promise, signal), idleMs, () => {
      throw new Error(`nothing came for ${idleMs / 1000} seconds`);
    });
  } catch (error) {
    // The request has the same signal, so either of the two may notice first.
    if (signal.aborted) throw new Error("the time was over before it was read; see --timeout-s");
    throw error;
  }
}
