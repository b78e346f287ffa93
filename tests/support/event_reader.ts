/** A reader of Server-Sent Events as a browser's `EventSource` is one: it parses the stream by the
 *  rules of HTML, 9.2, and comes back with the id of the last event. */
import assert from "node:assert/strict";

interface ServerEvent {
  /** "" for an event without one. */
  id: string;
  type: string;
  // deno-lint-ignore no-explicit-any -- a test reads whatever the wire carries
  data: any;
}

export class EventReader {
  /** Every event up to now. */
  readonly events: ServerEvent[] = [];
  lastId = "";
  retryMs: number | undefined;
  readonly #fetch: typeof fetch;
  #reader: ReadableStreamDefaultReader<string> | undefined;
  #rest = "";

  constructor(through = fetch) {
    this.#fetch = through;
  }

  /** Opens the stream, or opens it again from the last event on. */
  async open(address: string): Promise<Response> {
    const response = await this.#fetch(address, {
      headers: {
        accept: "text/event-stream",
        ...(this.lastId !== "" && { "last-event-id": this.lastId }),
      },
    });
    this.#rest = "";
    if (response.headers.get("content-type") !== "text/event-stream") return response;
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    return response;
  }

  /** Reads until an event fits, and returns it. Throws if the stream ends before. */
  async until(fits: (event: ServerEvent) => boolean): Promise<ServerEvent> {
    for (let seen = 0;;) {
      const found = this.events.slice(seen).find(fits);
      if (found) return found;
      seen = this.events.length;
      assert.ok(await this.#more(), `the stream ended: ${JSON.stringify(this.events)}`);
    }
  }

  /** Reads to the end of the stream; a connection that breaks is one, too. */
  async toEnd(): Promise<void> {
    try {
      while (await this.#more());
    } catch (error) {
      assert.ok(!(error instanceof assert.AssertionError), String(error));
    }
  }

  async close(): Promise<void> {
    await this.#reader?.cancel().catch(() => {});
  }

  /** The messages among the events. */
  get messages() {
    return this.events.filter(({ type }) => type === "message").map(({ data }) => data);
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#reader!.read();
    if (done) return false;
    const blocks = (this.#rest + value).split("\n\n");
    this.#rest = blocks.pop()!;
    for (const block of blocks) this.#take(block);
    return true;
  }

  #take(block: string): void {
    const event = { type: "message", id: this.lastId, data: "" };
    for (const line of block.split("\n")) {
      const [, field, value] = /^(\w+): (.*)$/.exec(line) ?? [];
      assert.ok(field, `no field: ${line}`);
      if (field === "id") this.lastId = event.id = value!;
      else if (field === "event") event.type = value!;
      else if (field === "data") event.data += value!;
      else if (field === "retry") this.retryMs = Number(value);
      else assert.fail(`no field of events: ${field}`);
    }
    if (event.data !== "") this.events.push({ ...event, data: JSON.parse(event.data) });
  }
}
