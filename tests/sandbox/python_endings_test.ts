/** Endings of Python hooks: each limit and each failure, and a host that still works after all of
 *  them. */
import assert from "node:assert/strict";
import type { HookOutcome } from "../../src/domain/bot/bot.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { onlyPost } from "./job.ts";
import { pythonHost, pythonInitJob } from "./python_job.ts";

/** How a hook ends. A string is the beginning of the message of `threw`, on line 6 unless a line
 *  follows. */
const ENDINGS: Record<
  string,
  [body: string, HookOutcome["kind"] | [threw: string, line?: number]]
> = {
  "an error": ["1 / 0", ["ZeroDivisionError: division by zero"]],
  "an error in a function": ["def f():\n    raise KeyError('k')\nf()", ["KeyError: 'k'", 7]],
  "an error in the library": ["import json\njson.loads('{')", ["JSONDecodeError: Expecting", 7]],
  "an error without a word": ["raise ValueError", ["ValueError"]],
  "an error that cannot be shown": [
    "class E(Exception):\n    def __str__(self): raise self\nraise E",
    ["The bot threw a value that", 8],
  ],
  "the end of the program": ["raise SystemExit('bye')", ["SystemExit: bye"]],
  "endless recursion": ["def f(): f()\nf()", ["RecursionError: maximum recursion"]],
  "recursion in C": [
    "class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\nA().y",
    ["RecursionError: maximum recursion", 7],
  ],
  "an endless loop": ["while True: pass", "out_of_budget"],
  "an endless loop that catches everything": [
    "while True:\n    try:\n        while True: pass\n    except BaseException: continue\n    finally: continue",
    "out_of_budget",
  ],
  "an endless loop in C": ["import itertools\nsum(itertools.repeat(1))", "out_of_budget"],
  "an endless power": ["x = 3\nwhile True: x = x * x", "out_of_budget"],
  "a catastrophic regular expression": [
    "import re\nre.match('(a+)+b', 'a' * 60)",
    "out_of_budget",
  ],
  "an endless text of an error": [
    "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E",
    "out_of_budget",
  ],
  "a heap bomb": ["a = []\nwhile True: a.append('x' * 100_000 + str(len(a)))", "out_of_memory"],
  "a huge value": ["b'x' * 2**30", "out_of_memory"],
  "an error of memory that is caught": ["try: b'x' * 2**30\nexcept MemoryError: pass", "done"],
  "a future that nothing settles": [
    "import asyncio\nasync def f(): await asyncio.Future()\nasyncio.run(f())",
    "never_settled",
  ],
  "21 posts, the errors caught": [
    "for i in range(21):\n    try: self.ctx.post('bot', {'i': i})\n    except Exception: pass",
    ["a hook may post at most 20 times", 7],
  ],
  "a body too large": [
    "self.ctx.post('bot', 'é' * 8192)",
    ["the body is 16395 bytes; at most 16384"],
  ],
  "a body far too large": [
    "self.ctx.post('bot', 'x' * 1_000_000)",
    ["ValueError: ctx.post: the body is 1000011 bytes; at most 16384"],
  ],
  "a body that is a list": ["self.ctx.post('bot', [1])", ["TypeError: ctx.post: the body must"]],
  "a body that is no JSON": [
    "self.ctx.post('bot', {'a': {1}})",
    ["TypeError: ctx.post: the body must be JSON: body.a is a set: make it a list"],
  ],
  "an object that is no JSON": [
    "import dataclasses\n@dataclasses.dataclass\nclass C: n: int\nself.ctx.set_state({'hand': [1, C(2)]})",
    [
      "TypeError: ctx.set_state: the state must be JSON: state.hand[1] is a C: make it a dict with",
      9,
    ],
  ],
  "an Enum": [
    "import enum\nclass E(enum.Enum): A = 1\nself.ctx.end(E.A)",
    ["TypeError: ctx.end: the result must be JSON: result is a E: take its value", 8],
  ],
  "a key that is no JSON": [
    "self.ctx.post('bot', {'board': {(1, 2): 'x'}})",
    ["TypeError: ctx.post: the body must be JSON: body.board has a tuple for a key: make it"],
  ],
  "a number that is none": [
    "self.ctx.post('bot', {'a': float('nan')})",
    ["TypeError: ctx.post: the body must be JSON: body.a is nan: write None or a string"],
  ],
  "a number that JSON would change": [
    "self.ctx.set_state(2 ** 53 + 1)",
    ["TypeError: ctx.set_state: the state must be JSON: the number 9007199254740993 is too large"],
  ],
  "a number whose last digits JSON would change": [
    "self.ctx.post('bot', {'n': 2 ** 64})",
    ["TypeError: ctx.post: the body must be JSON: the number 18446744073709551616 is too large"],
  ],
  "a number that JSON would write otherwise": [
    "self.ctx.post('bot', {'n': -10 ** 21})",
    ["TypeError: ctx.post: the body must be JSON: the number -1000000000000000000000 is too large"],
  ],
  "a number beyond all others": [
    "self.ctx.post('bot', {'n': 10 ** 400})",
    ["TypeError: ctx.post: the body must be JSON: the number 1000000000000000000000000000000000000000 is too"],
  ],
  "an unknown kind": [
    "self.ctx.post('echo', {})",
    ['TypeError: ctx.post: the kind must be "bot", "system" or "control"'],
  ],
  "a member that ctx does not have": [
    "self.ctx.send_message('x')",
    ['AttributeError: ctx has no "send_message": it has post, get_state,'],
  ],
  "state that is kept in ctx": [
    "self.ctx.score = 1",
    ['AttributeError: ctx cannot hold "score": keep state with ctx.set_state'],
  ],
  "a post without a kind": [
    "self.ctx.post('hello')",
    ['TypeError: ctx.post: the kind must be "bot", "system" or "control", as in ctx.post("bot", body)'],
  ],
  "an await of what is there": [
    "import asyncio\nasync def f(): await self.ctx.get_state()\nasyncio.run(f())",
    [
      "TypeError: object NoneType can't be used in 'await' expression: it is a plain value, so",
      7,
    ],
  ],
  "a post to a stranger": ["self.ctx.post('bot', 'x', to=['Bob'])", [
    "to must be a list of player",
  ]],
  "a state too large": ["self.ctx.set_state('x' * 48 * 1024)", ["the state is 49154 bytes"]],
  "a ninth timer": ["for i in range(9): self.ctx.set_timer(str(i), 1)", [
    "a bot may have at most 8",
  ]],
  "a time that is over": ["self.ctx.set_timer('a', -5)", ["a timer must be 0 to"]],
  "a time that is no number": [
    "self.ctx.set_timer('a', '5')",
    ["TypeError: ctx.set_timer: the milliseconds must be a number"],
  ],
  "a sealed value in a post": [
    "self.ctx.post('bot', 'key ' + self.ctx.env['KEY'])",
    ["the body contains a sealed value"],
  ],
  "a change of a sealed value": ["self.ctx.env['KEY'] = 1", ["TypeError: 'mappingproxy'"]],
  "a sealed value in an error": ["raise ValueError(self.ctx.env['KEY'])", ["[withheld: "]],
  "a scratch folder too full": [
    `try: open('a', 'w').write('x' * ${BOT_LIMITS.workspaceBytes + 1})\nexcept OSError: pass`,
    ["OSError: ctx.workspace: at most 1048576 bytes", 6],
  ],
  "too many files": [
    "for i in range(65): open(f'{i}', 'w').close()",
    ["OSError: ctx.workspace: at most 64 files"],
  ],
  "a file outside": ["open('/etc/passwd')", ["FileNotFoundError: [Errno 44]"]],
  "a module that is not listed": [
    "import importlib; importlib",
    ["import importlib: this module is not allowed"],
  ],
  "a module that is not listed, by the function behind the word": [
    "find = type(self).on_init.__builtins__['__import__']\nfind('os')",
    ["ModuleNotFoundError: import os: this module is not allowed", 7],
  ],
};

Deno.test("a Python hook ends", async (t) => {
  await using sandbox = await pythonHost();
  const fields = {
    players: [{ player_id: "p1", display_name: "Ada" }],
    env: { KEY: "correct-horse" },
  };
  for (const [name, [body, ending]] of Object.entries(ENDINGS)) {
    await t.step(`with ${name}`, async () => {
      const outcome = await sandbox.run(pythonInitJob(body, fields));
      if (typeof ending === "string") assert.equal(outcome.kind, ending, JSON.stringify(outcome));
      else {
        assert.ok(outcome.kind === "threw", JSON.stringify(outcome));
        const [threw, line = 6] = ending;
        assert.equal(outcome.message.slice(0, threw.length), threw);
        assert.doesNotMatch(outcome.message, /file:|\/usr|wasm/);
        assert.equal(outcome.line, Number.isNaN(line) ? undefined : line);
      }
    });
  }
  await t.step("and leaves a working host after all of these", async () => {
    const outcome = await sandbox.run(pythonInitJob("self.ctx.post('bot', {'well': True})"));
    assert.deepEqual(onlyPost(outcome), { well: true });
  });
});
