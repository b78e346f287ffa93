/** Server-Sent Events of a channel (HTML, 9.2): each entry under its id, `sight` for its slots and
 *  bots, `end` when no more will come. What several readers are given is encoded once, and all of
 *  them get the same bytes. A reader that is slow is waited for, and holds nothing up. */
import type { News, Watch } from "../../channels/reading/broadcasts.ts";
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";

const encoder = new TextEncoder();
const encoded = new WeakMap<object, Uint8Array<ArrayBuffer>>();

/** The body of an answer that follows a watch. `ended` is called once, when nobody reads it any
 *  more. */
export function eventStream(watch: Watch, ended: () => void): ReadableStream<Uint8Array> {
  let waiting: Uint8Array<ArrayBuffer>[] = [encoder.encode(`retry: ${WATCH_LIMITS.retryMs}\n\n`)];
  let isOver = false;
  const timer = setTimeout(() => watch.stop(), WATCH_LIMITS.streamMs);
  const end = () => {
    clearTimeout(timer);
    watch.stop();
    ended();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (waiting.length === 0 && !isOver) {
        const news = await watch.next();
        waiting = eventsOf(news);
        isOver = news.kind === "over" || news.kind === "stopped";
      }
      const event = waiting.shift();
      if (event) controller.enqueue(event);
      if (!isOver || waiting.length > 0) return;
      end();
      controller.close();
    },
    cancel: end,
  }, { highWaterMark: 0 });
}

function eventsOf(news: News): Uint8Array<ArrayBuffer>[] {
  switch (news.kind) {
    case "messages":
      return news.messages.map((message) => bytesOf(message, `id: ${message.id}\n`));
    case "sight":
      return [bytesOf(news.sight, "event: sight\n")];
    case "over":
      return [bytesOf({ why: news.why }, "event: end\n")];
    case "stopped":
      return [];
  }
}

function bytesOf(data: object, fields: string): Uint8Array<ArrayBuffer> {
  const known = encoded.get(data);
  if (known) return known;
  const bytes = encoder.encode(`${fields}data: ${JSON.stringify(data)}\n\n`);
  encoded.set(data, bytes);
  return bytes;
}
