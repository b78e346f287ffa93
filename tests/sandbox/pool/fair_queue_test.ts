import assert from "node:assert/strict";
import {
  type FairKey,
  FairQueue,
  type Place,
  Shares,
} from "../../../src/sandbox/pool/fair_queue.ts";

const LIMITS = { held: 3, waiting: 10, waitingPerPrincipal: 4 };

/** `a1/x`: the first letter is the principal; the part after the slash is the channel. */
function keyOf(name: string): FairKey {
  return { principal: name[0]!, channelId: name.split("/")[1] };
}

/** A queue with these waiting requests. */
function queueOf(...names: string[]): FairQueue<string> {
  const queue = new FairQueue<string>(LIMITS, new Shares(2));
  for (const name of names) assert.ok(queue.wait(keyOf(name), name));
  return queue;
}

/** All results of `next`, in order. */
function all(queue: FairQueue<string>): string[] {
  const names: string[] = [];
  for (let next = queue.next(); next; next = queue.next()) {
    names.push(next.turn);
    next.hold.release();
  }
  return names;
}

const ORDERS: Record<string, [waiting: string[], served: string[]]> = {
  "principals take turns, and who comes for the same one stays in line": [
    ["a1", "a2", "a3", "b1", "c1", "b2"],
    ["a1", "b1", "c1", "a2", "b2", "a3"],
  ],
  "a principal with many channels has no more turns than one with a single channel": [
    ["a1/r", "a2/s", "a3/t", "a4/u", "b1/v", "b2/v"],
    ["a1/r", "b1/v", "a2/s", "b2/v", "a3/t", "a4/u"],
  ],
  "the channels of a principal take turns within its own": [
    ["a1/r", "a2/r", "a3/r", "a4/s", "b1/t", "b2/t", "b3/t"],
    ["a1/r", "b1/t", "a4/s", "b2/t", "a2/r", "b3/t", "a3/r"],
  ],
};

for (const [rule, [waiting, served]] of Object.entries(ORDERS)) {
  Deno.test(`FairQueue: ${rule}`, () => assert.deepEqual(all(queueOf(...waiting)), served));
}

Deno.test("FairQueue: a request without a key shares its turns with no other", () => {
  const queue = queueOf("a1", "a2", "a3");
  queue.wait(undefined, "x");
  queue.wait(undefined, "y");
  assert.deepEqual(all(queue), ["a1", "x", "y", "a2", "a3"]);
});

Deno.test("FairQueue: a principal that holds as many hosts as it may is skipped, in every channel", () => {
  const queue = queueOf("a1/r", "a2/s", "a3/t", "b1/u");
  const holds = [queue.next()!, queue.next()!, queue.next()!];
  assert.deepEqual(holds.map(({ turn }) => turn), ["a1/r", "b1/u", "a2/s"]);
  assert.equal(queue.hold(keyOf("a/w")), undefined);
  assert.equal(queue.next(), undefined);
  assert.deepEqual([queue.length, queue.demand], [1, 0]);
  holds[0]!.hold.release();
  assert.equal(queue.demand, 1);
  assert.equal(queue.next()?.turn, "a3/t");
});

Deno.test("FairQueue: the hosts that a principal keeps busy through one queue count in the other", () => {
  const shares = new Shares(2);
  const [steady, patient] = [new FairQueue(LIMITS, shares), new FairQueue(LIMITS, shares)];
  const held = [steady.hold(keyOf("a")), patient.hold(keyOf("a"))];
  assert.equal(steady.hold(keyOf("a")), undefined);
  patient.wait(keyOf("a"), "a1");
  assert.deepEqual([patient.demand, patient.next()], [0, undefined]);
  assert.ok(steady.hold(keyOf("b")));
  held[0]!.release();
  assert.deepEqual([patient.demand, patient.next()?.turn], [1, "a1"]);
});

