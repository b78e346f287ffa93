/** Messages that mend: which value is no function, and what there is instead of what is missing. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob, job, onlyPost } from "./job.ts";

const HAS =
  "it has post, get_state, set_state, end, players, set_timer, clear_timer, env, workspace, fetch, tls_certificate";

/** The code begins in line 2. */
const MESSAGES: Record<string, [code: string, message: string, line?: number]> = {
  "a member that ctx lacks": ["this.ctx.setState({})", `TypeError: ctx has no "setState": ${HAS}`],
  "the same, by a name of its own": [
    "const ctx = this.ctx;\nctx.send('x')",
    `TypeError: ctx has no "send": ${HAS}`,
    3,
  ],
  "over two lines": [
    "this.ctx\n  .broadcast('x')",
    `TypeError: ctx has no "broadcast": ${HAS}`,
    3,
  ],
  "a property of ctx": ["this.ctx.env()", "TypeError: ctx.env is a value, not a function"],
  "a method that the class lacks": [
    "await this.deal (1)",
    "TypeError: this.deal is not a function",
  ],
  "a member of what a call gives": [
    "const o = { a: () => 1 }; o.a().b().c()",
    "TypeError: o.a().b is not a function",
  ],
  "a value": ["const z = 1; z()", "TypeError: z is not a function"],
  "no constructor": ["const o = {}; new o.Deck()", "TypeError: o.Deck is not a function"],
  "an argument": ["[1].map(this.q())", "TypeError: this.q is not a function"],
  "what the language calls": ["[1].map(1)", "TypeError: not a function"],
  "ctx itself": [
    "ctx.post('bot', 'x')",
    "ReferenceError: ctx is not defined in a bot: write this.ctx, which the constructor sets",
  ],
  "what Node has": [
    "Buffer.from('x')",
    "ReferenceError: Buffer is not defined in a bot: write Uint8Array, TextEncoder, atob and btoa",
  ],
  "a name of the bot's own": ["foo()", "ReferenceError: foo is not defined"],
  "a trace that is made up": [
    "throw Object.assign(new TypeError('not a function'), { stack: 'at x (bot:1:1)' })",
    "TypeError: not a function",
    1,
  ],
};

Deno.test("the message of a failure names", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  for (const [name, [code, message, line = 2]] of Object.entries(MESSAGES)) {
    await t.step(name, async () => {
      assert.deepEqual(await sandbox.run(initJob(code)), { kind: "threw", message, line });
    });
  }
  await t.step("a member of ctx in the first line, in TypeScript", async () => {
    const source =
      "export default class Bot { on_init(): void { const c: any = this; c.ctx.say('x'); } }";
    assert.deepEqual(await sandbox.run(job(source, { language: "typescript" })), {
      kind: "threw",
      message: `TypeError: ctx has no "say": ${HAS}`,
      line: 1,
    });
  });
  await sandbox.close();
});

/** Classes without a constructor, whose hook posts. */
const BARE: Record<string, string> = {
  "a hook": "class Bot { on_init() { this.ctx.post('bot', { n: this.params.n }) } }",
  "a field": "class Bot { n = this.params.n; on_init() { this.ctx.post('bot', { n: this.n }) } }",
  "a base class":
    "class Base { say(n) { this.ctx.post('bot', { n }) } }\nclass Bot extends Base { on_init() { this.say(this.params.n) } }",
  "a field that is only declared":
    "class Bot { ctx; params; on_init() { this.ctx.post('bot', { n: this.params.n }) } }",
};

Deno.test("a class without a constructor finds ctx and params in", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  for (const [name, source] of Object.entries(BARE)) {
    await t.step(name, async () => {
      assert.deepEqual(onlyPost(await sandbox.run(job(source, { params: { n: 5 } }))), { n: 5 });
    });
  }
  await t.step("and keeps what it calls so itself", async () => {
    const source =
      "class Bot { params = 7; get ctx() { return 8 } on_init() { throw `${this.ctx} ${this.params}` } }";
    assert.deepEqual(await sandbox.run(job(source)), { kind: "threw", message: "8 7" });
  });
  await sandbox.close();
});

Deno.test("a text that was cut within a character is mended", async () => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  const outcome = await sandbox.run(initJob(
    `const cut = "😀!".slice(1); this.ctx.set_state([cut]);
     this.ctx.post("bot", { cut, ["key" + cut]: [{ cut }], __proto__: null, ["__proto__"]: cut });`,
  ));
  assert.ok(outcome.kind === "done", JSON.stringify(outcome));
  assert.deepEqual(outcome.state, ["\ufffd!"]);
  assert.equal(
    JSON.stringify(outcome.posts[0]!.body),
    '{"cut":"\ufffd!","key\ufffd!":[{"cut":"\ufffd!"}],"__proto__":"\ufffd!"}',
  );
  await sandbox.close();
});
