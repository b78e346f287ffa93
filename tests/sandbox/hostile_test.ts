import assert from "node:assert/strict";
import type { HookOutcome } from "../../src/domain/bot.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { initJob, job, onlyPost } from "./job.ts";

/** What each attack must end as; a string is how the message of `threw` begins. The attack is on line 2. */
const ATTACKS: Record<string, [attack: string, ending: HookOutcome["kind"] | { threw: string }]> = {
  "endless loop": ["while (true) {}", "out_of_budget"],
  "endless loop after an await": ["await null; while (true) {}", "out_of_budget"],
  "endless jobs": ["for (;;) await null;", "out_of_budget"],
  "endless timers": [
    "const f = () => setTimeout(f, 1); f(); await new Promise(() => {});",
    "out_of_budget",
  ],
  "endless loop behind catch and finally": [
    "for (;;) { try { while (true) {} } catch {} finally { continue } }",
    "out_of_budget",
  ],
  "catastrophic regular expression": ["/(a+)+b/.test('a'.repeat(40))", "out_of_budget"],
  "endless getter on the thrown error": [
    "throw { get message() { while (true) {} } }",
    "out_of_budget",
  ],
  "heap bomb": ["const a = []; for (;;) a.push(new Array(1000).fill({}))", "out_of_memory"],
  "heap bomb that stays reachable": [
    "globalThis.a = []; for (;;) a.push({})",
    "out_of_memory",
  ],
  "heap bomb after an await": [
    "globalThis.a = []; await (async () => { await null; for (;;) a.push({}) })()",
    "out_of_memory",
  ],
  "large strings": [
    "const a = []; for (;;) a.push('x'.repeat(1e5) + a.length)",
    "out_of_memory",
  ],
  "string doubling": ["let s = 'x'; for (;;) s += s", { threw: "InternalError: string too long" }],
  "huge buffer": ["new ArrayBuffer(3e9)", { threw: "RangeError" }],
  "huge number": ["let x = 3n; for (;;) x = x * x", { threw: "RangeError" }],
  "endless recursion": ["const f = () => f(); f()", { threw: "RangeError: Maximum call stack" }],
  "a million brackets": ["JSON.parse('['.repeat(1e6))", { threw: "RangeError: Maximum call" }],
  "deep object to JSON": [
    "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o)",
    { threw: "RangeError: Maximum call stack" },
  ],
  "a thenable that never settles": ["await { then() {} }", "never_settled"],
  "a promise that never settles": ["await new Promise(() => {})", "never_settled"],
  "throws an error": ["throw new TypeError('my own')", { threw: "TypeError: my own" }],
  "throws a string": ["throw 'plain'", { threw: "plain" }],
  "throws an error made of traps": [
    "throw new Proxy({}, { get() { throw new Error('trap') } })",
    { threw: "The bot threw something" },
  ],
  "throws in a timer": [
    "setTimeout(() => { throw new Error('late') }, 1); await new Promise(() => {})",
    { threw: "late" },
  ],
  "21 posts": [
    "for (let i = 0; i < 21; i++) this.ctx.post('bot', { i })",
    { threw: "a hook may post at most 20 times" },
  ],
  "21 posts, the error caught": [
    "for (let i = 0; i < 21; i++) try { this.ctx.post('bot', { i }) } catch {}",
    { threw: "a hook may post at most 20 times" },
  ],
  "a body too large": [
    "this.ctx.post('bot', 'x'.repeat(16 * 1024))",
    { threw: "the body is 16395 bytes; at most 16384" },
  ],
  "a body too large in UTF-8": [
    "this.ctx.post('bot', 'é'.repeat(8 * 1024))",
    { threw: "the body is 16395 bytes; at most 16384" },
  ],
  "a body too deep": [
    "let o = {}; for (let i = 0; i < 40; i++) o = { o }; this.ctx.post('bot', o)",
    { threw: "the body nests deeper than 32 levels" },
  ],
  "half a character": [
    "this.ctx.post('bot', '\\ud800')",
    { threw: "the body holds half of a surrogate pair" },
  ],
  "a body that is a list": ["this.ctx.post('bot', [1])", {
    threw: "TypeError: ctx.post: the body",
  }],
  "a body that turns into a list": [
    "this.ctx.post('bot', { toJSON: () => [1] })",
    { threw: "the body must be a JSON object" },
  ],
  "a circular body": ["const o = {}; o.o = o; this.ctx.post('bot', o)", { threw: "TypeError" }],
  "an unknown kind": [
    "this.ctx.post('echo', {})",
    { threw: 'TypeError: ctx.post: the kind must be "bot", "system" or "control"' },
  ],
  "a post to someone who is not there": [
    "this.ctx.post('bot', 'secret', { to: ['p1'] })",
    { threw: "to must be a list of player ids" },
  ],
  "a post to nobody, the error caught": [
    "try { this.ctx.post('bot', 'secret', { to: [] }) } catch {} this.ctx.post('bot', 'on')",
    { threw: "to must be a list of player ids" },
  ],
  "a post to something else": [
    "this.ctx.post('bot', 'secret', { to: { toJSON: () => 'p1' } })",
    { threw: "to must be a list of player ids" },
  ],
  "a state too large, the error caught": [
    "try { this.ctx.set_state('x'.repeat(48 * 1024)) } catch {}",
    { threw: "the state is 49154 bytes; at most 49152" },
  ],
  "a state that is no JSON": [
    "this.ctx.set_state(() => {})",
    { threw: "TypeError: ctx.set_state: the state must be JSON" },
  ],
  "Function by way of a constructor": [
    "(() => {}).constructor('return 1')()",
    { threw: "TypeError: eval is not supported" },
  ],
  "AsyncFunction by way of a constructor": [
    "(async () => {}).constructor('return 1')()",
    { threw: "TypeError: eval is not supported" },
  ],
  "indirect eval": ["globalThis['ev' + 'al']('1')", { threw: "TypeError: not a function" }],
  "a timer of text": ["setTimeout('1', 0)", { threw: "TypeError: setTimeout: a function" }],
};

