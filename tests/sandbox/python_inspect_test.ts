import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { MODULES } from "../../src/sandbox/guest/python/modules.ts";
import type { BotSource } from "../../src/sandbox/sandbox.ts";
import { pythonHost } from "./python_job.ts";

const ACCEPTED: Record<
  string,
  [source: string, name: string | undefined, Record<string, unknown>]
> = {
  "a bot with a manifest": [
    `class EchoBot:
    manifest = {'summary': 'Repeats', 'net': []}
    def on_init(self): pass
    async def on_message(self, msg): pass
`,
    undefined,
    {
      language: "python",
      class_name: "EchoBot",
      hooks: ["on_init", "on_message"],
      manifest: { summary: "Repeats", net: [] },
      imports: [],
    },
  ],
  "the only class": ["class Solo:\n  def on_leave(self, p): pass", "Other", {
    class_name: "Solo",
    hooks: ["on_leave"],
    manifest: {},
  }],
  "the one of several that is named like the bot": ["class A: pass\nclass B: pass", "B", {
    class_name: "B",
  }],
  "hooks that are inherited": [
    "class A:\n  def on_join(self, p): pass\nclass B(A): pass",
    "B",
    { hooks: ["on_join"] },
  ],
  "hooks that only an instance has": [
    "class A:\n  def __init__(self, ctx, params): self.on_timer = print",
    undefined,
    { hooks: ["on_timer"] },
  ],
  "a manifest that is computed": [
    "HOSTS = ['a.org']\nclass A: manifest = dict(net=sorted(HOSTS))",
    undefined,
    { manifest: { net: ["a.org"] } },
  ],
  "the modules it may import": [
    `${MODULES.map((name) => name === "__future__" ? "" : `import ${name}\n`).join("")}
import urllib.request, urllib.error, urllib.parse, collections.abc, email.message, http.client
from requests.exceptions import RequestException
class A: pass`,
    undefined,
    { class_name: "A" },
  ],
  "annotations that are not evaluated": [
    "from __future__ import annotations\nclass A:\n  x: Nowhere",
    undefined,
    {},
  ],
  "names of its own that sound alike": [
    "import re\nclass A:\n  def eval(self): return re.compile('x')\n  def exec(self): self.eval()",
    undefined,
    {},
  ],
};

const REJECTED: Record<string, [source: string, message: RegExp, line?: number]> = {
  "eval": ["class A:\n  def on_init(self):\n    eval('1')", /^eval is not allowed in a bot\.$/, 3],
  "exec, by another name": ["class A: pass\nrun = exec", /^exec is not allowed/, 2],
  "compile": ["class A:\n  x = compile('1', '', 'eval')", /^compile is not allowed/, 2],
  "__import__": ["class A:\n  os = __import__('os')", /^__import__ is not allowed/, 2],
  "import os": [
    "class A: pass\nimport os",
    /^import os: this module is not allowed in a bot\. Allowed/,
    2,
  ],
  "import in a function": [
    "class A:\n  def f(self):\n    from subprocess import run",
    /^import subprocess: this module/,
    3,
  ],
  "import of a part": ["import os.path as p\nclass A: pass", /^import os\.path: this module/, 1],
  "import among others": ["import json, ctypes\nclass A: pass", /^import ctypes: this module/, 1],
  "relative import": ["from . import x\nclass A: pass", /^import \.: this module/, 1],
  "syntax error": [
    "class A:\n  def on_init(self):\n    1 +\n",
    /^Syntax error: invalid syntax\.$/,
    3,
  ],
  "wrong indentation": ["class A:\n  x = 1\n    y = 2\n", /^Syntax error: unexpected indent/, 3],
  "JavaScript": ["export default class A {\n}", /^Syntax error: /, 1],
  "no class": ["x = 1", /^The source has no class at its top level\.$/],
  "nothing": ["", /no class/],
  "a null byte": ["class A: pass\0", /^Syntax error: source code .*null bytes/],
  "half a character": ["class A: '\ud800'", /cannot compile/],
  "several classes": ["class A: pass\nclass B: pass", /several classes \(A, B\): name the bot/],
  "source too large": [
    `class A: pass #${"é".repeat(BOT_LIMITS.botSourceBytes / 2)}`,
    /^The source is 49167 bytes; at most 49152 are allowed\.$/,
  ],
  "source too deep": [`class A: x = ${"[".repeat(20_000)}`, /too many nested|too deeply/],
  "source deep in another way": [`class A: x = ${"-".repeat(40_000)}1`, /too deeply|too complex/],
  "deep sums": [`class A: x = ${"1+".repeat(20_000)}1`, /too deeply|too complex/],
  "a class that is none": ["class A: pass\nA = 1", /^Loading failed: TypeError: A is not a class$/],
  "throws while loading": [
    "class A: pass\nraise ValueError('not today')",
    /^Loading failed: ValueError: not today$/,
    2,
  ],
  "loops while loading": ["class A: pass\nwhile True: pass", /takes too much work/],
  "fills the memory while loading": [
    "class A: pass\na = []\nwhile True: a.append(bytes(1_000_000))",
    /takes too much memory/,
  ],
  "a manifest that is a list": ["class A: manifest = []", /manifest is not a JSON object\.$/],
  "a manifest that is a method": [
    "class A:\n  def manifest(self): pass",
    /manifest is not JSON\.$/,
  ],
  "a manifest too large": [
    "class A: manifest = {'x': 'x' * 5000}",
    /manifest is 5008 bytes; at most 4096/,
  ],
  "a manifest that throws": [
    "class M(type):\n  @property\n  def manifest(cls): raise ValueError('no')\nclass A(metaclass=M): pass",
    /^Loading failed: ValueError: no$/,
    3,
  ],
};

Deno.test("inspect() of Python", async (t) => {
  await using sandbox = await pythonHost();
  for (const [name, [source, bot, expected]] of Object.entries(ACCEPTED)) {
    await t.step(`accepts ${name}`, async () => {
      const inspection = await sandbox.inspect({ source, language: "python", name: bot });
      assert.ok(inspection.kind === "accepted", JSON.stringify(inspection));
      assert.match(inspection.engine_parts?.["python.wasm"] ?? "", /^e5dc5a39[0-9a-f]{56}$/);
      for (const [field, value] of Object.entries(expected)) {
        assert.deepEqual(inspection[field as keyof typeof inspection], value, field);
      }
    });
  }
  for (const [name, [source, message, line]] of Object.entries(REJECTED)) {
    await t.step(`rejects ${name}`, async () => {
      const bot: BotSource = {
        source,
        language: "python",
        name: name === "a manifest that throws" ? "A" : "C",
      };
      const inspection = await sandbox.inspect(bot);
      assert.ok(inspection.kind === "rejected", JSON.stringify(inspection));
      assert.match(inspection.message, message);
      assert.equal(inspection.line, line);
    });
  }
});
