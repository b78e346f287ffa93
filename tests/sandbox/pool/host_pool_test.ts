import assert from "node:assert/strict";
import type { Request } from "../../../src/sandbox/wire/protocol.ts";
import { Refusal } from "../../../src/kernel/refusal.ts";
import type { Host } from "../../../src/sandbox/pool/host.ts";
import type { Service } from "../../../src/sandbox/pool/host_pool.ts";
import { PuppetHost, puppetPool, PuppetStage } from "../puppet_hosts.ts";

const isUnavailable = (error: unknown) => error instanceof Refusal && error.code === "UNAVAILABLE";
const refused = (call: Promise<unknown>) => assert.rejects(call, isUnavailable);

Deno.test("a pool assigns free hosts to principals in turn", async () => {
  const stage = new PuppetStage();
  const { pool, run } = puppetPool(stage, { size: 1 });
  const answers = ["a1", "a2", "a3", "b1", "c1"].map((name) => run(name));
  for (const name of ["a1", "b1", "c1", "a2", "a3"]) {
    await stage.when(() => stage.names.includes(name));
    stage.hook(name).answer();
  }
  await Promise.all(answers);
  assert.deepEqual(stage.names, ["a1", "b1", "c1", "a2", "a3"]);
  assert.equal(stage.hosts.length, 1);
  await pool.close();
});

Deno.test("eight bots of one principal that all stall leave a host to the others", async () => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { size: 3 });
  await settle();
  const stalled = Array.from({ length: 8 }, (_, i) => refused(run(`a${i}`)));
  for (const name of ["b1", "b2", "c1"]) {
    const answer = run(name);
    await stage.when(() => stage.names.includes(name));
    stage.hook(name).answer();
    await answer;
  }
  assert.deepEqual(stage.names, ["a0", "a1", "b1", "b2", "c1"]);
  await pool.close();
  await Promise.all(stalled);
});

Deno.test("a pool of one host serves all requests, one after another", async () => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { size: 1 });
  await settle();
  for (const name of ["a1", "a2"]) {
    const answer = run(name);
    await stage.when(() => stage.names.includes(name));
    stage.hook(name).answer();
    await answer;
  }
  await pool.close();
});

Deno.test("while hooks wait for the network", async (t) => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { size: 2, max: 5, idleMs: 0 });
  const waiting: Promise<unknown>[] = [];
  const waits = async (name: string) => {
    waiting.push(run(name));
    await stage.when(() => stage.names.includes(name));
    stage.hook(name).listener!.waiting!();
  };

  await t.step("no host is added unless another request needs one", async () => {
    await waits("a1");
    await waits("b1");
    await settle();
    assert.equal(stage.hosts.length, 2);
  });
  await t.step("another hook gets an additional host, up to the maximum", async () => {
    await waits("c1");
    await waits("d1");
    assert.equal(stage.hosts.length, 4);
    const answer = run("e1");
    await stage.when(() => stage.names.includes("e1"));
    stage.hook("e1").answer();
    await answer;
    assert.equal(stage.hosts.length, 5);
  });
  await t.step("beyond the maximum, hooks wait", async () => {
    await waits("f1");
    waiting.push(run("g1"));
    await settle();
    assert.ok(!stage.names.includes("g1"));
    assert.deepEqual(pool.figures, { idle: 0, busy: 5, starting: 0, waiting: 1 });
  });
  await t.step("afterwards the pool shrinks to its size", async () => {
    for (const name of ["a1", "b1", "c1", "d1", "f1"]) stage.hook(name).answer();
    await stage.when(() => stage.names.includes("g1"));
    stage.hook("g1").answer();
    await Promise.all(waiting);
    await stage.when(() => stage.up === 2);
    assert.deepEqual(pool.figures, { idle: 2, busy: 0, starting: 0, waiting: 0 });
  });
  await pool.close();
});

Deno.test("hooks that can't wait for the network always have hosts", async () => {
  const stage = new PuppetStage();
  const mayWait = (request: Request) =>
    request.kind === "run" && request.job.class_name.startsWith("slow");
  const { pool, run, settle } = puppetPool(stage, { size: 2, max: 5, idleMs: 0, mayWait });
  const slow: Promise<unknown>[] = [];
  for (let i = 0; i < 8; i++) {
    slow.push(run(`slow${i}`, `principal ${i}`));
    await settle();
    if (stage.names.includes(`slow${i}`)) stage.hook(`slow${i}`).listener!.waiting!();
  }
  assert.deepEqual(stage.names, ["slow0", "slow1", "slow2"], "the others wait: 5 less 2");
  const games = [run("game0", "x"), run("game1", "y")];
  await stage.when(() => stage.names.includes("game0") && stage.names.includes("game1"));
  for (const name of ["game0", "game1"]) stage.hook(name).answer();
  await Promise.all(games);
  for (let i = 0; i < 8; i++) {
    await stage.when(() => stage.names.includes(`slow${i}`));
    stage.hook(`slow${i}`).answer();
  }
  await Promise.all(slow);
  await pool.close();
});

