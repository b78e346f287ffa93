import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { BotSource } from "../../src/sandbox/sandbox.ts";
import { ECHO_BOT } from "./job.ts";

const ACCEPTED: Record<string, [BotSource, Record<string, unknown>]> = {
  "EchoBot": [{ source: ECHO_BOT }, {
    language: "typescript",
    class_name: "EchoBot",
    hooks: ["on_init", "on_join", "on_message"],
    manifest: { summary: "Repeats what is said", net: [] },
  }],
  "the only class, not exported": [{ source: "class Solo { on_leave() {} }" }, {
    language: "javascript",
    class_name: "Solo",
    hooks: ["on_leave"],
    manifest: {},
  }],
  "the default export of several": [
    { source: "class A {}\nexport class B {}\nexport default class C { on_init() {} }", name: "A" },
    { class_name: "C" },
  ],
  "a class exported as default later": [{
    source: "class A {}\nclass B { on_init() {} }\nexport { B as default };",
  }, {
    class_name: "B",
  }],
  "a syntax tree that is almost too deep": [
    { source: `class A { on_init() {} x = ${"!".repeat(1_400)}1 }` },
    { class_name: "A" },
  ],
  "a default export by name": [{ source: "const A = class { on_init() {} };\nexport default A;" }, {
    class_name: "A",
  }],
  "a class without a name": [{ source: "export default class { on_init() {} }" }, {
    class_name: "Bot",
    hooks: ["on_init"],
  }],
  "several classes, one of them named like the bot": [
    { source: "class A { on_init() {} }\nclass B { on_join() {} }", name: "B" },
    { class_name: "B" },
  ],
  "the only class with a hook, among others": [
    { source: "class Card {}\nclass Game { on_init() {} }\nclass Deck {}", name: "Card" },
    { class_name: "Game" },
  ],
  "the class that extends the others": [
    { source: "class Base { on_init() {} }\nclass Game extends Base {}\nclass Card {}" },
    { class_name: "Game", hooks: ["on_init"] },
  ],
  "a hook that is a field": [
    { source: "class Card {}\nclass Game { on_message = async (msg) => {} }" },
    { class_name: "Game", hooks: ["on_message"] },
  ],
  "a hook that an instance gets": [
    { source: "class A { constructor() { this.on_timer = () => {} } }" },
    { hooks: ["on_timer"] },
  ],
  "a method that reads like a hook, and that a hook calls": [
    { source: "class A { on_init() { this.onMessage() } onMessage() {} }" },
    { hooks: ["on_init"] },
  ],
  "a hook that a comment names": [
    { source: "// on_join is not for us.\nclass A { on_init() {} }" },
    { hooks: ["on_init"] },
  ],
  "a manifest that the class takes from beside it": [
    {
      source: "const manifest = { net: [] };\nclass A { static manifest = manifest; on_init() {} }",
    },
    { manifest: { net: [] } },
  ],
  "a manifest that the class gets later": [
    { source: "class A { on_init() {} }\nA.manifest = { net: [] };" },
    { manifest: { net: [] } },
  ],
  "hooks that are inherited": [
    { source: "class A { on_join() {} }\nexport default class B extends A {}" },
    { class_name: "B", hooks: ["on_join"] },
  ],
  "types without a word about the language": [
    { source: "enum Side { Left, Right }\nclass A { side: Side = Side.Left; on_init(): void {} }" },
    { language: "typescript", class_name: "A" },
  ],
  "an import of types only": [
    { source: "import type { X } from './x.ts';\nclass A { x?: X; on_init() {} }" },
    { language: "typescript" },
  ],
  "JavaScript declared as TypeScript": [
    { source: "class A { on_init() {} }", language: "typescript" },
    { language: "typescript" },
  ],
  "what reads like a namespace": [
    {
      source:
        "declare namespace N { const x: number }\n// namespace A {\nclass A { on_init() {} x: string = 'namespace B {'; y = `\nmodule C {`; }",
    },
    { language: "typescript" },
  ],
  "TypeScript with Python in a comment and in a text": [
    {
      source:
        "/*\nclass Bot:\n    def on_init(self):\n*/\n// def x(self):\nclass A { on_init(): string { return `\ndef f():\n` } }",
    },
    { language: "typescript", class_name: "A" },
  ],
  "a fence around it, behind a byte order mark": [
    { source: "\uFEFF```ts\nclass A { on_init(): void {} }\n```\n" },
    { language: "typescript", class_name: "A" },
  ],
  "Python in a fence": [
    { source: "```python\nclass A:\n  def on_init(self): pass\n```\n" },
    { language: "python", class_name: "A" },
  ],
  "a manifest that is computed": [
    { source: "class A { on_init() {} static get manifest() { return { net: ['a.org'] } } }" },
    { manifest: { net: ["a.org"] } },
  ],
};

