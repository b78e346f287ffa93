/** The promises of the Python guest to its bots. */
import assert from "node:assert/strict";
import { onlyPost } from "./job.ts";
import { pythonHost, pythonInitJob, pythonJob } from "./python_job.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const PLAYERS = [{ player_id: "p1", display_name: "Ada" }];

const ECHO_BOT = `class EchoBot:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_init(self):
        self.ctx.post('system', {'text': 'Echo ready'})
    def on_message(self, msg):
        if msg.get('kind') == 'user':
            self.ctx.post('bot', {'echo': msg.get('body')})
`;

const DICE_BOT = `import random

class DiceBot:
    """Rolls when someone says so."""
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.sides = int((params or {}).get('sides', 6))

    def on_message(self, msg):
        text = msg.get('body', {}).get('text', '')
        if not text.lower().startswith('roll'):
            return
        state = self.ctx.get_state() or {'rolls': 0}
        state['rolls'] += 1
        self.ctx.set_state(state)
        self.ctx.post('bot', {'type': 'roll', 'value': random.randint(1, self.sides), 'rolls': state['rolls']})
`;

Deno.test("the original server's bots run unmodified", async (t) => {
  await using sandbox = await pythonHost();
  await t.step("EchoBot", async () => {
    const init = await sandbox.run(pythonJob(ECHO_BOT, { class_name: "EchoBot" }));
    assert.deepEqual(onlyPost(init), { text: "Echo ready" });
    const args = [{ kind: "user", body: { text: "hé\u2028\n", n: 1 } }];
    const fields = { class_name: "EchoBot", hook: "on_message", args } as const;
    assert.deepEqual(await sandbox.run(pythonJob(ECHO_BOT, { ...fields, args })), {
      kind: "done",
      posts: [{ kind: "bot", body: { echo: args[0]!.body } }],
      state: null,
      state_set: false,
    });
  });
  await t.step("a dice bot", async () => {
    const fields = { class_name: "DiceBot", hook: "on_message", params: { sides: 20 } } as const;
    const args = [{ kind: "user", body: { text: "Roll!" } }];
    const outcome = await sandbox.run(pythonJob(DICE_BOT, { ...fields, args }));
    assert.deepEqual(onlyPost(outcome), { type: "roll", value: 9, rolls: 1 });
    assert.deepEqual(outcome.kind === "done" && outcome.state, { rolls: 1 });
    const quiet = [{ kind: "join", body: {} }];
    const nothing = await sandbox.run(pythonJob(DICE_BOT, { ...fields, args: quiet }));
    assert.deepEqual(nothing.kind === "done" && nothing.posts, []);
  });
});