Deno.test("a hook that has its answers counts as at work again", async () => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { size: 2, max: 5, idleMs: 0 });
  const hooks = [run("a1"), run("b1")];
  await stage.when(() => stage.names.length === 2);
  stage.hook("a1").listener!.waiting!();
  stage.hook("a1").listener!.resumed!();
  hooks.push(run("c1"));
  await settle();
  assert.deepEqual(pool.figures, { idle: 0, busy: 2, starting: 0, waiting: 1 });
  stage.hook("a1").listener!.waiting!();
  await stage.when(() => stage.names.includes("c1"));
  for (const name of ["a1", "b1", "c1"]) stage.hook(name).answer();
  await Promise.all(hooks);
  await pool.close();
});

Deno.test("a principal whose bots all wait for the network can't take every additional host", async () => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { size: 2, max: 6 });
  const refusals = Array.from({ length: 8 }, (_, i) => refused(run(`a${i}`)));
  for (let held = 0; held < 3; held++) {
    await stage.when(() => stage.asked.length === held + 1);
    stage.asked[held]!.listener!.waiting!();
  }
  await settle();
  assert.deepEqual(stage.names, ["a0", "a1", "a2"], "half of those there may be");
  const answer = run("b1");
  await stage.when(() => stage.names.includes("b1"));
  stage.hook("b1").answer();
  await answer;
  await pool.close();
  await Promise.all(refusals);
});

Deno.test("a hook that takes too long has its host replaced before it is killed", async () => {
  const stage = new PuppetStage();
  const { pool, run } = puppetPool(stage, { size: 1, max: 4, lateAfterMs: () => 0 });
  const killed = run("a1");
  await stage.when(() => stage.hosts.length === 2);
  stage.hook("a1").kill();
  assert.equal((await killed).kind, "killed");
  assert.deepEqual(pool.figures, { idle: 1, busy: 0, starting: 0, waiting: 0 });
  await pool.close();
});

Deno.test("while hooks stall", async (t) => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, {
    warm: 3,
    spare: 1,
    size: 2,
    max: 5,
    stalledAfterMs: 0,
  });
  await settle();
  const stalled: Promise<unknown>[] = [];
  const stalls = async (name: string) => {
    stalled.push(run(name));
    await stage.when(() => stage.names.includes(name));
    await new Promise((resolve) => setTimeout(resolve, 2)); // until it counts as stalled
  };
  const isServed = async (name: string) => {
    const answer = run(name);
    await stage.when(() => stage.names.includes(name));
    stage.hook(name).answer();
    await answer;
  };

  await t.step("another principal's hook is served, and a host stays idle", async () => {
    for (const name of ["a1", "b1"]) await stalls(name);
    await isServed("c1");
    assert.ok(pool.figures.idle > 0);
  });
  await t.step("so is one of another channel of the same principal", () => isServed("a2"));
  await t.step("up to the maximum of hosts", async () => {
    for (const name of ["c2", "d1"]) await stalls(name);
    await isServed("e1");
    await stalls("f1");
    assert.deepEqual(pool.figures, { idle: 0, busy: 5, starting: 0, waiting: 0 });
  });
  await t.step("afterwards they are ready for others", async () => {
    for (const name of ["a1", "b1", "c2", "d1", "f1"]) stage.hook(name).answer();
    await Promise.all(stalled);
    assert.deepEqual(pool.figures, { idle: 5, busy: 0, starting: 0, waiting: 0 });
    await isServed("a3");
  });
  await pool.close();
});

Deno.test("no spare host is at work unless it stands in for another", async () => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { warm: 2, spare: 1, size: 1, max: 3 });
  await settle();
  const hooks = [run("a1"), run("b1")];
  await settle();
  assert.deepEqual(pool.figures, { idle: 1, busy: 1, starting: 0, waiting: 1 });
  for (const name of ["a1", "b1"]) {
    await stage.when(() => stage.names.includes(name));
    stage.hook(name).answer();
  }
  await Promise.all(hooks);
  await pool.close();
});

