/** Habits that people bring from elsewhere: Discord, Node, notebooks, the browser. */
import { by, code, failed, leaves, posts, refused, type Row, whisper } from "./row.ts";

export const HABITS: readonly Row[] = [
  {
    name: "setTimeout that sets itself again for ever",
    language: "javascript",
    source: code`
export default class Forever {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const poll = () => {
      if (this.ctx.get_state() === "stop") return;
      setTimeout(poll, 1000);
    };
    poll();
    this.ctx.post("bot", { text: "polling" });
  }
}
`,
    says: ["go"],
    means: posts(failed(/out_of_budget|never_settled|timer/)),
  },
  {
    name: "setInterval that nobody stops",
    language: "typescript",
    source: code`
export default class Forever {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    setInterval(() => this.ctx.get_state(), 1000);
  }
}
`,
    says: ["go"],
    means: posts(failed(/out_of_budget|never_settled|interval/i)),
  },
  {
    name: "timers run in the order of their times, with arguments",
    language: "javascript",
    source: code`
export default class Order {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const order = [];
    const cancelled = setTimeout(() => order.push("never"), 1);
    setTimeout((a, b) => order.push(a + b), 20, "la", "te");
    setTimeout(async () => { await null; order.push("soon"); }, 10);
    Promise.resolve().then(() => order.push("micro"));
    order.push("now");
    clearTimeout(cancelled);
    await new Promise((resolve) => setTimeout(resolve, 50));
    this.ctx.post("bot", { order });
  }
}
`,
    says: ["go"],
    means: posts({ order: ["now", "micro", "soon", "late"] }),
  },
  {
    name: "Promise.withResolvers, any and try",
    language: "javascript",
    source: code`
export default class Promises {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const { promise, resolve } = Promise.withResolvers();
    setTimeout(resolve, 5, "resolved");
    const any = await Promise.any([Promise.reject(new Error("first")), promise]);
    const none = await Promise.any([Promise.reject(1)]).catch((e) => e.constructor.name);
    this.ctx.post("bot", { any, none });
  }
}
`,
    says: ["go"],
    means: posts({ any: "resolved", none: "AggregateError" }),
  },
  {
    name: "a rejection with a text",
    language: "javascript",
    source: code`
export default class Rejects {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.check(msg.body.text).then(() => this.ctx.post("bot", { text: "fine" }));
  }
  check(text) {
    return text === "good" ? Promise.resolve() : Promise.reject("not good: " + text);
  }
}
`,
    says: ["bad", "good"],
    means: posts(failed(/not good: bad/), "fine"),
  },
  {
    name: "async on_init and on_timer that are not awaited inside",
    language: "javascript",
    source: code`
export default class Starts {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async load(label) {
    const response = await fetch("http://localhost:8000/jokes");
    const jokes = await response.json();
    this.ctx.post("bot", { label, jokes: jokes.length });
  }
  on_init() { this.load("init"); this.ctx.set_timer("later", 5); }
  on_timer(name) { this.load(name); }
}
`,
    says: [],
    means: posts({ label: "init", jokes: 2 }, { label: "later", jokes: 2 }),
  },
  {
    name: "process.env and process.nextTick",
    language: "javascript",
    source: code`
export default class Node {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const key = process.env.API_KEY;
    this.ctx.post("bot", { key });
  }
}
`,
    says: ["go"],
    means: { posts: [failed(/process/, "process.env")], or: refused(/process/) },
  },
  {
    name: "localStorage, as in a browser",
    language: "javascript",
    source: code`
export default class Browser {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    localStorage.setItem("n", "1");
    this.ctx.post("bot", { n: localStorage.getItem("n") });
  }
}
`,
    says: ["go"],
    means: { posts: [failed(/localStorage/, "localStorage.setItem")], or: refused(/localStorage/) },
  },
  {
    name: "a fallback where Intl is not there",
    language: "javascript",
    source: code`
const format = (n) => {
  try {
    return new Intl.NumberFormat("en-US").format(n);
  } catch {
    return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  }
};

export default class Fallback {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: format(1234567), has: typeof Intl === "object" || typeof Intl === "undefined" });
  }
}
`,
    says: ["go"],
    means: posts({ text: "1,234,567", has: true }),
  },
  {
    name: "dates that are written by hand",
    language: "javascript",
    source: code`
export default class Dates {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const date = new Date(2026, 0, 31, 12, 30);
    date.setMonth(1);
    this.ctx.post("bot", {
      iso: date.toISOString(),
      zone: date.getTimezoneOffset(),
      parsed: Date.parse("March 7, 2026") === Date.UTC(2026, 2, 7),
      bad: Number.isNaN(Date.parse("soon")),
      shown: date.toDateString(),
    });
  }
}
`,
    says: ["go"],
    means: posts({
      iso: "2026-03-03T12:30:00.000Z",
      zone: 0,
      parsed: true,
      bad: true,
      shown: "Tue Mar 03 2026",
    }),
  },
  {
    name: "iterator helpers and Array.fromAsync",
    language: "javascript",
    source: code`
export default class Iterators {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    function* naturals() { let n = 0; while (true) yield n++; }
    const even = naturals().filter((n) => n % 2 === 0).take(3).toArray();
    const later = await Array.fromAsync([Promise.resolve(1), 2]);
    this.ctx.post("bot", { even, later, own: Object.hasOwn({ a: 1 }, "a"), last: "abc".at(-1) });
  }
}
`,
    says: ["go"],
    means: posts({ even: [0, 2, 4], later: [1, 2], own: true, last: "c" }),
  },
  {
    name: "a list as the body of a post",
    language: "javascript",
    source: code`
export default class Lists {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", ["a", "b"]);
  }
}
`,
    says: ["go"],
    means: posts(failed(/object|string/, "this.ctx.post(")),
  },
  {
    name: "the message itself is changed and posted",
    language: "javascript",
    source: code`
export default class Changer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    msg.body.text = msg.body.text.trim();
    delete msg.body.noise;
    msg.body.by = msg.sender;
    this.ctx.post("bot", msg.body);
    msg.body.by = "changed later";
  }
}
`,
    says: [{ text: " hi ", noise: 1 }],
    means: posts({ text: "hi", by: "p1" }),
  },
  {
    name: "a state that is changed in place after it was set",
    language: "javascript",
    source: code`
export default class Places {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const state = this.ctx.get_state() ?? { list: [] };
    state.list.push(msg.body.text);
    this.ctx.set_state(state);
    this.ctx.post("bot", { list: this.ctx.get_state().list });
  }
}
`,
    says: ["a", "b"],
    means: posts({ list: ["a"] }, { list: ["a", "b"] }),
  },
  {
    name: "a turn order where one player leaves",
    language: "javascript",
    players: 3,
    source: code`
export default class Turns {
  constructor(ctx) { this.ctx = ctx; }
  next() {
    const ids = this.ctx.players().map((p) => p.player_id);
    const turn = ((this.ctx.get_state() ?? -1) + 1) % ids.length;
    this.ctx.set_state(turn);
    this.ctx.post("bot", { type: "bot:turn", player: ids[turn] });
    this.ctx.post("bot", { your: "turn" }, { to: [ids[turn]] });
  }
  on_message(msg) {
    if (msg.kind === "user") this.next();
  }
  on_leave(player_id) {
    this.ctx.post("bot", { gone: player_id });
    this.next();
  }
}
`,
    says: ["a", by(1, "b"), leaves(2)],
    means: posts(
      { type: "bot:turn", player: "p1" },
      whisper(["p1"], { your: "turn" }),
      { type: "bot:turn", player: "p2" },
      whisper(["p2"], { your: "turn" }),
      { gone: "p2" },
      { type: "bot:turn", player: "p1" },
      whisper(["p1"], { your: "turn" }),
    ),
  },
  {
    name: "declare namespace, declare module and triple slashes",
    language: "typescript",
    source: code`
/// <reference lib="es2022" />
declare namespace Api {
  interface Reply { text: string }
}
declare module "somewhere" {
  export const value: number;
}
declare global {
  interface Window { bot?: unknown }
}

export type { Api };

export default class Declared {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const reply: Api.Reply = { text: "declared" };
    this.ctx.post("bot", { ...reply });
  }
}
`,
    says: ["go"],
    means: posts("declared"),
  },
  {
    name: "export enum, definite assignment, assertion functions and this-parameters",
    language: "typescript",
    source: code`
export enum Level { Low = 1, High = Low * 10 }

function assertText(value: unknown): asserts value is string {
  if (typeof value !== "string") throw new TypeError("no text");
}

function shout(this: { suffix: string }, text: string): string {
  return text.toUpperCase() + this.suffix;
}

export default class Asserts {
  private suffix!: string;
  readonly [key: string]: unknown;
  constructor(private ctx: BotContext) {
    this.suffix = "!";
  }
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const text: unknown = msg.body.text;
    assertText(text);
    (this.ctx as BotContext).post("bot", { text: shout.call({ suffix: this.suffix as string }, text), level: Level.High });
  }
}
`,
    says: ["hi"],
    means: posts({ text: "HI!", level: 10 }),
  },
  {
    name: "accessors, optional methods and template literal types",
    language: "typescript",
    source: code`
type Event = \`on_\${"click" | "key"}\`;
interface Plugin { name: Event; run?(): string }

class Health {
  private _value = 10;
  get value(): number { return this._value; }
  set value(next: number) { this._value = Math.max(0, Math.min(10, next)); }
  static from(n: number): Health { const h = new Health(); h.value = n; return h; }
}

export default class Plugins {
  private plugins: Plugin[] = [{ name: "on_key" }, { name: "on_click", run: () => "clicked" }];
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const health = Health.from(Number(msg.body.text));
    health.value -= 3;
    this.ctx.post("bot", { health: health.value, ran: this.plugins.map((p) => p.run?.() ?? p.name) });
  }
}
`,
    says: ["99", "1"],
    means: posts(
      { health: 7, ran: ["on_key", "clicked"] },
      { health: 0, ran: ["on_key", "clicked"] },
    ),
  },
  {
    name: "import with equals and export with equals",
    language: "typescript",
    source: code`
import fs = require("fs");

class Old {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    this.ctx.post("bot", { text: fs.readFileSync("x", "utf8") });
  }
}

export = Old;
`,
    says: [],
    means: refused(/import|require|export =|Syntax/),
  },
  {
    name: "a namespace that is merged with a class",
    language: "typescript",
    source: code`
export default class Merged {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind === "user") this.ctx.post("bot", { limit: Options.limit });
  }
}

namespace Options {
  export let limit = 3;
}
`,
    says: ["go"],
    means: { posts: [{ limit: 3 }], or: refused(/(?=.*namespace)(?=.*\b8\b)/s) },
  },
  {
    name: "a property that is an accessor, and using",
    language: "typescript",
    source: code`
export default class Newest {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const log: string[] = [];
    {
      using lock = { [Symbol.dispose]() { log.push("released"); } };
      log.push("held");
    }
    this.ctx.post("bot", { log });
  }
}
`,
    says: ["go"],
    means: { posts: [{ log: ["held", "released"] }], or: refused(/\b6\b/) },
  },
  {
    name: "this keeps its type in a callback",
    language: "typescript",
    source: code`
export default class Lost {
  private prefix = "> ";
  constructor(private ctx: BotContext) {}
  private format(text: string) { return this.prefix + text; }
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const words = String(msg.body.text).split(" ");
    this.ctx.post("bot", { words: words.map(this.format) });
  }
}
`,
    says: ["a b"],
    means: posts(failed(/prefix|undefined/, "return this.prefix + text")),
  },
  {
    name: "an __init__ with ctx alone",
    language: "python",
    source: code`
class Short:
    def __init__(self, ctx):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': 'short'})
`,
    says: ["hi"],
    means: {
      posts: ["short"],
      or: refused(/(?=.*__init__)(?=.*params)/s),
    },
  },
  {
    name: "an __init__ with everything and super()",
    language: "python",
    source: code`
class Base:
    def __init__(self, ctx, params=None, **kwargs):
        self.ctx = ctx
        self.params = params or {}

class Greeter(Base):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.greeting = self.params.get('greeting', 'Hello')

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': f'{self.greeting}!'})
`,
    bot: { params: { greeting: "Moin" } },
    says: ["hi"],
    means: posts("Moin!"),
  },
  {
    name: "attributes of a message instead of keys",
    language: "python",
    source: code`
class Attributes:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg.kind == 'user':
            self.ctx.post('bot', {'text': msg.body})
`,
    says: ["hi"],
    means: posts(failed(/dict.*kind/, "msg.kind")),
  },
  {
    name: "create_task without await",
    language: "python",
    source: code`
import asyncio

class Tasks:
    def __init__(self, ctx, params):
        self.ctx = ctx

    async def later(self):
        await asyncio.sleep(0.1)
        self.ctx.post('bot', {'text': 'later'})

    async def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        asyncio.create_task(self.later())
        self.ctx.post('bot', {'text': 'now'})
`,
    says: ["go"],
    means: {
      posts: ["now", "later"],
      or: posts(failed(/later|task|await/)),
    },
  },
  {
    name: "asyncio.run inside a hook, and wait_for",
    language: "python",
    source: code`
import asyncio

class Runs:
    def __init__(self, ctx, params):
        self.ctx = ctx

    async def work(self):
        await asyncio.sleep(1)
        return 'worked'

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        result = asyncio.run(asyncio.wait_for(self.work(), timeout=2))
        self.ctx.post('bot', {'text': result})
`,
    says: ["go"],
    means: posts("worked"),
  },
  {
    name: "threads",
    language: "python",
    source: code`
import threading

class Threads:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        threading.Thread(target=lambda: self.ctx.post('bot', {'text': 'hi'})).start()
`,
    says: [],
    means: refused(/(?=.*threading)(?=.*\b1\b)/s),
  },
  {
    name: "sys.exit and input",
    language: "python",
    source: code`
class Quits:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        if msg['body']['text'] == 'quit':
            raise SystemExit('bye')
        name = input('Your name? ')
        self.ctx.post('bot', {'name': name})
`,
    says: ["quit", "go"],
    means: {
      posts: [
        failed(/SystemExit|bye/, "raise SystemExit"),
        failed(/input|EOF/, "input('Your name?"),
      ],
      or: refused(/input/),
    },
  },
  {
    name: "IntEnum, StrEnum and Flag",
    language: "python",
    source: code`
from enum import Flag, IntEnum, StrEnum, auto

class Level(IntEnum):
    LOW = 1
    HIGH = 2

class Side(StrEnum):
    LEFT = auto()
    RIGHT = auto()

class Rights(Flag):
    READ = auto()
    WRITE = auto()

class Enums:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            both = Rights.READ | Rights.WRITE
            self.ctx.post('bot', {'level': Level.HIGH, 'side': Side.RIGHT, 'rights': both.value, 'can': Rights.READ in both})
`,
    says: ["go"],
    means: posts({ level: 2, side: "right", rights: 3, can: true }),
  },
  {
    name: "random.seed, and the same numbers again",
    language: "python",
    source: code`
import random

class Seeded:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        random.seed(42)
        first = [random.randint(1, 6) for _ in range(5)]
        again = random.Random(42)
        self.ctx.post('bot', {'same': first == [again.randint(1, 6) for _ in range(5)], 'dice': first})
`,
    says: ["go"],
    means: posts({ same: true, dice: [6, 1, 1, 6, 3] }),
  },
  {
    name: "json.dumps with a default, and nested f-strings",
    language: "python",
    source: code`
import json
from datetime import date

class Dumps:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        data = {"when": date(2026, 5, 1), "names": {"b", "a"}}
        text = json.dumps(data, default=lambda v: sorted(v) if isinstance(v, set) else str(v), sort_keys=True)
        self.ctx.post("bot", {"text": text, "again": f"{data["when"].year}-{', '.join(sorted(data["names"]))}"})
`,
    says: ["go"],
    means: posts({ text: '{"names": ["a", "b"], "when": "2026-05-01"}', again: "2026-a, b" }),
  },
  {
    name: "staticmethod, classmethod, slots and operators",
    language: "python",
    source: code`
from functools import total_ordering

@total_ordering
class Card:
    __slots__ = ('rank',)
    RANKS = '23456789TJQKA'

    def __init__(self, rank):
        self.rank = rank

    @classmethod
    def parse(cls, text):
        return cls(text[0].upper())

    def __eq__(self, other):
        return self.rank == other.rank

    def __lt__(self, other):
        return self.RANKS.index(self.rank) < self.RANKS.index(other.rank)

    def __hash__(self):
        return hash(self.rank)

    def __repr__(self):
        return f'<{self.rank}>'

class HighCard:
    def __init__(self, ctx, params):
        self.ctx = ctx

    @staticmethod
    def hand(text):
        return [Card.parse(word) for word in text.split()]

    def on_message(self, msg):
        if msg['kind'] == 'user':
            cards = self.hand(msg['body']['text'])
            self.ctx.post('bot', {'best': str(max(cards)), 'sorted': ' '.join(map(repr, sorted(set(cards))))})
`,
    says: ["9 a t 9"],
    means: posts({ best: "<A>", sorted: "<9> <T> <A>" }),
  },
  {
    name: "logging, warnings and print to stderr",
    language: "python",
    source: code`
import logging
import sys
import warnings

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)

class Logs:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        logger.info('got %s', msg)
        warnings.warn('careful')
        print('error!', file=sys.stderr)
        try:
            1 / 0
        except ZeroDivisionError:
            logger.exception('that went wrong')
        self.ctx.post('bot', {'text': 'logged'})
`,
    says: ["go"],
    means: { posts: ["logged"], or: refused(/(?=.*\bsys\b)(?=.*\b2\b)/s) },
  },
  {
    name: "an infinite number in the state",
    language: "python",
    source: code`
import math

class Lowest:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.set_state({'lowest': math.inf})
`,
    says: ["go"],
    means: posts(failed(/inf/i, "{'lowest': math.inf}")),
  },
  {
    name: "type checking imports and string annotations",
    language: "python",
    source: code`
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord import Message

class Annotated:
    def __init__(self, ctx: 'BotContext', params: 'dict'):
        self.ctx = ctx

    def on_message(self, msg: 'Message') -> None:
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': 'annotated'})
`,
    says: ["hi"],
    means: { posts: ["annotated"], or: refused(/(?=.*discord)(?=.*\b4\b)/s) },
  },
  {
    name: "a commands framework of another chat",
    language: "python",
    source: code`
import discord
from discord.ext import commands

bot = commands.Bot(command_prefix='!')

@bot.command()
async def ping(ctx):
    await ctx.send('pong')

bot.run('TOKEN')
`,
    says: [],
    means: refused(/(?=.*discord)(?=.*\b1\b)/s),
  },
  {
    name: "ctx.state as an attribute",
    language: "python",
    source: code`
class State:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            count = self.ctx.state.get('count', 0)
            self.ctx.post('bot', {'count': count})
`,
    says: ["go"],
    means: posts(failed(/(?=.*state)(?=.*get_state)/, "self.ctx.state.get")),
  },
  {
    name: "a hook that returns its answer",
    language: "python",
    source: code`
class Returns:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_join(self, player_id):
        self.ctx.post('bot', {'text': f'hello {player_id}'})
        return {'ignored': True}

    def on_leave(self, player_id):
        yield self.ctx.post('bot', {'text': 'never run'})
`,
    players: 2,
    says: [leaves(2)],
    means: {
      posts: ["hello p1", "hello p2"],
      or: {
        posts: ["hello p1", "hello p2", failed(/generator|yield|on_leave/)],
        or: refused(/on_leave|yield|generator/),
      },
    },
  },
];
