/** What authors write from habit works in a JavaScript hook; what can't be honoured throws and says
 *  so, with the line. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Exchange, NetAnswer } from "../../src/domain/bot/evidence.ts";
import { initJob, job, onlyPost } from "./job.ts";

const answered = (body: string): Exchange => ({
  request: { kind: "tls", host: "", port: 0 },
  answer: {
    ...{ kind: "fetched", url: "https://a.org/", status: 200, headers: [] } as const,
    body: new TextEncoder().encode(body).toBase64(),
  } satisfies NetAnswer,
});
const REFUSED = "TypeError: The record has no answer to this request.";
const ENDLESS = "RangeError: setInterval: nothing clears this interval, and it ends with " +
  "its hook: write ctx.set_timer(name, ms) and on_timer(name)";

/** Bodies with what they post as `told`. A request is answered with `{"n":1}`. */
const WORKS: Record<string, [body: string, told: unknown]> = {
  "a controller for a time limit": [
    `const controller = new AbortController();
     const timer = setTimeout(() => controller.abort(), 5000);
     const answer = await fetch("https://a.org/", { signal: controller.signal });
     clearTimeout(timer);
     told = [(await answer.json()).n, controller.signal.aborted];`,
    [1, false],
  ],
  "AbortSignal.timeout": [
    `told = await (await fetch("https://a.org/", { signal: AbortSignal.timeout(1) })).text();`,
    '{"n":1}',
  ],
  "a request that is given up": [
    `const controller = new AbortController();
     const asked = fetch("https://a.org/", { signal: controller.signal });
     controller.abort();
     told = await asked.catch((error) => error.name);`,
    "AbortError",
  ],
  "signals": [
    `const log = [];
     const one = new AbortController();
     const any = AbortSignal.any([one.signal, AbortSignal.timeout(50)]);
     any.addEventListener("abort", (event) => log.push(event.type, any.reason.name));
     any.onabort = () => log.push("on");
     one.signal.addEventListener("abort", { handleEvent() { log.push("object") } });
     setTimeout(() => one.abort(), 60);
     await new Promise((resolve) => setTimeout(resolve, 100));
     try { any.throwIfAborted() } catch (error) { log.push(error === any.reason) }
     told = [...log, AbortSignal.abort().aborted];`,
    ["on", "abort", "TimeoutError", "object", true, true],
  ],
  "clone and blob": [
    `const answer = await fetch("https://a.org/");
     const copy = answer.clone();
     const blob = await copy.blob();
     told = [(await answer.json()).n, await blob.text(), blob.size, answer.bodyUsed, copy.ok];`,
    [1, '{"n":1}', 7, true, true],
  ],
  "answers of its own": [
    `const made = new Response("<p>", { status: 404, statusText: "No", headers: { "x-a": "1" } });
     const json = Response.json({ a: [1] }, { status: 201 });
     told = [made.ok, made.status, made.statusText, made.headers.get("x-a"), await made.text(),
       json.status, json.headers.get("content-type"), await json.json()];`,
    [false, 404, "No", "1", "<p>", 201, "application/json", { a: [1] }],
  ],
  "an interval": [
    `told = [];
     await new Promise((resolve) => {
       const id = setInterval((x) => { told.push(x); if (told.length === 3) { clearInterval(id); resolve() } }, 10, "x");
     });`,
    ["x", "x", "x"],
  ],
  "a timer that was never set": [
    `clearTimeout(undefined); clearInterval(); clearTimeout(99);
     told = await new Promise((resolve) => setTimeout(() => { clearTimeout(); resolve("well") }));`,
    "well",
  ],
  "an interval beside a timer": [
    `told = [];
     const id = setInterval(() => told.push("i"), 20);
     setTimeout(() => told.push("t"), 50);
     await new Promise((resolve) => setTimeout(() => { clearInterval(id); resolve() }, 65));`,
    ["i", "i", "t", "i"],
  ],
  "console": [
    `console.table([1]); console.assert(false, "x"); console.group("g"); console.groupEnd();
     console.time("t"); console.timeEnd("t"); console.count(); console.trace(); console.dir({});
     told = "silent";`,
    "silent",
  ],
  "await of what is no promise": [
    "await this.ctx.post('bot', 'x', { to: [] }); told = await this.ctx.get_state();",
    null,
  ],
  "options of browsers that hold anyway": [
    `told = (await this.ctx.fetch("https://a.org/", { mode: "cors", cache: "no-store",
       credentials: "same-origin", redirect: "follow", keepalive: true, signal: null })).status;`,
    200,
  ],
};

