import assert from "node:assert/strict";
import { UnderWay } from "../../src/http/under_way.ts";

const KIB = 1024;
const LARGE = "x".repeat(300 * KIB);

/** A stream of events whose source records whether the reader gave it up. */
function events(...texts: string[]) {
  const source = { cancelled: false };
  const body = new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
    cancel: () => void (source.cancelled = true),
  });
  const response = new Response(body, { headers: { "content-type": "text/event-stream" } });
  return { source, response };
}

const answering = (text: string) => (refusal: { code: string } | undefined) =>
  Promise.resolve(refusal ? new Response(refusal.code, { status: 429 }) : Response.json({ text }));

Deno.test("serve() passes answers on unchanged, with their status and headers", async () => {
  const house = new UnderWay({ most: 1, unreadBytes: 1024 * KIB });
  for (const text of ["small", LARGE]) {
    const response = await house.serve(
      "ann",
      () => Promise.resolve(Response.json({ text }, { status: 201, headers: { "x-more": "1" } })),
    );
    assert.deepEqual([response.status, response.headers.get("x-more")], [201, "1"]);
    assert.deepEqual(await response.json(), { text });
  }
  const parts = ["data: 1\n\n", `data: ${LARGE}\n\n`, "data: 2\n\n"];
  const response = await house.serve("ann", () => Promise.resolve(events(...parts).response));
  assert.equal(await response.text(), parts.join(""));
  assert.equal((await house.serve("ann", answering("again"))).status, 200);
});

Deno.test("serve() counts a large answer until the client has read it or given up", async () => {
  const house = new UnderWay({ most: 2, unreadBytes: 1024 * KIB });
  const [first, second] = [
    await house.serve("ann", answering(LARGE)),
    await house.serve("ann", answering(LARGE)),
  ];
  assert.equal(await (await house.serve("ann", answering("small"))).text(), "RATE_LIMIT");
  assert.equal((await house.serve("bob", answering("small"))).status, 200, "each has their own");
  await first!.text();
  await second!.body!.cancel();
  for (let i = 0; i < 5; i++) {
    assert.equal((await house.serve("ann", answering("small"))).status, 200);
  }
});

Deno.test("serve() stops counting a request that fails", async () => {
  const house = new UnderWay({ most: 1, unreadBytes: 1024 * KIB });
  await assert.rejects(house.serve("ann", () => Promise.reject(new Error("failed"))), /failed/);
  assert.equal((await house.serve("ann", answering("small"))).status, 200);
});

Deno.test("serve() ends the oldest unread answer of the principal with the most unread bytes", async () => {
  const house = new UnderWay({ most: 10, unreadBytes: 1_000 * KIB });
  const bob = await house.serve("bob", answering(LARGE));
  const { source, response } = events(`data: ${LARGE}\n\n`);
  const oldest = await house.serve("ann", () => Promise.resolve(response));
  const newer = await house.serve("ann", answering(LARGE));
  const newest = await house.serve("ann", answering(LARGE));
  await assert.rejects(oldest.text(), /did not read/);
  assert.equal(source.cancelled, false, "there was nothing more to give up");
  for (const other of [bob, newer, newest]) assert.deepEqual(await other.json(), { text: LARGE });
});

Deno.test("serve() pulls no further event while the reader leaves much unread", async () => {
  let asked = 0;
  const source = new ReadableStream({
    pull(controller) {
      asked++;
      controller.enqueue(new Uint8Array(40 * KIB));
    },
  }, { highWaterMark: 0 });
  const house = new UnderWay({ most: 1, unreadBytes: 1_000 * KIB });
  const headers = { "content-type": "text/event-stream" };
  const response = await house.serve(
    "ann",
    () => Promise.resolve(new Response(source, { headers })),
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(asked, 2);
  await response.body!.cancel();
});