/** The body of `on_init`, and the body of its only post. */
const POSTS: Record<string, [body: string, post: Record<string, unknown>]> = {
  "a string for a body": ["self.ctx.post('bot', 'hello')", { text: "hello" }],
  "parameters, players, env": [
    "self.ctx.post('bot', {'params': self.params, 'players': self.ctx.players(), 'env': len(self.ctx.env['KEY'])})",
    { params: { rounds: 3 }, players: PLAYERS, env: 13 },
  ],
  "state whose every reading is a copy": [
    `s = self.ctx.get_state()
s['n'] += 1
before = self.ctx.get_state()
self.ctx.set_state(s)
s['n'] = 99
self.ctx.post('bot', {'before': before, 'now': self.ctx.get_state()})`,
    { before: { n: 1 }, now: { n: 2 } },
  ],
  "a clock that stands still": [
    `import time, datetime
before = time.time()
time.sleep(1000)
self.ctx.post('bot', {'t': before, 'slept': time.time() - before, 'mono': time.monotonic(),
    'iso': datetime.datetime.now(datetime.timezone.utc).isoformat(), 'local': str(datetime.datetime.now())})`,
    {
      t: NOW / 1000,
      slept: 0,
      mono: NOW / 1000,
      iso: "2026-11-23T12:00:00+00:00",
      local: "2026-11-23 12:00:00",
    },
  ],
  "files of the scratch folder": [
    `path = self.ctx.workspace + '/notes.txt'
with open(path, 'w') as f: f.write('hé\\nb')
with open(path, 'a') as f: print('c', file=f)
with open('data.bin', 'wb') as f: f.write(bytes(3))
with open('data.bin', 'r+b') as f:
    f.seek(1); f.write(b'x'); f.seek(0); data = f.read()
self.ctx.post('bot', {'lines': open(path).readlines(), 'data': list(data)})`,
    { lines: ["hé\n", "bc\n"], data: [0, 120, 0] },
  ],
  "nothing on the way out of a print": ["print('x' * 100_000)\nself.ctx.post('bot', {})", {}],
  "the usual modules": [
    `import base64, hashlib, hmac, json, math, re, collections, itertools, functools, copy, typing, string, io
import statistics, decimal, fractions, dataclasses, enum, heapq, bisect, textwrap, calendar, contextlib, struct
import urllib.parse, http, email.utils, uuid, zlib, unicodedata, html, pprint, traceback, sys, warnings, weakref
import datetime
@dataclasses.dataclass(order=True)
class Card:
    rank: int
    suit: str = 's'
self.ctx.post('bot', {'sha': hashlib.sha256(b'abc').hexdigest()[:8], 'best': max(Card(3), Card(9)).rank,
    'mean': statistics.mean([1, 2]), 'dec': str(decimal.Decimal(1) / 3)[:6], 'frac': str(fractions.Fraction(6, 4)),
    'day': datetime.datetime.strptime('2026-11-23', '%Y-%m-%d').weekday(), 'long': len(str(7 ** 4000))})`,
    { sha: "ba7816bf", best: 9, mean: 1.5, dec: "0.3333", frac: "3/2", day: 0, long: 3381 },
  ],
  "coroutines": [
    `import asyncio
async def late(n):
    await asyncio.sleep(n)
    seen.append(n)
    return n
seen = []
async def both():
    return await asyncio.wait_for(asyncio.gather(late(3600), late(1)), 7200)
got = asyncio.run(both())
self.ctx.post('bot', {'got': got, 'seen': seen})`,
    { got: [3600, 1], seen: [1, 3600] },
  ],
};
Deno.test("a Python hook finds", async (t) => {
  await using sandbox = await pythonHost();
  const fields = {
    params: { rounds: 3 },
    players: PLAYERS,
    env: { KEY: "correct-horse" },
    state: { n: 1 },
  };
  for (const [name, [body, post]] of Object.entries(POSTS)) {
    await t.step(name, async () => {
      assert.deepEqual(onlyPost(await sandbox.run(pythonInitJob(body, fields))), post);
    });
  }
  await t.step("an empty scratch folder, whatever an earlier hook wrote", async () => {
    const outcome = await sandbox.run(pythonInitJob("open(self.ctx.workspace + '/notes.txt')"));
    assert.match(outcome.kind === "threw" ? outcome.message : "", /^FileNotFoundError/);
  });
});