Deno.test("a host that was killed for a hook is replaced at once", async () => {
  const stage = new PuppetStage();
  const { pool, run } = puppetPool(stage, { size: 1 });
  for (let time = 1; time <= 3; time++) {
    const killed = run("a1");
    await stage.when(() => stage.asked.length === time);
    stage.hook("a1").kill();
    await killed;
    assert.equal(stage.hosts.length, time + 1);
  }
  await pool.close();
});

Deno.test("a host that ends while it is idle is replaced after a pause", async () => {
  const stage = new PuppetStage();
  const { pool, settle } = puppetPool(stage, { size: 2, max: 4 });
  await settle();
  await stage.hosts[0]!.end();
  assert.deepEqual(pool.figures, { idle: 1, busy: 0, starting: 0, waiting: 0 });
  await stage.when(() => stage.hosts.length === 3);
  await pool.close();
});

Deno.test("a pool that keeps no host warm starts one for a request, and ends it when idle", async () => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { warm: 0, size: 2, idleMs: 0 });
  await settle();
  assert.equal(stage.hosts.length, 0);
  for (let time = 1; time <= 2; time++) {
    const answer = run("a1");
    await stage.when(() => stage.asked.length === time);
    assert.equal(stage.hosts.length, time);
    stage.hook("a1").answer();
    await answer;
    await stage.when(() => stage.up === 0);
  }
  await pool.close();
});

Deno.test("a pool that keeps no host warm grows to its size and not beyond", async () => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { warm: 0, size: 2 });
  const answers = ["a1", "b1", "c1"].map((name) => run(name));
  await stage.when(() => stage.asked.length === 2);
  await settle();
  assert.equal(stage.hosts.length, 2);
  stage.hook("a1").answer();
  stage.hook("b1").answer();
  await stage.when(() => stage.names.includes("c1"));
  stage.hook("c1").answer();
  await Promise.all(answers);
  await pool.close();
});

Deno.test("a pool whose hosts don't start refuses requests, reports the error, and recovers", async () => {
  const stage = new PuppetStage();
  const failures: unknown[] = [];
  let isBroken = true;
  const { pool, run, settle } = puppetPool(stage, {
    warm: 0,
    start: () => isBroken ? Promise.reject("broken") : stage.start(),
    failed: (error) => failures.push(error),
  });
  await Promise.all([refused(run("a1")), refused(run("b1"))]);
  assert.deepEqual(failures, ["broken"]);
  await refused(run("c1"));
  assert.deepEqual(failures, ["broken"], "nothing is tried again that soon");
  isBroken = false;
  stage.answersAtOnce = true;
  while (!await run("d1").then(() => true, () => false)) await settle();
  await pool.close();
});

Deno.test("close() refuses waiting and running requests, also before any host is up", async () => {
  const stage = new PuppetStage();
  const { pool, run } = puppetPool(stage, { size: 1 });
  const refusals = ["a1", "b1"].map((name) => refused(run(name)));
  await pool.close();
  await Promise.all(refusals);
  await refused(run("c1"));
  assert.equal(stage.up, 0);
});

Deno.test("close() refuses a hook in the middle of it and ends its host", async () => {
  const stage = new PuppetStage();
  const { pool, run } = puppetPool(stage, { size: 1 });
  const refusal = refused(run("a1"));
  await stage.when(() => stage.names.includes("a1"));
  await pool.close();
  await refusal;
  assert.equal(stage.up, 0);
  assert.deepEqual(pool.figures, { idle: 0, busy: 0, starting: 0, waiting: 0 });
});

Deno.test("close() waits for hosts that are starting, and ends them", async () => {
  const stage = new PuppetStage();
  const starting = Promise.withResolvers<Host>();
  const { pool, run } = puppetPool(stage, { size: 1, start: () => starting.promise });
  const refusal = refused(run("a1"));
  const closed = pool.close();
  await refusal;
  const host = new PuppetHost(stage);
  starting.resolve(host);
  await closed;
  assert.ok(host.hasEnded);
  assert.deepEqual(pool.figures, { idle: 0, busy: 0, starting: 0, waiting: 0 });
});

Deno.test("a pool reports how long every request waited and how long it took", async () => {
  const stage = new PuppetStage();
  const services: Service[] = [];
  const { pool, run } = puppetPool(stage, { served: (service) => services.push(service) });
  const answer = run("a1");
  await stage.when(() => stage.names.includes("a1"));
  stage.hook("a1").answer();
  await answer;
  const [service] = services;
  assert.equal(services.length, 1);
  assert.equal(service!.request.kind, "run");
  assert.equal(service!.answer.kind, "ran");
  assert.ok(service!.queuedMs >= 0 && service!.hostMs >= 0);
  await pool.close();
});

