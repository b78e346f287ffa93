/** A reader of a channel's Server-Sent Events over its own TCP connection. It looks for the ids of
 *  entries alone, so that figures measure the server and not the reader. */
import { requestBytes } from "./http.ts";

const decoder = new TextDecoder();
const ID = /^id: (\d+)$/gm;
const BUFFER = 16 * 1024;
/** As much as an id that two reads share. */
const OVERLAP = 24;

export class EventConnection {
  readonly #conn: Deno.TcpConn;
  readonly #ended: Promise<void>;
  #last = 0;
  #awaited: { id: number; resolve: () => void } | undefined;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.#ended = this.#read();
  }

  /** `address` is that of the reader, as the server's proxy would tell it. */
  static async open(url: URL, channel: string, address: string): Promise<EventConnection> {
    const conn = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
    const headers = { accept: "text/event-stream", "x-forwarded-for": address };
    await conn.write(requestBytes(url, "GET", `/channels/${channel}/events`, headers));
    return new EventConnection(conn);
  }

  /** Resolves with the moment at which the entry had arrived. */
  async has(id: number): Promise<number> {
    if (this.#last < id) {
      await Promise.race([
        new Promise<void>((resolve) => this.#awaited = { id, resolve }),
        this.#ended.then(() => {
          throw new Error(`Cannot read entry ${id}: the stream has ended`);
        }),
      ]);
    }
    return performance.now();
  }

  close(): void {
    this.#conn.close();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(BUFFER);
    let rest = "";
    for (;;) {
      const count = await this.#conn.read(buffer).catch(() => null);
      if (count === null) return;
      const text = rest + decoder.decode(buffer.subarray(0, count));
      for (const [, id] of text.matchAll(ID)) this.#last = Math.max(this.#last, Number(id));
      rest = text.slice(-OVERLAP);
      if (this.#awaited && this.#last >= this.#awaited.id) this.#awaited.resolve();
    }
  }
}
