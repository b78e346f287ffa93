/** `ctx` in JavaScript, besides posts and state: timers, sealed values, the scratch folder; and
 *  imported modules. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import type { HookOutcome } from "../../src/domain/bot/bot.ts";
import { hashText, utf8ToBytes } from "../../src/kernel/hash.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob, job, onlyPost } from "./job.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const OPTIONS = { hosts: 1, hookTimeoutMs: 30_000 };

function timersOf(outcome: HookOutcome) {
  assert.ok(outcome.kind === "done", JSON.stringify(outcome));
  return outcome.timers;
}

Deno.test("ctx.set_timer", async (t) => {
  const sandbox = await openSandbox(OPTIONS);
  const run = (body: string) => sandbox.run(initJob(body));

  await t.step("counts from the time of the hook", async () => {
    const outcome = await run("this.ctx.set_timer('soon', 1500); this.ctx.set_timer('now', 0.2)");
    assert.deepEqual(timersOf(outcome), [
      { name: "soon", due_ms: NOW + 1500 },
      { name: "now", due_ms: NOW + 1 },
    ]);
  });
  await t.step("a name has one timer: the last call counts", async () => {
    const outcome = await run(
      "this.ctx.set_timer('a', 1); this.ctx.set_timer('b', 2); this.ctx.set_timer('a', 3); this.ctx.clear_timer('b')",
    );
    assert.deepEqual(timersOf(outcome), [{ name: "a", due_ms: NOW + 3 }, {
      name: "b",
      due_ms: null,
    }]);
  });
  await t.step("timers of earlier hooks count, and can be cleared", async () => {
    const timers = ["1", "2", "3", "4", "5", "6", "7", "8"];
    const cleared = await sandbox.run(
      initJob("this.ctx.clear_timer('3'); this.ctx.set_timer('9', 1); this.ctx.clear_timer('x')", {
        timers,
      }),
    );
    assert.deepEqual(timersOf(cleared), [
      { name: "3", due_ms: null },
      { name: "9", due_ms: NOW + 1 },
      { name: "x", due_ms: null },
    ]);
    const full = await sandbox.run(initJob("this.ctx.set_timer('9', 1)", { timers }));
    assert.match(full.kind === "threw" ? full.message : "", /at most 8 timers/);
  });
  await t.step("an outcome without timers omits them", async () => {
    assert.equal(timersOf(await run("")), undefined);
  });

  const refused: Record<string, [string, RegExp]> = {
    "a ninth": [
      "for (let i = 0; i < 9; i++) try { this.ctx.set_timer('t' + i, 1) } catch {}",
      /at most 8 timers/,
    ],
    "a time that is over": ["this.ctx.set_timer('a', -1)", /0 to \d+ milliseconds ahead/],
    "no number": ["this.ctx.set_timer('a', '5')", /milliseconds must be a number/],
    "a year": ["this.ctx.set_timer('a', 365 * 864e5)", /0 to \d+ milliseconds ahead/],
    "a name too long": ["this.ctx.set_timer('a'.repeat(61), 1)", /1 to 60 characters/],
    "no name": ["this.ctx.set_timer('', 1)", /1 to 60 characters/],
  };
  for (const [name, [body, message]] of Object.entries(refused)) {
    await t.step(`refuses ${name}`, async () => {
      const outcome = await run(body);
      assert.ok(outcome.kind === "threw", JSON.stringify(outcome));
      assert.match(outcome.message, message);
      assert.equal(outcome.line, 2);
    });
  }
  await sandbox.close();
});

Deno.test("ctx.env", async (t) => {
  const sandbox = await openSandbox(OPTIONS);
  const env = { API_KEY: "correct-horse/battery+staple", PIN: "12345678901234567890" };
  const run = (body: string) => sandbox.run(initJob(body, { env }));

  await t.step("contains the sealed values and is read-only", async () => {
    const changed = await run("this.ctx.env.API_KEY = 'x'");
    assert.match(changed.kind === "threw" ? changed.message : "", /TypeError.*read-only/);
    const read = await run(
      "const { env } = this.ctx; this.ctx.post('bot', { known: env.API_KEY.startsWith('correct-' + 'horse'), names: Object.keys(env) })",
    );
    assert.deepEqual(onlyPost(read), { known: true, names: ["API_KEY", "PIN"] });
  });

  const leaks: Record<string, string> = {
    "a post": "this.ctx.post('bot', { text: 'the key is ' + this.ctx.env.API_KEY + '!' })",
    "a text": "this.ctx.post('bot', this.ctx.env.API_KEY)",
    "a key of a post": "this.ctx.post('bot', { a: [{ [this.ctx.env.API_KEY]: 1 }] })",
    "a number": "this.ctx.post('bot', { n: BigInt(this.ctx.env.PIN).toString() })",
    "another spelling": "this.ctx.post('bot', encodeURIComponent(this.ctx.env.API_KEY))",
    "base64": "this.ctx.post('bot', btoa('user:' + this.ctx.env.API_KEY))",
    "JSON in a text": "this.ctx.post('bot', JSON.stringify({ k: '\"' + this.ctx.env.API_KEY }))",
    "the state": "this.ctx.set_state({ key: this.ctx.env.API_KEY })",
    "a post to one player, the error caught":
      "try { this.ctx.post('system', this.ctx.env.PIN, { to: ['p1'] }) } catch {}",
    "the result": "this.ctx.end({ key: this.ctx.env.API_KEY })",
    "a timer's name": "this.ctx.set_timer(this.ctx.env.API_KEY, 1)",
  };
  for (const [name, body] of Object.entries(leaks)) {
    await t.step(`refuses a sealed value in ${name}`, async () => {
      const players = [{ player_id: "p1", display_name: "Ada" }];
      const outcome = await sandbox.run(initJob(body, { env, players }));
      assert.ok(outcome.kind === "threw", JSON.stringify(outcome));
      assert.match(outcome.message, /contains a sealed value/);
    });
  }
  await t.step(
    "withholds what a bot throws, also where it would be cut in the middle",
    async () => {
      for (let before = 460; before <= 500; before += 10) {
        const outcome = await run(`throw new Error("x".repeat(${before}) + this.ctx.env.API_KEY)`);
        const message = "[withheld: it contains a sealed value]";
        assert.deepEqual(outcome, { kind: "threw", message, line: 2 });
      }
    },
  );
  await sandbox.close();
});

Deno.test("ctx.workspace", async (t) => {
  const sandbox = await openSandbox(OPTIONS);
  await t.step("keeps files until the hook ends", async () => {
    const body = `const { workspace } = this.ctx;
      workspace.write("b.txt", "text"); workspace.write("a.bin", new Uint8Array([1, 2]));
      this.ctx.post("bot", { files: workspace.list(), text: workspace.read("b.txt"), bytes: [...workspace.read("a.bin")] });`;
    const value = { files: ["a.bin", "b.txt"], text: "text", bytes: [1, 2] };
    assert.deepEqual(onlyPost(await sandbox.run(initJob(body))), value);
    const after = await sandbox.run(
      initJob("this.ctx.post('bot', { files: this.ctx.workspace.list() })"),
    );
    assert.deepEqual(onlyPost(after), { files: [] });
  });
  await t.step("limits bytes and files", async () => {
    const large = await sandbox.run(initJob(
      `try { this.ctx.workspace.write("a", "x".repeat(${
        BOT_LIMITS.workspaceBytes + 1
      })) } catch {}`,
    ));
    assert.match(large.kind === "threw" ? large.message : "", /at most 1048576 bytes/);
    const many = await sandbox.run(
      initJob("for (let i = 0; i < 65; i++) this.ctx.workspace.write('f' + i, '')"),
    );
    assert.match(many.kind === "threw" ? many.message : "", /at most 64 files/);
  });
  await t.step("names a missing file in the error", async () => {
    const outcome = await sandbox.run(initJob("this.ctx.workspace.read('../etc/passwd')"));
    assert.match(outcome.kind === "threw" ? outcome.message : "", /there is no/);
  });
  await sandbox.close();
});

Deno.test("vetted imports", async (t) => {
  const sandbox = await openSandbox(OPTIONS);
  const modules: Record<string, [npm: string, file: string, use: string, value: unknown]> = {
    "lib:chess.js": [
      "chess.js",
      "dist/esm/chess.js",
      "const game = new lib.Chess(); game.move('e4'); game.move('e5'); return [game.fen(), game.moves().length];",
      ["rnbqkbnr/pppp1ppp/8/4p3/4P3/8/PPPP1PPP/RNBQKBNR w KQkq - 0 2", 29],
    ],
    "lib:decimal.js": [
      "decimal.js",
      "decimal.mjs",
      "return new lib.Decimal('0.1').plus('0.2').toString();",
      "0.3",
    ],
    "lib:noble-ed25519": [
      "@noble/ed25519",
      "index.js",
      "const key = new Uint8Array(32).fill(7); const text = new Uint8Array([1, 2, 3]);" +
      "const signed = await lib.signAsync(text, key); const known = await lib.getPublicKeyAsync(key);" +
      "return [await lib.verifyAsync(signed, text, known), await lib.verifyAsync(signed, key, known)];",
      [true, false],
    ],
  };
  for (const [name, [npm, file, use, value]] of Object.entries(modules)) {
    await t.step(name, async () => {
      const source = `import * as lib from "${name}";
export default class Bot {
  constructor(ctx) { this.ctx = ctx; }
  async on_init() { const use = async () => { ${use} }; this.ctx.post("bot", { value: await use() }); }
}`;
      const inspection = await sandbox.inspect({ source });
      assert.ok(inspection.kind === "accepted", JSON.stringify(inspection));
      const pinned = (denoJson.imports as Record<string, string>)[`${npm}/`]!;
      const version = /@([\d.]+)\/$/.exec(pinned)![1]!;
      const { default: text } = await import(`${pinned}${file}`, { with: { type: "text" } });
      const hash = hashText(utf8ToBytes(text));
      assert.deepEqual(inspection.imports, [{ name, version, hash }]);
      assert.deepEqual(onlyPost(await sandbox.run(job(source))), { value });
    });
  }
  await t.step("a module that comes with the job, also one that this release lacks", async () => {
    const brought = (name: string, source: string) => ({
      ...{ name, version: "0.1.0", hash: hashText(utf8ToBytes(source)), source },
    });
    const chess = brought("lib:chess.js", "export class Chess { fen(): string { return 'old'; } }");
    const dice = brought("lib:dice", "export const roll = () => Math.random() < 2;");
    const source = `import { Chess } from "lib:chess.js";
import { roll } from "lib:dice";
export default class Bot {
  constructor(ctx) { this.ctx = ctx; }
  on_init() { this.ctx.post("bot", { fen: new Chess().fen(), rolled: roll() }); }
}`;
    const modules = [chess, dice];
    const inspection = await sandbox.inspect({ source, modules });
    assert.ok(inspection.kind === "accepted", JSON.stringify(inspection));
    const announced = modules.map(({ source: _, ...module }) => module);
    assert.deepEqual(inspection.imports, announced);
    assert.deepEqual(onlyPost(await sandbox.run(job(source, { modules }))), {
      fen: "old",
      rolled: true,
    });
    // The next hook has the modules of this release again.
    const own = await sandbox.run(job(source.replace(/import { roll.*/, "const roll = () => 1;")));
    assert.match(String(onlyPost(own).fen), /^rnbqkbnr/);
    assert.equal((await sandbox.inspect({ source })).kind, "rejected");
  });
  await t.step("a module that comes with the job is behind the same walls", async () => {
    const ending = async (code: string) => {
      const name = "lib:game";
      const hash = hashText(utf8ToBytes(code));
      const modules = [{ name, version: "0.1.0", hash, source: code }];
      const source = `import { use } from "lib:game";
export default class Bot {
  constructor(ctx) { this.ctx = ctx; }
  async on_init() { this.ctx.post("bot", { value: await use() }); }
}`;
      const outcome = await sandbox.run(job(source, { modules }));
      if (outcome.kind === "done") return onlyPost(outcome).value;
      return outcome.kind === "threw" ? outcome.message : outcome.kind;
    };
    assert.equal(await ending("for (;;); export const use = 1;"), "out_of_budget");
    assert.equal(
      await ending("export const use = () => [typeof Deno, typeof self, typeof process].join();"),
      "undefined,undefined,undefined",
    );
    assert.match(
      String(await ending("export const use = () => new Function('return 1')();")),
      /not|disabled|unsupported/,
    );
    assert.match(
      String(await ending('import fs from "node:fs"; export const use = () => fs;')),
      /compile/,
    );
    assert.match(String(await ending("export const use = (;")), /Syntax error/);
    const deep = `export const use = ${"[".repeat(50_000)}${"]".repeat(50_000)};`;
    assert.match(String(await ending(deep)), /nests too deeply/);
  });
  await t.step("named and default imports, in TypeScript", async () => {
    const source = `import { Chess, type Move } from "lib:chess.js";
import Decimal from "lib:decimal.js";
export default class Bot {
  constructor(private ctx: BotContext) {}
  on_init() {
    const move: Move = new Chess().move("Nf3");
    this.ctx.post("bot", { san: move.san, sum: new Decimal(1).div(3).toFixed(4) });
  }
}`;
    const outcome = await sandbox.run(job(source, { language: "typescript" }));
    assert.deepEqual(onlyPost(outcome), { san: "Nf3", sum: "0.3333" });
  });
  await t.step("imports do not shift the line numbers of a bot", async () => {
    const source = `import { Chess } from "lib:chess.js";
export default class Bot {
  on_init() {
    new Chess().move("Ke5");
  }
}`;
    const outcome = await sandbox.run(job(source));
    assert.ok(outcome.kind === "threw" && outcome.line === 4, JSON.stringify(outcome));
  });
  await sandbox.close();
});