const REJECTED: Record<string, [BotSource, message: RegExp, line?: number]> = {
  "eval": [
    { source: "class A {\n  on_init() {\n    eval('1');\n  }\n}" },
    /^eval is not allowed/,
    3,
  ],
  "new Function": [
    { source: "class A {}\nnew Function('return 1');" },
    /^Function\(\): .*not allowed/,
    2,
  ],
  "Function": [
    { source: "class A {}\n\nFunction('return 1');" },
    /^Function\(\): .*not allowed/,
    3,
  ],
  "dynamic import": [
    { source: "class A {\n  x = import('x');\n}" },
    /dynamic imports are not allowed/,
    2,
  ],
  "import": [
    { source: "\nimport fs from 'node:fs';\nclass A {}" },
    /import "node:fs": imports are not/,
    2,
  ],
  "import in TypeScript": [
    { source: "interface X {\n}\nimport { y } from './y.ts';\nclass A { private y = y }" },
    /import "\.\/y\.ts": imports are not allowed/,
    3,
  ],
  "re-export": [{ source: "class A {}\nexport * from 'x';" }, /export from "x"/, 2],
  "require": [
    { source: "const x = require('fs');\nclass A {}" },
    /^require\(\): imports are not/,
    1,
  ],
  "syntax error": [{ source: "class A {\n  on_init() {\n    1 +;\n  }\n}" }, /^Syntax error: /, 3],
  "syntax error, declared": [
    { source: "class A {\n  x: number = 1;\n}", language: "javascript" },
    /^Syntax error: Unexpected token/,
    2,
  ],
  "a namespace, which would be left out": [
    {
      source:
        "class A { x: number = Dice.SIDES }\nexport namespace Dice {\n export const SIDES = 6; }",
    },
    /^namespace Dice: namespaces are not allowed in a bot\. Write an object/,
    2,
  ],
  "a namespace that has functions": [
    {
      source:
        "class A { x: number = 1 }\nnamespace Rules {\n  export function won(n: number): boolean {\n    return n > 2;\n  }\n}",
    },
    /^namespace Rules: namespaces are not allowed/,
    2,
  ],
  "words around a fence": [
    { source: "Here is your bot:\n\n```ts\nclass A { on_init(): void {} }\n```\n" },
    /^Syntax error: .* Take off the Markdown fence \(```\) and the words around it\.$/,
    1,
  ],
  "words around a fence of Python": [
    { source: "Here is your bot:\n\n```py\nclass A:\n  def on_init(self): pass\n```\n" },
    /Take off the Markdown fence \(```\) and the words around it\.$/,
    1,
  ],
  "a module in the old spelling, nested": [
    { source: "class A { x: number = 1 }\n\nmodule Dice.Six { export const SIDES = 6; }" },
    /^namespace Dice\.Six: /,
    3,
  ],
  "a decorator": [
    { source: "const log = (c: unknown) => c;\n@log\nclass A { x: number = 1 }" },
    /^Decorators \(@name\) are not allowed/,
    2,
  ],
  "a decorator in JavaScript": [
    { source: "class A {\n  @log on_init() {}\n}", language: "javascript" },
    /^Decorators/,
    2,
  ],
  "a decorator of a parameter": [
    { source: "class A {\n  constructor(\n    @Inject() private ctx: BotContext) {}\n}" },
    /^Decorators/,
    3,
  ],
  "Python, declared as something else": [
    { source: "class EchoBot:\n    def on_init(self):\n        pass\n", language: "javascript" },
    /looks like Python/,
    1,
  ],
  "a mistake in a fence": [
    { source: "```ts\nclass A {\n  x: number = ;\n}\n```" },
    /^Syntax error/,
    3,
  ],
  "Python without a class": [
    { source: "def on_message(ctx, msg):\n    ctx.post('bot', 'x')\n" },
    /^The source has no class at its top level(?!: write export default)/,
  ],
  "Python without a class or a function": [
    { source: "import random\nx = random.random()\nif x > 3:\n    x = 4\n" },
    /^The source has no class at its top level(?!: write export default)/,
  ],
  "no class": [{ source: "export const x = 1;" }, /no class/],
  "nothing": [{ source: "" }, /no class/],
  "several classes with hooks": [
    { source: "class A { on_init() {} }\nclass B { on_init() {} }\nclass C {}", name: "C" },
    /several classes with hooks \(A, B\): export one of them as default, or give the bot the name/,
  ],
  "several classes without a hook": [
    { source: "class A {}\nclass B {}" },
    /several classes \(A, B\), none of them with a hook\. The hooks of a bot are on_init, on_join/,
  ],
  "a class without a hook": [
    { source: "// on_message\nexport default class A { handle() {} }" },
    /^The class A has no hook\. The hooks of a bot are on_init, on_join, on_message, /,
  ],
  "a hook that is static": [
    { source: "export default class A { static on_message(msg) {} }" },
    /^The class A has no hook/,
  ],
  "a hook under another name, and no other": [
    { source: "export default class A {\n  async message(msg) {}\n}" },
    /^The class A has no hook\. message is not called: name it on_message\./,
    2,
  ],
  "a hook under another name, among others": [
    { source: "export default class A {\n  on_init() {}\n  onMessage(msg) {}\n}" },
    /^onMessage is not called: name it on_message\./,
    3,
  ],
  "a manifest of an instance": [
    { source: "class A {\n  manifest = { net: [] };\n  on_init() {}\n}" },
    /^manifest must be static: write static manifest/,
    2,
  ],
  "a manifest that a constructor makes": [
    { source: "class A {\n  constructor() { this.manifest = {}; }\n  on_init() {}\n}" },
    /^The server does not read this\.manifest: write static manifest/,
    2,
  ],
  "a manifest beside the class": [
    { source: "class A { on_init() {} }\nexport const manifest = { net: [] };" },
    /^manifest is outside of the class: write static manifest = .* in the class A/,
    2,
  ],
  "a default export that is no class": [
    { source: "class A {}\nexport default function () {}" },
    /default export is not a class/,
    2,
  ],
  "a named default export that is no class": [
    { source: "class A {}\nfunction F() {}\nexport { F as default };" },
    /default export is not a class/,
    3,
  ],
  "a module that answers whoever awaits it": [
    {
      source: "export default class A {}\nexport function then(r) { r({ default: class B {} }); }",
    },
    /An export called "then" is not allowed/,
    2,
  ],
  "the same, hidden in a pattern": [
    { source: "export default class A {}\nexport const { a: [then] } = { a: [() => {}] };" },
    /An export called "then" is not allowed/,
    2,
  ],
  "the same, renamed": [
    { source: "export default class A {}\nconst f = () => {};\nexport { f as then };" },
    /An export called "then" is not allowed/,
    3,
  ],
  "source too large": [
    { source: `class A {} //${"é".repeat(BOT_LIMITS.botSourceBytes / 2)}` },
    /^The source is 49165 bytes; at most 49152/,
  ],
  "source too deep": [
    { source: `class A { x = ${"[".repeat(20_000)} }` },
    /too deeply|Syntax error/,
  ],
  // A parser would read on for a while, but not equally far in every process.
  "a syntax tree too deep": [
    { source: `class A { x = ${"!".repeat(1_600)}1 }` },
    /^The source nests too deeply\.$/,
  ],
  "a syntax tree too deep, in TypeScript": [
    { source: `class A { x = 0${"+1".repeat(1_600)} as number }` },
    /^The source nests too deeply\.$/,
  ],
  "throws while loading": [
    { source: "class A {}\nthrow new Error('not today');" },
    /^Loading failed: not today$/,
    2,
  ],
  "loops while loading": [{ source: "class A {}\nwhile (true) {}" }, /too much work/],
  "never ends loading": [{ source: "class A {}\nawait new Promise(() => {});" }, /never ends/],
  "fills the memory while loading": [
    { source: "class A {}\nconst a = []; for (;;) a.push([1, 2, 3]);" },
    /too much memory/,
  ],
  "a manifest that is a list": [
    { source: "class A { static manifest = [] }" },
    /not a JSON object/,
  ],
  "a manifest that is a function": [
    { source: "class A { static manifest() {} }" },
    /manifest is a function, which JSON cannot hold/,
  ],
  "a manifest too large": [
    { source: "class A { static manifest = { x: 'x'.repeat(5000) } }" },
    /manifest is 5008 bytes; at most 4096/,
  ],
  "a manifest that throws": [
    { source: "class A {\n  static get manifest() { throw new Error('no') }\n}" },
    /^Loading failed: no$/,
    2,
  ],
};

Deno.test("inspect()", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  for (const [name, [source, expected]] of Object.entries(ACCEPTED)) {
    await t.step(`accepts ${name}`, async () => {
      const inspection = await sandbox.inspect(source);
      assert.equal(inspection.kind, "accepted", JSON.stringify(inspection));
      for (const [field, value] of Object.entries(expected)) {
        assert.deepEqual(inspection[field as keyof typeof inspection], value, field);
      }
    });
  }
  for (const [name, [source, message, line]] of Object.entries(REJECTED)) {
    await t.step(`rejects ${name}`, async () => {
      const inspection = await sandbox.inspect(source);
      assert.ok(inspection.kind === "rejected", JSON.stringify(inspection));
      assert.match(inspection.message, message);
      assert.equal(inspection.line, line);
    });
  }
  await sandbox.close();
});
