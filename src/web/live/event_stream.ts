/** Server-Sent Events of a channel (HTML, 9.2): each entry under its id, `sight` for its slots and
 *  bots, `end` when no more will come. What several readers are given is encoded once, and all of
 *  them get the same bytes. A reader that is slow is waited for, and holds nothing up. */
import type { News, Watch } from "../../channels/reading/broadcasts.ts";
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";
import { concatBytes } from "../../kernel/hash.ts";

const encoder = new TextEncoder();
const encoded = new WeakMap<object, Uint8Array<ArrayBuffer>>();

const RETRY = encoder.encode(`retry: ${WATCH_LIMITS.retryMs}\n\n`);

/** The body of an answer that follows a watch. `ended` is called once, when nobody reads it any
 *  more. */
export function eventStream(watch: Watch, ended: () => void): ReadableStream<Uint8Array> {
  let hasBegun = false;
  const timer = setTimeout(() => watch.stop(), WATCH_LIMITS.streamMs);
  const end = () => {
    clearTimeout(timer);
    watch.stop();
    ended();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!hasBegun) {
        hasBegun = true;
        return controller.enqueue(RETRY);
      }
      const news = await watch.next();
      const events = eventsOf(news);
      if (events.length > 0) controller.enqueue(inOne(events));
      if (news.kind !== "over" && news.kind !== "stopped") return;
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

/** Events in one piece, since every piece of a stream costs memory for as long as it is open. A
 *  single one is not copied. */
function inOne(events: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  return events.length === 1 ? events[0]! : concatBytes(...events);
}

function bytesOf(data: object, fields: string): Uint8Array<ArrayBuffer> {
  const known = encoded.get(data);
  if (known) return known;
  const bytes = encoder.encode(`${fields}data: ${JSON.stringify(data)}\n\n`);
  encoded.set(data, bytes);
  return bytes;
}
