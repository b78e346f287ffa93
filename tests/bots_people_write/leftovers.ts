/** Traces that a hook leaves behind, and things of its host that it sees: gone at the next hook,
 *  and the same when it is run again elsewhere. These rows are there above all to be verified. */
import { code, failed, posts, refused, type Row } from "./row.ts";

export const LEFTOVERS: readonly Row[] = [
  {
    name: "the first of two sites that answers",
    language: "javascript",
    source: code`
export default class First {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const ask = async (path) => (await (await fetch("http://localhost:8000" + path)).json()).answer;
    const first = await Promise.race([ask("/slow"), ask("/fast")]);
    this.ctx.post("bot", { first });
  }
}
`,
    says: ["go"],
    means: posts(/"first":"(fast|slow)"/),
  },
  {
    name: "posts in the order in which sites answer",
    language: "javascript",
    source: code`
export default class AsTheyCome {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    ["/slow", "/fast", "/jokes"].forEach(async (path) => {
      const response = await fetch("http://localhost:8000" + path);
      const length = (await response.text()).length;
      const seen = (this.ctx.get_state() ?? 0) + 1;
      this.ctx.set_state(seen);
      this.ctx.post("bot", { path, length, seen, dice: Math.floor(Math.random() * 6) });
    });
  }
}
`,
    says: ["go"],
    means: posts(/"seen":1/, /"seen":2/, /"seen":3/),
  },
  {
    name: "a request against a timer",
    language: "typescript",
    source: code`
export default class Impatient {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const late = new Promise<string>((resolve) => setTimeout(() => resolve("late"), 50));
    const asked = fetch("http://localhost:8000/slow").then(() => "answered");
    this.ctx.post("bot", { which: await Promise.race([late, asked]) });
    await asked;
  }
}
`,
    says: ["go"],
    means: posts(/"which":"(late|answered)"/),
  },
  {
    name: "a request that is aborted on its way",
    language: "typescript",
    source: code`
export default class Aborts {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const controller = new AbortController();
    const asked = fetch("http://localhost:8000/slow", { signal: controller.signal });
    controller.abort();
    const outcome = await asked.then(() => "answered", (error: Error) => error.name);
    const after = await (await fetch("http://localhost:8000/fast")).json();
    this.ctx.post("bot", { outcome, after: after.answer });
  }
}
`,
    says: ["go"],
    means: posts({ outcome: "AbortError", after: "fast" }),
  },
  {
    name: "a counter beside the class",
    language: "javascript",
    source: code`
let count = 0;
const cache = new Map();

export default class Globals {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    count += 1;
    cache.set(msg.id, msg.body.text);
    this.ctx.post("bot", { count, cached: cache.size });
  }
}
`,
    says: ["a", "b"],
    means: posts({ count: 1, cached: 1 }, { count: 1, cached: 1 }),
  },
  {
    name: "methods that are added to prototypes",
    language: "javascript",
    source: code`
Array.prototype.last = function () { return this[this.length - 1]; };
String.prototype.format = function (...args) { return this.replace(/\{(\d+)\}/g, (_, i) => args[i]); };
Object.prototype.isEmpty = function () { return Object.keys(this).length === 0; };

export default class Prototypes {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { last: [1, 2, 3].last(), text: "{0} and {1}".format("a", "b"), empty: {}.isEmpty() });
  }
}
`,
    says: ["go", "again"],
    means: posts(
      { last: 3, text: "a and b", empty: true },
      { last: 3, text: "a and b", empty: true },
    ),
  },
  {
    name: "JSON.stringify and Math.random that are replaced",
    language: "javascript",
    source: code`
const stringify = JSON.stringify;
JSON.stringify = (value) => stringify(value, null, 2);
Math.random = () => 0.5;
Date.now = () => 1234;

export default class Replaced {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: JSON.stringify([1]), random: Math.random(), now: Date.now() });
  }
}
`,
    says: ["go"],
    means: posts({ text: "[\n  1\n]", random: 0.5, now: 1234 }),
  },
  {
    name: "the text of a function, a stack and an error",
    language: "typescript",
    source: code`
function sample(): number { return 1; }

export default class Stacks {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const error = new Error("here");
    this.ctx.post("bot", { stack: String(error.stack), source: sample.toString(), name: sample.name });
  }
}
`,
    says: ["go"],
    means: posts(/"name":"sample"/),
  },
  {
    name: "random numbers of every kind",
    language: "typescript",
    source: code`
export default class Randoms {
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const bytes = crypto.getRandomValues(new Uint32Array(2));
    const later = await new Promise<number>((resolve) => setTimeout(() => resolve(Math.random()), 10));
    this.ctx.post("bot", { a: Math.random(), later, uuid: crypto.randomUUID(), bytes: [...bytes], at: Date.now(), p: performance.now() });
  }
}
`,
    says: ["go", "again"],
    means: posts(/"uuid":"/, /"uuid":"/),
  },
  {
    name: "a counter beside the class, a default argument and a class attribute",
    language: "python",
    source: code`
from functools import lru_cache

COUNT = 0

@lru_cache
def square(n):
    return n * n

class Globals:
    seen = []

    def __init__(self, ctx, params):
        self.ctx = ctx

    def remember(self, text, memory=[]):
        memory.append(text)
        return len(memory)

    def on_message(self, msg):
        global COUNT
        if msg['kind'] != 'user':
            return
        COUNT += 1
        self.seen.append(msg['body']['text'])
        square(4)
        self.ctx.post('bot', {
            'count': COUNT,
            'seen': len(self.seen),
            'memory': self.remember('x'),
            'misses': square.cache_info().misses,
        })
`,
    says: ["a", "b"],
    means: posts(
      { count: 1, seen: 1, memory: 1, misses: 1 },
      { count: 1, seen: 1, memory: 1, misses: 1 },
    ),
  },
  {
    name: "the order of a set, hashes and addresses",
    language: "python",
    source: code`
class Thing:
    pass

class Orders:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        words = set(msg['body']['text'].split())
        things = {Thing(), Thing(), self}
        self.ctx.post('bot', {
            'order': list(words),
            'hash': hash('text') % 1000,
            'repr': repr(Thing()),
            'things': [type(thing).__name__ for thing in things],
            'id': id(self) % 1000,
        })
`,
    says: ["the quick brown fox", "jumps over it"],
    means: posts(/Thing object at 0x/, /Thing object at 0x/),
  },
  {
    name: "random numbers of every kind",
    language: "python",
    source: code`
import random
import secrets
import time
import uuid

class Randoms:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        self.ctx.post('bot', {
            'random': random.random(),
            'gauss': round(random.gauss(0, 1), 6),
            'system': random.SystemRandom().randint(1, 1000),
            'token': secrets.token_urlsafe(8),
            'uuid': str(uuid.uuid4()),
            'time': int(time.time()),
            'perf': time.perf_counter() >= 0,
        })
`,
    says: ["go", "again"],
    means: posts(/"uuid":"/, /"uuid":"/),
  },
  {
    name: "a traceback in a post",
    language: "python",
    source: code`
import traceback

class Traces:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        try:
            [][1]
        except IndexError:
            self.ctx.post('bot', {'trace': traceback.format_exc()})
`,
    says: ["go"],
    means: posts(/IndexError: list index out of range/),
  },
  {
    name: "functions of modules that are replaced",
    language: "python",
    source: code`
import builtins
import json
import random

json.dumps = lambda *args, **kwargs: 'mine'
random.random = lambda: 0.5
print = lambda *args: None

class Replaced:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            print('hello')
            self.ctx.post('bot', {'dumps': json.dumps({}), 'random': random.random()})
`,
    says: ["go", "again"],
    means: {
      posts: [{ dumps: "mine", random: 0.5 }, { dumps: "mine", random: 0.5 }],
      or: refused(/(?=.*builtins)(?=.*\b1\b)/s),
    },
  },
  {
    name: "a generator that is never finished, and files that stay open",
    language: "python",
    source: code`
class Unfinished:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def numbers(self):
        try:
            yield 1
            yield 2
        finally:
            self.ctx.post('bot', {'text': 'closed'})

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        self.note = open(self.ctx.workspace + '/note.txt', 'w')
        self.note.write('unflushed')
        for n in self.numbers():
            break
        self.ctx.post('bot', {'n': n})
`,
    says: ["go"],
    means: posts("closed", { n: 1 }),
  },
  {
    name: "a failure after requests keeps the evidence and verifies",
    language: "python",
    source: code`
import requests

class FailsLate:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        prices = [requests.get(f"http://localhost:8000/price/{coin}").json() for coin in ("BTC", "ETH")]
        self.ctx.set_state(prices)
        raise RuntimeError(f"after {len(prices)} requests")
`,
    says: ["go"],
    means: posts(failed(/after 2 requests/, "raise RuntimeError")),
  },
];
