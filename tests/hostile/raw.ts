/** Raw bytes on a socket, for requests that no HTTP client would send. */
import { type Answer, answerOf } from "./answer.ts";

/** The time in which a server has to answer or close a connection. */
const PATIENCE_MS = 20_000;

export interface Manner {
  /** Ends the sending side of the connection. */
  ends?: boolean;
  /** Hangs up at the first answer, without waiting for the server to do so. */
  hangsUp?: boolean;
}

/** Sends the bytes and reads until the server closes the connection. */
export async function exchange(
  url: string,
  bytes: string | Uint8Array<ArrayBuffer>,
  { ends = false, hangsUp = false }: Manner = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  const conn = await Deno.connect({ hostname, port: Number(port) });
  let late = false;
  const impatient = setTimeout(() => {
    late = true;
    conn.close();
  }, PATIENCE_MS);
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const writing = (async () => {
    for (let at = 0; at < data.length;) at += await conn.write(data.subarray(at));
    if (ends) await conn.closeWrite();
  })().catch(() => {}); // the server may close the connection before all is written
  let text = "";
  try {
    for await (const part of conn.readable.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (hangsUp && text.includes("\r\n\r\n")) break;
    }
  } catch {
    // The server resets a connection if it has not read all bytes.
  }
  clearTimeout(impatient);
  if (!late) closeQuietly(conn);
  await writing;
  return late ? "left open" : text;
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // the end of the stream has already closed it
  }
}

/** The answers in a server's output; a body is the text between two heads. */
export async function answersIn(text: string): Promise<Answer[]> {
  const heads = [...text.matchAll(/HTTP\/1\.1 ([2-5]\d\d)[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/g)];
  return await Promise.all(heads.map(async (head, i) => {
    const from = head.index + head[0].length;
    const body = text.slice(from, heads[i + 1]?.index);
    const lines = head[2]!.split("\r\n").filter(Boolean).map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as [string, string];
    });
    const headers = new Headers(lines);
    const unchunked = headers.get("transfer-encoding") === "chunked"
      ? body.replace(/^[0-9a-f]+\r\n/i, "").replace(/\r\n0\r\n\r\n$/, "")
      : body;
    const status = Number(head[1]);
    return await answerOf(
      new Response([204, 304].includes(status) ? null : unchunked, { status, headers }),
    );
  }));
}
