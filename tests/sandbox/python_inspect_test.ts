import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { MODULES } from "../../src/sandbox/guest/python/modules.ts";
import type { BotSource } from "../../src/sandbox/sandbox.ts";
import { pythonHost } from "./python_job.ts";

/** A class with a hook in its second line, and these lines after it. */
const bot = (lines: string) => `class A:\n  def on_init(self): pass\n  ${lines}`;
const BOT = bot("");

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
  "the one of several with hooks that is named like the bot": [
    "class A:\n  def on_init(self): pass\nclass B:\n  def on_init(self): pass",
    "B",
    { class_name: "B" },
  ],
  "the only one of several that has a hook": [
    `import enum
from dataclasses import dataclass, field
from typing import NamedTuple
class Suit(enum.Enum): HEARTS = 1
class Point(NamedTuple): x: int
@dataclass
class Card: rank: int = 2
class Full(Exception): pass
class Table:
  def on_message(self, msg): pass
class Deck:
  def __init__(self, bot): self.bot = bot
  def deal(self): self.bot.on_message({})`,
    "Deck",
    { class_name: "Table", hooks: ["on_message"] },
  ],
  "the class that builds on the others": [
    "class A:\n  def on_join(self, p): pass\nclass B(A): pass\nclass C(B):\n  def on_init(self): pass",
    undefined,
    { class_name: "C", hooks: ["on_init", "on_join"] },
  ],
  "hooks that are inherited": [
    "class A:\n  def on_join(self, p): pass\nclass B(A): pass",
    "B",
    { class_name: "B", hooks: ["on_join"] },
  ],
  "a class with another name of its own": [
    "def made():\n  class Inner:\n    def on_init(self): pass\n  return Inner\nBot = made()\nOther = Bot",
    undefined,
    { class_name: "Bot" },
  ],
  "a class within an if": [
    "if True:\n  class A:\n    async def on_init(self): pass",
    undefined,
    { class_name: "A" },
  ],
  "hooks that only an instance has": [
    "class A:\n  def __init__(self, ctx, params): self.on_timer = print",
    undefined,
    { hooks: ["on_timer"] },
  ],
  "a manifest that is computed": [
    `HOSTS = ['a.org']\n${bot("manifest = dict(net=sorted(HOSTS))")}`,
    undefined,
    { manifest: { net: ["a.org"] } },
  ],
  "a manifest beside the class": [
    `manifest = {'net': []}\n${BOT}`,
    undefined,
    { manifest: { net: [] } },
  ],
  "a manifest that is given to the class later": [
    `${BOT}\nA.manifest = {'net': []}`,
    undefined,
    { manifest: { net: [] } },
  ],
  "an instance with a manifest beside that of the class": [
    bot("manifest = {'net': []}\n  def on_join(self, p): self.manifest = {}"),
    undefined,
    { manifest: { net: [] } },
  ],
  "the modules it may import": [
    `${MODULES.map((name) => name === "__future__" ? "" : `import ${name}\n`).join("")}
import urllib.request, urllib.error, urllib.parse, collections.abc, email.message, http.client
from requests.exceptions import RequestException
${BOT}`,
    undefined,
    { class_name: "A" },
  ],
  "annotations that are not evaluated": [
    `from __future__ import annotations\n${bot("x: Nowhere")}`,
    undefined,
    {},
  ],
  "an import that it can do without": [
    `try:
  import numpy as np
  from pandas import DataFrame
except (ImportError, AttributeError):
  np = None
try: import yaml
except: yaml = None
${bot("manifest = {'without': [np, yaml]}")}`,
    undefined,
    { manifest: { without: [null, null] } },
  ],
  "imports for editors, which no interpreter runs": [
    `import typing
from typing import TYPE_CHECKING
if TYPE_CHECKING:
  from bot import BotContext
if typing.TYPE_CHECKING:
  import numpy
${bot("def read(self, ctx: 'BotContext'): pass")}`,
    undefined,
    {},
  ],
  "a method of its own that is named like a hook": [
    bot("def onMessage(self): self.onMessage()"),
    undefined,
    { hooks: ["on_init"] },
  ],
  "names of its own that sound alike": [
    `import re\n${bot("def eval(self): return re.compile('x')\n  def exec(self): self.eval()")}`,
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
    /^import os: this module is not allowed in a bot\. Use ctx\.env for secrets,/,
    2,
  ],
  "import of a module that nobody knows": [
    "import elsewhere\nclass A: pass",
    /^import elsewhere: this module is not allowed in a bot\. Allowed: __future__ abc .* zlib\.$/,
    1,
  ],
  "import numpy": [
    "import numpy as np\nclass A: pass",
    /^import numpy: this module .* Use math, statistics and lists instead\.$/,
    1,
  ],
  "from bs4": [
    "from bs4 import BeautifulSoup\nclass A: pass",
    /Use html\.parser, or re, instead/,
    1,
  ],
  "import socket": ["import socket\nclass A: pass", /Use requests, or ctx\.fetch, instead\.$/, 1],
  "import ssl": ["import ssl\nclass A: pass", /Use ctx\.tls_certificate\(host\) instead\.$/, 1],
  "an import that is tried for another error": [
    "try:\n  import numpy\nexcept ValueError: pass\nclass A: pass",
    /^import numpy/,
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
  "no class": ["x = 1", /^The source has no class at its top level: write `class Bot:`/],
  "a class from elsewhere": ["from datetime import date\nfrom enum import Enum as A", /no class/],
  "a class without a hook": [
    "class A:\n  def __init__(self, ctx, params): pass\n  def reply(self, msg): pass",
    /^The class A has no hook\. The hooks of a bot are on_init, on_join, on_message, on_leave, on_timer\.$/,
    2,
  ],
  "a hook by another name": [
    "class A:\n  def __init__(self, ctx, params): pass\n  async def onMessage(self, msg): pass",
    /^The class A has no hook\. onMessage is not called: name it on_message\. The hooks/,
    3,
  ],
  "a second hook by another name": [
    bot("def onJoin(self, player): pass"),
    /^onJoin is not called: name it on_join\. The hooks of a bot are on_init,/,
    3,
  ],
  "classes without a hook": [
    "class B:\n  def message(self, msg): pass\nclass A: pass",
    /^No class of the source has a hook\. The hooks of a bot are on_init,/,
  ],
  "a manifest on an instance": [
    "class A:\n  def __init__(self, ctx, params):\n    self.manifest = {}\n  def on_init(self): pass",
    /^The server does not read self\.manifest: write `manifest = \{\.\.\.\}` in the class's body\.$/,
    3,
  ],
  "nothing": ["", /no class/],
  "a null byte": ["class A: pass\0", /^Syntax error: source code .*null bytes/],
  "half a character": ["class A: '\ud800'", /cannot compile/],
  "several classes with hooks": [
    "class A:\n  def on_init(self): pass\nclass B:\n  def on_join(self, p): pass",
    /^Several classes have hooks \(A, B\): give the bot the name of one of them\.$/,
  ],
  "source too large": [
    `class A: pass #${"é".repeat(BOT_LIMITS.botSourceBytes / 2)}`,
    /^The source is 49167 bytes; at most 49152 are allowed\.$/,
  ],
  "source too deep": [`class A: x = ${"[".repeat(20_000)}`, /too many nested|too deeply/],
  "source deep in another way": [`class A: x = ${"-".repeat(40_000)}1`, /too deeply|too complex/],
  "deep sums": [`class A: x = ${"1+".repeat(20_000)}1`, /too deeply|too complex/],
  "a class that is none": ["class A: pass\nA = 1", /^The source has no class/],
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
  "a manifest that is a list": [bot("manifest = []"), /manifest is not a JSON object\.$/],
  "a manifest that is a method": [
    bot("def manifest(self): pass"),
    /manifest is not JSON\.$/,
  ],
  "a manifest too large": [
    bot("manifest = {'x': 'x' * 5000}"),
    /manifest is 5008 bytes; at most 4096/,
  ],
  "a manifest that throws": [
    "class M(type):\n  @property\n  def manifest(cls): raise ValueError('no')\nclass A(metaclass=M):\n  def on_init(self): pass",
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
