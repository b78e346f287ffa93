/** The bytes of a stream of events. */
import assert from "node:assert/strict";
import type { News, Watch } from "../../../src/channels/reading/broadcasts.ts";
import { eventStream } from "../../../src/web/live/event_stream.ts";

const MESSAGE = {
  id: 7,
  channel_id: "chn_x",
  sender: "p1",
  kind: "user" as const,
  body: { text: "one\ntwo\u2028three" },
  ts: "2026-11-30T00:00:00.000Z",
};

/** A watch with these news, and then nothing. */
function watchOf(news: News[]): Watch & { asked: number; isStopped: boolean } {
  const end = Promise.withResolvers<News>();
  const left = [...news];
  return {
    asked: 0,
    isStopped: false,
    next() {
      this.asked++;
      return left.length > 0 ? Promise.resolve(left.shift()!) : end.promise;
    },
    stop() {
      this.isStopped = true;
      end.resolve({ kind: "stopped" });
    },
  };
}

Deno.test("eventStream() gives all readers of a message the same bytes, in one line", async () => {
  const streams = [1, 2].map(() => {
    const watch = watchOf([{ kind: "messages", messages: [MESSAGE] }]);
    return eventStream(watch, () => {}).getReader();
  });
  const texts = await Promise.all(streams.map(async (reader) => {
    assert.equal(new TextDecoder().decode((await reader.read()).value), "retry: 2000\n\n");
    return (await reader.read()).value!;
  }));
  assert.strictEqual(texts[0], texts[1]);
  assert.equal(
    new TextDecoder().decode(texts[0]),
    `id: 7\ndata: ${JSON.stringify(MESSAGE)}\n\n`,
  );
  await Promise.all(streams.map((reader) => reader.cancel()));
});

Deno.test("eventStream() gives several messages in one piece, each with its id", async () => {
  const messages = [MESSAGE, { ...MESSAGE, id: 8 }];
  const reader = eventStream(watchOf([{ kind: "messages", messages }]), () => {}).getReader();
  await reader.read();
  assert.equal(
    new TextDecoder().decode((await reader.read()).value),
    messages.map((message) => `id: ${message.id}\ndata: ${JSON.stringify(message)}\n\n`).join(""),
  );
  await reader.cancel();
});

Deno.test("eventStream() asks for news only when its reader has read all before", async () => {
  const watch = watchOf([{ kind: "messages", messages: [MESSAGE] }]);
  let ends = 0;
  const reader = eventStream(watch, () => ends++).getReader();
  await reader.read();
  assert.equal(watch.asked, 0);
  await reader.read();
  assert.equal(watch.asked, 1);
  const pending = reader.read();
  await reader.cancel();
  assert.equal((await pending).done, true);
  assert.deepEqual([ends, watch.isStopped], [1, true]);
});
