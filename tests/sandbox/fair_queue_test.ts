import assert from "node:assert/strict";
import { Refusal } from "../../src/domain/refusal.ts";
import { FairQueue } from "../../src/sandbox/fair_queue.ts";

const LIMITS = { busy: 2, held: 3, waiting: 10, waitingPerKey: 4 };

/** A queue in which these wait; the first letter of each is its key. */
function queueOf(...names: string[]): FairQueue<string> {
  const queue = new FairQueue<string>(LIMITS);
  for (const name of names) queue.wait(name[0], name);
  return queue;
}

/** All that `next` gives, in order. */
function all(queue: FairQueue<string>): string[] {
  const names: string[] = [];
  for (let next = queue.next(); next; next = queue.next()) {
    names.push(next.turn);
    next.hold.release();
  }
  return names;
}

Deno.test("FairQueue: keys take turns, and who shares a key stays in line", () => {
  assert.deepEqual(all(queueOf("a1", "a2", "a3", "b1", "c1", "b2")), [
    "a1",
    "b1",
    "c1",
    "a2",
    "b2",
    "a3",
  ]);
});

Deno.test("FairQueue: who comes without a key shares its turns with nobody", () => {
  const queue = queueOf("a1", "a2", "a3");
  queue.wait(undefined, "x");
  queue.wait(undefined, "y");
  assert.deepEqual(all(queue), ["a1", "x", "y", "a2", "a3"]);
});

Deno.test("FairQueue: a key that holds as much as it may is passed over", () => {
  const queue = queueOf("a1", "a2", "a3", "b1");
  const holds = [queue.next()!, queue.next()!, queue.next()!];
  assert.deepEqual(holds.map(({ turn }) => turn), ["a1", "b1", "a2"]);
  assert.equal(queue.hold("a"), undefined);
  assert.equal(queue.next(), undefined);
  assert.deepEqual([queue.length, queue.demand], [1, 0]);
  holds[0]!.hold.release();
  assert.equal(queue.demand, 1);
  assert.equal(queue.next()?.turn, "a3");
});

Deno.test("FairQueue: a hook that waits for the network is not busy, but holds its host", () => {
  const queue = queueOf("a1", "a2", "a3", "a4");
  const holds = [queue.next()!.hold, queue.next()!.hold];
  assert.equal(queue.next(), undefined);
  holds[0]!.goAway();
  holds[0]!.goAway();
  assert.equal(queue.next()?.turn, "a3");
  holds[1]!.goAway();
  assert.equal(queue.next(), undefined, "three hosts are all that a key may hold");
  holds[0]!.release();
  assert.equal(queue.next()?.turn, "a4");
});

Deno.test("FairQueue: who comes is refused when too many wait, of one key or in all", () => {
  const isRateLimit = (error: unknown) =>
    error instanceof Refusal && error.code === "RATE_LIMIT" && error.retryAfterMs === 1_000;
  const queue = queueOf("a1", "a2", "a3", "a4", "b1", "c1", "d1", "e1", "f1");
  assert.throws(() => queue.wait("a", "a5"), isRateLimit);
  queue.wait("g", "g1");
  assert.throws(() => queue.wait("h", "h1"), isRateLimit);
  assert.equal(all(queue).length, 10);
  queue.wait("h", "h1");
  assert.deepEqual(all(queue), ["h1"]);
});

Deno.test("FairQueue: clear() gives everyone who waits, also behind a key that holds enough", () => {
  const queue = queueOf("a1", "a2", "a3", "b1");
  queue.wait(undefined, "x");
  const held = [queue.hold("a"), queue.hold("a")];
  assert.deepEqual(queue.clear().toSorted(), ["a1", "a2", "a3", "b1", "x"]);
  assert.deepEqual([queue.length, queue.demand, queue.next()], [0, 0, undefined]);
  for (const hold of held) hold!.release();
  queue.wait("a", "a4");
  assert.deepEqual(all(queue), ["a4"]);
});