Deno.test("fetch without a network throws an error that the bot can catch", async () => {
  const sandbox = await openSandbox(OPTIONS);
  const outcome = await sandbox.run(initJob(
    `const tries = [() => fetch("https://example.org/"), () => this.ctx.fetch("http://127.0.0.1/"),
       () => fetch("https://example.org/", { method: "PUT" }), () => this.ctx.tls_certificate("example.org")];
     const value = [];
     for (const attempt of tries) await attempt().then(() => value.push("?"), (error) => value.push(error.name));
     this.ctx.post("bot", { value });`,
  ));
  assert.deepEqual(onlyPost(outcome), { value: Array(4).fill("TypeError") });
  await sandbox.close();
});

Deno.test("a bot that breaks the built-ins of fetch breaks only itself", async () => {
  const sandbox = await openSandbox(OPTIONS);
  for (
    const breaking of [
      "Object.prototype.toJSON = () => undefined",
      "Object.prototype.toJSON = () => null",
      "Headers.prototype.forEach = (call) => call({}, 7)",
      "Map.prototype.get = () => undefined",
      "Promise.prototype.then = undefined",
    ]
  ) {
    const outcome = await sandbox.run(
      initJob(`${breaking}; try { await fetch("https://example.org/") } catch {}`),
    );
    assert.doesNotMatch(JSON.stringify(outcome), /file:|wasm|\.ts\b/, breaking);
    const after = await sandbox.run(initJob("this.ctx.post('bot', { well: true })"));
    assert.deepEqual(onlyPost(after), { well: true });
  }
  await sandbox.close();
});