Deno.test("a Python hook", async (t) => {
  await using sandbox = await pythonHost();
  await t.step("may be a coroutine", async () => {
    const source = `import asyncio
class Bot:
    def __init__(self, ctx, params): self.ctx = ctx
    async def on_init(self):
        await asyncio.sleep(60)
        await self.say('later')
    async def on_join(self, player_id):
        await self.say(player_id)
    async def say(self, text):
        self.ctx.post('bot', text)
`;
    assert.deepEqual(onlyPost(await sandbox.run(pythonJob(source))), { text: "later" });
    const joined = await sandbox.run(pythonJob(source, { hook: "on_join", args: ["p1"] }));
    assert.deepEqual(onlyPost(joined), { text: "p1" });
  });
  await t.step("that the class does not have is done, with no posts", async () => {
    const source = "class Bot:\n    pass\n";
    const outcome = await sandbox.run(pythonJob(source, { hook: "on_leave", args: ["p1"] }));
    assert.deepEqual(outcome, { kind: "done", posts: [], state: null, state_set: false });
  });
  for (
    const [defined, got] of [
      ["def on_leave(self, player_id, reason):\n    self.tell(player_id, reason)", "p1 removed"],
      [
        "def on_leave(self, player_id, reason=None):\n    self.tell(player_id, reason)",
        "p1 removed",
      ],
      ["def on_leave(self, player_id):\n    self.tell(player_id)", "p1"],
      ["async def on_leave(self, player_id):\n    self.tell(player_id)", "p1"],
      ["def on_leave(self, *args):\n    self.tell(*args)", "p1"],
      ["def on_leave(self, player_id, *, quiet=False):\n    self.tell(player_id)", "p1"],
      ["@staticmethod\n  def on_leave(player_id):\n    Bot.one.tell(player_id)", "p1"],
      [
        "@classmethod\n  def on_leave(cls, player_id, why):\n    cls.one.tell(player_id, why)",
        "p1 removed",
      ],
      ["@wrapped\n  def on_leave(self, player_id):\n    self.tell(player_id)", "p1"],
      [
        "@wrapped\n  def on_leave(self, player_id, why):\n    self.tell(player_id, why)",
        "p1 removed",
      ],
      ["on_leave = lambda self, player_id: self.tell(player_id)", "p1"],
      ["on_leave = functools.partialmethod(lambda self, a, b: self.tell(a, b), 'x')", "x p1"],
    ] as const
  ) {
    await t.step(`gets the reason of a leave if it names it: ${defined}`, async () => {
      const source = `import functools
def wrapped(method):
    @functools.wraps(method)
    def around(*args, **more):
        return method(*args, **more)
    return around
class Bot:
  def __init__(self, ctx, params):
    self.ctx = ctx
    Bot.one = self
  def tell(self, *words): self.ctx.post('bot', ' '.join(words))
  ${defined}
`;
      const args = ["p1", "removed"];
      const outcome = await sandbox.run(pythonJob(source, { hook: "on_leave", args }));
      assert.deepEqual(onlyPost(outcome), { text: got });
    });
  }
  await t.step("finds ctx in a class without a constructor", async () => {
    const source = "class Bot:\n    def on_init(self): self.ctx.post('bot', self.params)\n";
    const outcome = await sandbox.run(pythonJob(source, { params: { a: 1 } }));
    assert.deepEqual(onlyPost(outcome), { a: 1 });
  });
  for (
    const taken of ["self", "self, ctx", "self, ctx, params", "self, *args", "self, ctx, **more"]
  ) {
    await t.step(`finds ctx and params whatever __init__ takes: ${taken}`, async () => {
      const source = `class Bot:
    def __init__(${taken}): self.given = locals()
    def on_init(self):
        ctx = self.given.get('ctx') or (self.given.get('args') or [None])[0] or self.ctx
        ctx.post('bot', self.given.get('params') or (self.given.get('args') or [0, None])[1] or self.params)
`;
      assert.deepEqual(onlyPost(await sandbox.run(pythonJob(source, { params: { a: 1 } }))), {
        a: 1,
      });
    });
  }
  await t.step("may await what is there at once", async () => {
    const source = `class Bot:
    def __init__(self, ctx, params):
        self.ctx = ctx
    async def on_init(self):
        told = await self.ctx.post('bot', {'n': 1})
        assert told is None and not self.ctx.set_state([1])
        await self.ctx.set_state([1]); await self.ctx.set_timer('a', 1); await self.ctx.clear_timer('a')
        return self.ctx.end()
`;
    const outcome = await sandbox.run(pythonJob(source));
    assert.deepEqual(onlyPost(outcome), { n: 1 });
    assert.ok(outcome.kind === "done" && outcome.end);
  });
  await t.step("posts to players as the other languages write it, and in a set", async () => {
    const outcome = await sandbox.run(pythonInitJob(
      "for to in ({'to': ['p1']}, {'p1'}, ('p1',)): self.ctx.post('bot', {}, to)",
      { players: PLAYERS },
    ));
    assert.ok(outcome.kind === "done", JSON.stringify(outcome));
    assert.deepEqual(outcome.posts.map(({ to }) => to), [["p1"], ["p1"], ["p1"]]);
  });
  await t.step("gives back every number that it was given", async () => {
    const numbers = [2 ** 53, 2 ** 53 + 2, -(2 ** 63), 2 ** 64, 1e16, 1e20, 123456789012345680000]
      .concat([1e21, 1.7976931348623157e308, 5e-324, -0.5, 9007199254740991, -9007199254740994]);
    const source = `class Bot:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        self.ctx.set_state(self.ctx.get_state())
        self.ctx.post('bot', msg['body'])
`;
    const args = [{ kind: "user", body: { numbers } }];
    const outcome = await sandbox.run(
      pythonJob(source, { hook: "on_message", args, state: numbers }),
    );
    assert.deepEqual(onlyPost(outcome), { numbers });
    assert.deepEqual(outcome.kind === "done" && outcome.state, numbers);
  });
  await t.step("sets timers and ends its bot", async () => {
    const outcome = await sandbox.run(pythonInitJob(
      "self.ctx.set_timer('soon', 1500)\nself.ctx.clear_timer('old')\nself.ctx.end({'winner': 'p1'})",
      { timers: ["old"] },
    ));
    assert.ok(outcome.kind === "done", JSON.stringify(outcome));
    assert.deepEqual(outcome.end, { result: { winner: "p1" } });
    assert.deepEqual(outcome.timers, [
      { name: "soon", due_ms: NOW + 1500 },
      { name: "old", due_ms: null },
    ]);
  });
});
