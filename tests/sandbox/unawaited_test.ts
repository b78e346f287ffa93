/** A JavaScript hook is over when nothing is left to do: what it does not await counts like the
 *  rest, and a rejection that nothing handles fails it. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob } from "./job.ts";

const OPTIONS = { hosts: 1, hookTimeoutMs: 30_000 };
const REFUSED = "This server gives bots no network.";

/** The texts that a hook posts. */
const POSTED: Record<string, [body: string, texts: string[]]> = {
  "a method": [
    "const price = async () => { await null; await null; this.ctx.post('bot', 'price') }; price();",
    ["price"],
  ],
  "a chain on fetch": [
    "fetch('https://example.org/').catch((e) => this.ctx.post('bot', e.message));",
    [REFUSED],
  ],
  "a request within a timer": [
    `setTimeout(() => {
       fetch('https://example.org/').catch(() => setTimeout(() => this.ctx.post('bot', 'last'), 5));
     }, 9);
     this.ctx.post('bot', 'first');`,
    ["first", "last"],
  ],
  "forEach with async": [
    "['a', 'b'].forEach(async (x) => { await null; this.ctx.post('bot', x) });",
    ["a", "b"],
  ],
  "a rejection that is handled late": [
    `const p = Promise.reject(new Error('late'));
     await new Promise((resolve) => setTimeout(resolve, 10));
     await p.catch((e) => this.ctx.post('bot', e.message));`,
    ["late"],
  ],
  "one of several rejections, which Promise.all handles": [
    `const fail = async (x) => { throw new Error(x) };
     await Promise.all([fail('a'), fail('b')]).catch((e) => this.ctx.post('bot', e.message));`,
    ["a"],
  ],
};

/** The code stands in line 2. */
const FAILED: Record<string, [body: string, message: string, line: number | undefined]> = {
  "a method": [
    "const price = async () => { await null;\nthrow new TypeError('x') }; price();",
    "TypeError: x",
    3,
  ],
  "a chain": ["Promise.resolve().then(() => { throw new Error('x') });", "x", 2],
  "a timer": ["setTimeout(() => { throw new Error('x') });", "x", 2],
  "a promise that never settles because of it": [
    "await new Promise(async () => { throw new Error('x') });",
    "x",
    2,
  ],
  "a value that is no error": ["Promise.reject('x');", "x", undefined],
  "the first of two": [
    "this.ctx.post('bot', 'no'); Promise.reject(1); Promise.reject(2);",
    "1",
    undefined,
  ],
};

Deno.test("what a JavaScript hook does not await", async (t) => {
  const sandbox = await openSandbox(OPTIONS);
  for (const [name, [body, texts]] of Object.entries(POSTED)) {
    await t.step(`counts: ${name}`, async () => {
      const outcome = await sandbox.run(initJob(body));
      assert.ok(outcome.kind === "done", JSON.stringify(outcome));
      assert.deepEqual(outcome.posts.map(({ body }) => body.text), texts);
    });
  }
  for (const [name, [body, message, line]] of Object.entries(FAILED)) {
    await t.step(`fails the hook where it is rejected: ${name}`, async () => {
      const expected = { kind: "threw", message, ...(line !== undefined && { line }) };
      assert.deepEqual(await sandbox.run(initJob(body)), expected);
    });
  }
  await t.step("leaves nothing for the next hook", async () => {
    for (let n = 0; n < 3; n++) {
      assert.equal((await sandbox.run(initJob("Promise.reject(1);"))).kind, "threw");
      assert.equal((await sandbox.run(initJob(""))).kind, "done");
    }
  });
  await sandbox.close();
});