Deno.test("FairQueue: a hook that waits for the network is not busy, but holds its host", () => {
  const queue = queueOf("a1", "a2", "a3", "a4");
  const holds = [queue.next()!.hold, queue.next()!.hold];
  assert.equal(queue.next(), undefined);
  holds[0]!.goAway();
  holds[0]!.goAway();
  assert.equal(queue.next()?.turn, "a3");
  holds[1]!.goAway();
  assert.equal(queue.next(), undefined, "three hosts are all that a principal may hold");
  holds[0]!.release();
  assert.equal(queue.next()?.turn, "a4");
});

Deno.test("FairQueue: hooks that return from the network together may exceed their principal's limit", () => {
  const shares = new Shares(1);
  const queue = new FairQueue<string>(LIMITS, shares);
  const holds = [1, 2, 3].map(() => {
    const hold = queue.hold(keyOf("a"))!;
    hold.goAway();
    return hold;
  });
  assert.equal(shares.excess, 0);
  for (const hold of holds) hold.comeBack();
  assert.equal(shares.excess, 2);
  for (const hold of holds) hold.release();
  assert.equal(shares.excess, 0);
  assert.ok(queue.hold(keyOf("a")));
});

Deno.test("FairQueue: a principal that fills its places takes none of the others'", () => {
  const queue = queueOf("a1/r", "a2/s", "a3/t", "a4/u", "b1", "c1", "d1", "e1", "f1");
  assert.equal(queue.wait(keyOf("a5/v"), "a5/v"), undefined);
  assert.ok(queue.wait(keyOf("g1"), "g1"));
  assert.equal(queue.wait(keyOf("h1"), "h1"), undefined, "ten wait, which is all there may be");
  assert.equal(all(queue).length, 10);
  assert.ok(queue.wait(keyOf("h1"), "h1"));
  assert.deepEqual(all(queue), ["h1"]);
});

Deno.test("FairQueue: leave() gives the place up, anywhere in the queue, once", () => {
  const queue = queueOf();
  const places = new Map<string, Place>();
  for (const name of ["a1/r", "a2/r", "a3/r", "a4/s", "b1/t"]) {
    places.set(name, queue.wait(keyOf(name), name)!);
  }
  for (const name of ["a2/r", "a4/s", "b1/t"]) {
    places.get(name)!.leave();
    places.get(name)!.leave();
  }
  assert.deepEqual([queue.length, queue.demand, queue.waitingOf("a")], [2, 2, 2]);
  assert.ok(queue.wait(keyOf("a5/s"), "a5/s"), "there is room again");
  assert.deepEqual(all(queue), ["a1/r", "a5/s", "a3/r"]);
  places.get("a1/r")!.leave();
  assert.deepEqual([queue.length, queue.demand], [0, 0]);
});

Deno.test("FairQueue: a paused principal is skipped, whatever requests arrive", () => {
  const queue = queueOf("a1", "b1");
  queue.setPaused("a", true);
  queue.wait(keyOf("a2"), "a2");
  assert.deepEqual(all(queue), ["b1"]);
  assert.deepEqual([queue.length, queue.demand], [2, 0]);
  queue.setPaused("a", false);
  assert.deepEqual(all(queue), ["a1", "a2"]);
});

Deno.test("FairQueue: clear() returns all waiting requests, also of a principal at its limit", () => {
  const queue = queueOf("a1/r", "a2/s", "a3/r", "b1");
  queue.wait(undefined, "x");
  const held = [queue.hold(keyOf("a")), queue.hold(keyOf("a"))];
  assert.deepEqual(queue.clear().toSorted(), ["a1/r", "a2/s", "a3/r", "b1", "x"]);
  assert.deepEqual([queue.length, queue.demand, queue.next()], [0, 0, undefined]);
  for (const hold of held) hold!.release();
  queue.wait(keyOf("a4"), "a4");
  assert.deepEqual(all(queue), ["a4"]);
});