/** Bodies that fail in line 2 of the source, unless another is given. */
const FAILS: Record<string, [body: string, message: string | RegExp, line?: number]> = {
  "a request that fails": ["await fetch('https://a.org/'); await fetch('https://b.org/')", REFUSED],
  "a certificate that fails": [
    "await fetch('https://a.org/');\nawait this.ctx.tls_certificate('b.org')",
    REFUSED,
    3,
  ],
  "an answer that is no JSON": [
    "const answer = new Response('<html>');\nawait answer.json()",
    /^SyntaxError: response\.json\(\): the body is not JSON: /,
    3,
  ],
  "an answer that is read twice": [
    "const answer = new Response('x'); await answer.text();\nawait answer.text()",
    "TypeError: The body has already been read.",
    3,
  ],
  "a signal that is aborted": [
    "await fetch('https://a.org/', { signal: AbortSignal.abort() })",
    "AbortError: The operation was aborted.",
  ],
  "an option of another library": [
    "await fetch('https://a.org/', { timeout: 5 })",
    'TypeError: fetch: there is no option "timeout": write signal: AbortSignal.timeout(ms)',
  ],
  "an option that nobody knows": [
    "await fetch('https://a.org/', { foo: 5 })",
    'TypeError: fetch: there is no option "foo"',
  ],
  "an option that can't be honoured": [
    "await fetch('https://a.org/', { credentials: 'include' })",
    'TypeError: fetch: a bot cannot have credentials: "include"',
  ],
  "a body that is an object": [
    "await fetch('https://a.org/', { method: 'POST', body: {} })",
    /^TypeError: fetch: the body must be .*: write JSON\.stringify\(it\)$/,
  ],
  "another method": [
    "await fetch('https://a.org/', { method: 'PUT' })",
    "TypeError: fetch: the method must be GET or POST, not PUT",
  ],
  "a stream": [
    "new Response('x').body",
    "TypeError: response.body: a bot reads text(), json() or bytes(), not a stream",
  ],
  "an interval that posts for ever": [
    "setInterval(() => this.ctx.post('bot', 'tick'), 60_000)",
    ENDLESS,
  ],
  "an interval that the hook awaits": ["await new Promise(() => setInterval(() => {}))", ENDLESS],
};

Deno.test("what authors write from habit", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  const recorded = [answered('{"n":1}')];
  for (const [name, [body, told]] of Object.entries(WORKS)) {
    await t.step(`works: ${name}`, async () => {
      const source = initJob(`let told; ${body}\nthis.ctx.post("bot", { told });`);
      assert.deepEqual(onlyPost(await sandbox.run(source, { recorded })), { told });
    });
  }
  for (const [name, [body, message, line = 2]] of Object.entries(FAILS)) {
    await t.step(`fails with its line: ${name}`, async () => {
      const outcome = await sandbox.run(initJob(body), { recorded });
      assert.ok(outcome.kind === "threw", JSON.stringify(outcome));
      if (typeof message === "string") assert.equal(outcome.message, message);
      else assert.match(outcome.message, message);
      assert.equal(outcome.line, line);
    });
  }
  const fields = [
    "a = 1;\n  x = this.a.b.c;",
    "a = 1;\n  static x = null.c;",
    "a = 1;\n  x = lost;",
  ];
  for (const field of fields) {
    await t.step(`fails with its line: a field ${field.slice(9)}`, async () => {
      const outcome = await sandbox.run(job(`class Bot {\n${field}\n  on_init() {}\n}`));
      assert.equal(outcome.kind === "threw" && outcome.line, 3, JSON.stringify(outcome));
    });
  }
  await t.step("a redirect that is not followed is part of the request", async () => {
    for (const redirect of ["manual", "error"] as const) {
      const told: Exchange[] = [];
      const source = initJob(`await fetch("https://a.org/", { redirect: "${redirect}" })`);
      await sandbox.run(source, { recorded, exchanged: (exchange) => void told.push(exchange) });
      assert.equal(told[0]?.request.kind === "fetch" && told[0].request.redirect, redirect);
    }
  });
  await sandbox.close();
});