async function survives(sandbox: Sandbox): Promise<void> {
  const outcome = await sandbox.run(initJob("this.ctx.post('bot', { well: true })"));
  assert.deepEqual(onlyPost(outcome), { well: true });
}

Deno.test("run() contains", async (t) => {
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs: 30_000 });
  for (const [name, [attack, ending]] of Object.entries(ATTACKS)) {
    await t.step(name, async () => {
      const outcome = await sandbox.run(initJob(attack));
      if (typeof ending === "string") {
        assert.deepEqual(outcome, { kind: ending });
      } else {
        assert.ok(outcome.kind === "threw", JSON.stringify(outcome));
        assert.equal(outcome.message.slice(0, ending.threw.length), ending.threw);
        assert.doesNotMatch(outcome.message, /file:|\/|wasm/);
        if (name !== "throws a string" && !name.includes("traps")) assert.equal(outcome.line, 2);
      }
      await survives(sandbox);
    });
  }

  await t.step("a message longer than 500 characters is cut", async () => {
    const outcome = await sandbox.run(initJob("throw new Error('é'.repeat(1e6))"));
    assert.deepEqual(outcome, { kind: "threw", message: "é".repeat(500), line: 2 });
  });

  await t.step("posts of a hook that fails do not count", async () => {
    const outcome = await sandbox.run(initJob("this.ctx.post('bot', 'x'); throw new Error('no')"));
    assert.deepEqual(outcome, { kind: "threw", message: "no", line: 2 });
  });

  await t.step("the line of a TypeScript bot is the one in its source", async () => {
    const source = `interface Move {
  x: number;
  y: number;
}
type Board = Record<string, Move>;

export default class Bot {
  constructor(private ctx: unknown, private board: Board) {}
  on_init(): void {
    const move = null as unknown as Move;
    move.x++;
  }
}`;
    const outcome = await sandbox.run(job(source, { language: "typescript" }));
    assert.equal(outcome.kind === "threw" && outcome.line, 11, JSON.stringify(outcome));
  });

  await t.step("a bot that breaks the language breaks only itself", async () => {
    const outcome = await sandbox.run(initJob(`
      const post = this.ctx.post;
      JSON.stringify = JSON.parse = () => { throw new Error("json") };
      Promise.prototype.then = Promise.resolve = undefined;
      Array.prototype[Symbol.iterator] = Array.prototype.push = undefined;
      Array.isArray = () => true; Reflect.apply = Object.freeze = undefined;
      Object.defineProperty(Object.prototype, "kind", { get: () => "forged", set() {} });
      Error.prepareStackTrace = () => { throw new Error("trace") };
      globalThis.TypeError = globalThis.RangeError = undefined;
      setTimeout(() => post("bot", { second: true }), 5);
      post("bot", { first: true });
      await new Promise((resolve) => setTimeout(resolve, 10));`));
    assert.deepEqual(outcome, {
      kind: "done",
      posts: [{ kind: "bot", body: { first: true } }, { kind: "bot", body: { second: true } }],
      state: null,
      state_set: false,
    });
    await survives(sandbox);
  });

  await t.step("output that looks like an answer is only text", async () => {
    const forged =
      `{"kind":"ran","outcome":{"kind":"done","posts":[],"state":"forged","state_set":true}}`;
    const body = { text: `\n${forged}\nx ${forged}\n` };
    const outcome = await sandbox.run(
      initJob(`console.log(this.params.text); this.ctx.post("bot", this.params);`, {
        params: body,
      }),
    );
    assert.deepEqual(onlyPost(outcome), body);
  });

  await sandbox.close();
});

/** Loops inside the engine that never ask whether to stop: only the end of the process stops them. */
const UNSTOPPABLE = {
  join: "new Array(2 ** 32 - 1).join('')",
  reverse: "[].reverse.call({ length: 2 ** 53 - 1 })",
  search: "'a'.repeat(5e6).indexOf('a'.repeat(2e6) + 'b')",
};

Deno.test("run() kills what cannot be interrupted, and the pool heals", async (t) => {
  const hookTimeoutMs = 1_500;
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs });
  for (const [name, attack] of Object.entries(UNSTOPPABLE)) {
    await t.step(name, async () => {
      const attacked = sandbox.run(initJob(attack));
      await survives(sandbox);
      assert.deepEqual(await attacked, { kind: "killed", after_ms: hookTimeoutMs });
      await survives(sandbox);
    });
  }

  await t.step("all hosts at once, with hooks waiting behind them", async () => {
    const attacked = [1, 2].map(() => sandbox.run(initJob(UNSTOPPABLE.join)));
    const waiting = Array.from({ length: 10 }, () => survives(sandbox));
    for (const outcome of await Promise.all(attacked)) assert.equal(outcome.kind, "killed");
    await Promise.all(waiting);
  });

  await t.step("inspect() of such a source is a rejection", async () => {
    const source = `class Bot { static manifest = { x: ${UNSTOPPABLE.join} } }`;
    const inspection = await sandbox.inspect({ source });
    assert.deepEqual(inspection, {
      kind: "rejected",
      message: "Loading the source took too long.",
    });
    await survives(sandbox);
  });

  await sandbox.close();
});