Deno.test("a principal gets no second host for bots that may wait for the network but don't", async () => {
  const stage = new PuppetStage();
  const mayWait = (request: Request) =>
    request.kind === "run" && request.job.class_name.startsWith("net");
  const { pool, run, settle } = puppetPool(stage, { size: 2, max: 8, mayWait });
  await settle();
  const busy = [run("net1", "a"), run("a2", "a"), run("net3", "a")];
  const answer = run("b1");
  await stage.when(() => stage.names.includes("b1"));
  assert.deepEqual(stage.names, ["net1", "b1"]);
  stage.hook("b1").answer();
  await answer;
  for (const name of ["net1", "net3", "a2"]) {
    await stage.when(() => stage.names.includes(name));
    stage.hook(name).answer();
  }
  await Promise.all(busy);
  await pool.close();
});

Deno.test("hooks of one principal that return from the network together leave others their hosts", async () => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { size: 2, max: 8 });
  const slow: Promise<unknown>[] = [];
  for (const name of ["a1", "a2", "a3", "a4"]) {
    slow.push(run(name));
    await stage.when(() => stage.names.includes(name));
    stage.hook(name).listener!.waiting!();
  }
  for (const name of ["a1", "a2", "a3", "a4"]) stage.hook(name).listener!.resumed!();
  const answer = run("b1");
  await stage.when(() => stage.names.includes("b1"));
  stage.hook("b1").answer();
  await answer;
  for (const name of ["a1", "a2", "a3", "a4"]) stage.hook(name).answer();
  await Promise.all(slow);
  await settle();
  assert.ok(stage.up <= 8);
  await pool.close();
});

Deno.test("a request that is cancelled before its turn takes no host", async () => {
  const stage = new PuppetStage();
  const { pool, run } = puppetPool(stage, { size: 1 });
  const first = run("a1");
  await stage.when(() => stage.names.includes("a1"));
  const caller = new AbortController();
  const { signal } = caller;
  const isTimeout = (error: unknown) => error instanceof Refusal && error.code === "TIMEOUT";
  const given = [run("a2", "a", { signal }), run("b1", "b", { signal })]
    .map((each) => assert.rejects(each, isTimeout));
  caller.abort();
  await Promise.all(given);
  await assert.rejects(run("c1", "c", { signal }), isTimeout);
  assert.equal(pool.figures.waiting, 0);
  const next = run("d1");
  stage.hook("a1").answer();
  await stage.when(() => stage.names.includes("d1"));
  stage.hook("d1").answer();
  await Promise.all([first, next]);
  assert.deepEqual(stage.names, ["a1", "d1"]);
  await pool.close();
});

Deno.test("a principal that fills its places in the queue is refused, and others are not", async () => {
  const stage = new PuppetStage();
  const { pool, run, settle } = puppetPool(stage, { size: 1 });
  await settle();
  const flood = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      new Promise<string>((resolve) => {
        run(`a${i}`, "a").then(() => resolve("served"), ({ code }) => resolve(code));
        setTimeout(() => resolve("waits"));
      })),
  );
  assert.equal(flood.filter((code) => code === "RATE_LIMIT").length, 200 - 1 - 64);
  const answer = run("b1");
  stage.answersAtOnce = true;
  stage.hook("a0").answer();
  await answer;
  assert.deepEqual(stage.names.slice(0, 2), ["a0", "b1"]);
  await pool.close();
});

Deno.test("a hook's wait for the network does not count as a host's work", async () => {
  const stage = new PuppetStage();
  const services: Service[] = [];
  const served = (service: Service) => void services.push(service);
  const { pool, run } = puppetPool(stage, { size: 1, max: 2, served });
  const works: number[] = [];
  const answer = run("a1", "a", { worked: (ms) => void works.push(ms) });
  await stage.when(() => stage.names.includes("a1"));
  const { listener } = stage.hook("a1");
  listener!.waiting!();
  await new Promise((resolve) => setTimeout(resolve, 30));
  listener!.resumed!();
  stage.hook("a1").answer();
  await answer;
  const [worked] = works;
  assert.ok(worked! >= 0 && worked! < services[0]!.hostMs - 25, `${worked} ms of all`);
  await pool.close();
});
