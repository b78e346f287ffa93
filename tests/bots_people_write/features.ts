/** Features of the languages themselves, as people use them who know a language well. */
import { by, code, posts, type Row } from "./row.ts";

export const FEATURES: readonly Row[] = [
  {
    name: "private fields, static blocks, getters and accessors",
    language: "javascript",
    source: code`
export default class Modern {
  static #greetings;
  static { Modern.#greetings = ["hi", "hello"]; }
  #ctx;
  #count = 0;
  constructor(ctx) { this.#ctx = ctx; }
  get #next() { return Modern.#greetings[this.#count++ % Modern.#greetings.length]; }
  static #isFor(bot) { return #ctx in bot; }
  on_message({ kind }) {
    if (kind !== "user") return;
    this.#ctx.post("bot", { words: [this.#next, this.#next, this.#next], own: Modern.#isFor(this) });
  }
}
`,
    says: ["go"],
    means: posts({ words: ["hi", "hello", "hi"], own: true }),
  },
  {
    name: "generators, iterators and labelled loops",
    language: "javascript",
    source: code`
function* primes() {
  outer: for (let n = 2;; n++) {
    for (let d = 2; d * d <= n; d++) {
      if (n % d === 0) continue outer;
    }
    yield n;
  }
}

const range = { from: 1, to: 3, *[Symbol.iterator]() { for (let n = this.from; n <= this.to; n++) yield n; } };

export default class Primes {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const found = [];
    search: for (const prime of primes()) {
      for (const n of range) if (prime > 10 * n && n === 3) break search;
      found.push(prime);
    }
    this.ctx.post("bot", { found, range: [...range] });
  }
}
`,
    says: ["go"],
    means: posts({ found: [2, 3, 5, 7, 11, 13, 17, 19, 23, 29], range: [1, 2, 3] }),
  },
  {
    name: "regular expressions with names, flags and matchAll",
    language: "javascript",
    source: code`
const COMMAND = /^!(?<name>\w+)\s*(?<args>.*)$/su;

export default class Commands {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const { name, args } = COMMAND.exec(msg.body.text)?.groups ?? {};
    if (!name) return;
    const numbers = [...args.matchAll(/-?\d+(?:\.\d+)?/g)].map(([n]) => +n);
    const words = args.split(/(?<=\w)\s+(?=\w)/);
    this.ctx.post("bot", { name, numbers, words: words.length, said: args.replaceAll(/\p{L}+/gu, (w) => w.toUpperCase()) });
  }
}
`,
    says: ["!sum 1 2.5 -3", "no command", "!say äöü ok"],
    means: posts(
      { name: "sum", numbers: [1, 2.5, -3], words: 2, said: "1 2.5 -3" },
      { name: "say", numbers: [], words: 1, said: "ÄÖÜ OK" },
    ),
  },
  {
    name: "destructuring, spread, defaults and optional chaining",
    language: "javascript",
    source: code`
export default class Loose {
  constructor(ctx, { greeting = "Hello", ...rest } = {}) {
    Object.assign(this, { ctx, greeting, rest });
  }
  on_message({ kind, body: { text, user: { name = "you" } = {} } = {}, sender }) {
    if (kind !== "user") return;
    const [first, , third, ...others] = text?.split(",") ?? [];
    let nick = null;
    nick ??= name;
    this.ctx.post("bot", { text: \`\${this.greeting}, \${nick}!\`, first, third: third ?? "none", others, rest: this.rest?.deep?.er?.[0] ?? 0 });
  }
}
`,
    bot: { params: { greeting: "Hej", deep: { er: [7] } } },
    says: ["a,b,c,d,e", { text: "x", user: { name: "Zoë" } }],
    means: posts(
      { text: "Hej, you!", first: "a", third: "c", others: ["d", "e"], rest: 7 },
      { text: "Hej, Zoë!", first: "x", third: "none", others: [], rest: 7 },
    ),
  },
  {
    name: "arrow functions in class fields and bound methods",
    language: "javascript",
    source: code`
export default class Fields {
  handlers = { ping: () => this.reply("pong"), time: () => this.reply(typeof Date.now()) };
  reply = (text) => this.ctx.post("bot", { text });
  constructor(ctx) { this.ctx = ctx; }
  on_message = (msg) => {
    if (msg.kind === "user") this.handlers[msg.body.text]?.();
  };
}
`,
    says: ["ping", "pong", "time"],
    means: posts("pong", "number"),
  },
  {
    name: "Proxy, Reflect, Symbol and WeakMap",
    language: "javascript",
    source: code`
const hits = new WeakMap();
const counting = (target) => new Proxy(target, {
  get(object, key, receiver) {
    hits.set(object, (hits.get(object) ?? 0) + 1);
    return Reflect.get(object, key, receiver);
  },
});

export default class Metas {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const target = { a: 1, b: 2 };
    const watched = counting(target);
    const sum = watched.a + watched.b;
    this.ctx.post("bot", { sum, hits: hits.get(target), tag: String(Symbol("x")) });
  }
}
`,
    says: ["go"],
    means: posts({ sum: 3, hits: 2, tag: "Symbol(x)" }),
  },
  {
    name: "array methods of the last years",
    language: "javascript",
    source: code`
export default class Arrays {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const hand = [5, 3, 9, 1];
    const groups = Object.groupBy(hand, (n) => (n > 4 ? "high" : "low"));
    this.ctx.post("bot", {
      last: hand.at(-1),
      sorted: hand.toSorted((a, b) => a - b),
      reversed: hand.toReversed(),
      found: hand.findLast((n) => n > 3),
      flat: [[1], [2, [3]]].flat(Infinity),
      groups,
      text: "a-b-c".replaceAll("-", "+"),
      union: [...new Set([1, 2]).union(new Set([2, 3]))],
    });
  }
}
`,
    says: ["go"],
    means: posts({
      last: 1,
      sorted: [1, 3, 5, 9],
      reversed: [1, 9, 3, 5],
      found: 9,
      flat: [1, 2, 3],
      groups: { high: [5, 9], low: [3, 1] },
      text: "a+b+c",
      union: [1, 2, 3],
    }),
  },
  {
    name: "crypto, bytes and base64",
    language: "javascript",
    source: code`
export default class Commit {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const bytes = new TextEncoder().encode(msg.body.text);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    const hex = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
    this.ctx.post("bot", {
      hash: hex.slice(0, 16),
      base64: btoa(msg.body.text),
      uuid: /^[0-9a-f-]{36}$/.test(crypto.randomUUID()),
      random: crypto.getRandomValues(new Uint8Array(4)).length,
      copy: structuredClone({ when: [1, { two: 2 }] }),
    });
  }
}
`,
    says: ["hello"],
    means: posts({
      hash: "2cf24dba5fb0a30e",
      base64: "aGVsbG8=",
      uuid: true,
      random: 4,
      copy: { when: [1, { two: 2 }] },
    }),
  },
  {
    name: "getters of dates, and JSON with a reviver",
    language: "javascript",
    source: code`
export default class Dates {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const { at } = JSON.parse('{"at":"2026-03-01T10:00:00Z"}', (key, value) => (key === "at" ? new Date(value) : value));
    const tomorrow = new Date(at);
    tomorrow.setUTCDate(at.getUTCDate() + 31);
    this.ctx.post("bot", {
      day: at.getUTCDay(),
      then: tomorrow.toISOString().slice(0, 10),
      days: Math.round((tomorrow - at) / 86_400_000),
      sent: new Date(msg.ts).getTime() > 0,
    });
  }
}
`,
    says: ["go"],
    means: posts({ day: 0, then: "2026-04-01", days: 31, sent: true }),
  },
  {
    name: "two bots' worth of switch and var",
    language: "javascript",
    source: code`
var bot = function () {};

class OldSchool {
  constructor(ctx, params) {
    this.ctx = ctx;
  }
  on_message(msg) {
    var self = this;
    if (msg.kind != 'user') return;
    var parts = msg.body.text.split(' ');
    switch (parts[0]) {
      case 'add':
      case 'sum':
        var total = 0;
        for (var i = 1; i < parts.length; i++) total += parseInt(parts[i], 10);
        self.ctx.post('bot', { total: total });
        break;
      case 'say':
        self.ctx.post('bot', { text: parts.slice(1).join(' ') });
        break;
      default:
        self.ctx.post('bot', { text: 'commands: add, say' });
    }
  }
}
`,
    says: ["add 1 2 3", "say hello there", "?"],
    means: posts({ total: 6 }, "hello there", "commands: add, say"),
  },
  {
    name: "readonly, unions, index types and non-null assertions",
    language: "typescript",
    players: 2,
    source: code`
type PlayerId = \`p\${number}\`;
type Score = { readonly player: PlayerId; points: number };
type Patch<T> = { -readonly [K in keyof T]?: T[K] };

export default class Scores {
  private static readonly WIN = 2;
  constructor(private readonly ctx: BotContext) {}
  private update(score: Score, patch: Patch<Score>): Score {
    return { ...score, ...patch };
  }
  on_message(msg: Message): void {
    if (msg.kind !== "user") return;
    const scores = (this.ctx.get_state() ?? {}) as Record<PlayerId, Score>;
    const player = msg.sender as PlayerId;
    scores[player] = this.update(scores[player] ?? { player, points: 0 }, { points: (scores[player]?.points ?? 0) + 1 });
    this.ctx.set_state(scores);
    const best = Object.values(scores).sort((a, b) => b.points - a.points)[0]!;
    this.ctx.post("bot", best.points >= Scores.WIN ? { winner: best.player } : { ...best });
  }
}
`,
    says: ["x", by(2, "x"), by(2, "x")],
    means: posts({ player: "p1", points: 1 }, { player: "p1", points: 1 }, { winner: "p2" }),
  },
  {
    name: "angle-bracket casts, any, and declare",
    language: "typescript",
    source: code`
declare const process: { env: Record<string, string> } | undefined;

export default class Casts {
  private ctx: any;
  constructor(ctx: BotContext, params?: Record<string, any>) {
    this.ctx = ctx;
  }
  on_message(msg: Message): void {
    if (msg.kind !== "user") return;
    const text = <string> msg.body.text;
    const length = (<any> text).length as number;
    const hasProcess = typeof process !== "undefined";
    this.ctx.post("bot", { length, hasProcess });
  }
}
`,
    says: ["four"],
    means: posts({ length: 4, hasProcess: false }),
  },
  {
    name: "imports of types, and a vetted module",
    language: "typescript",
    source: code`
import { Chess } from "lib:chess.js";
import type { Move } from "lib:chess.js";

export default class ChessBot {
  static manifest = { summary: "Chess", net: [] };
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const chess = new Chess((this.ctx.get_state() as string | null) ?? undefined);
    try {
      const move: Move = chess.move(String(msg.body.text));
      this.ctx.set_state(chess.fen());
      this.ctx.post("bot", { san: move.san, turn: chess.turn(), moves: chess.moves().length });
    } catch {
      this.ctx.post("bot", { illegal: msg.body.text });
    }
  }
}
`,
    says: ["e4", "e4", "e5"],
    means: posts(
      { san: "e4", turn: "b", moves: 20 },
      { illegal: "e4" },
      { san: "e5", turn: "w", moves: 29 },
    ),
  },
  {
    name: "exact decimals",
    language: "typescript",
    source: code`
import { Decimal } from "lib:decimal.js";

export default class Till {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const prices = String(msg.body.text).split(" ");
    const total = prices.reduce((sum: Decimal, price: string) => sum.plus(price), new Decimal(0));
    this.ctx.post("bot", { total: total.toFixed(2), third: total.div(3).toDecimalPlaces(4).toString() });
  }
}
`,
    says: ["0.1 0.2"],
    means: posts({ total: "0.30", third: "0.1" }),
  },
  {
    name: "async iterators and using declarations by hand",
    language: "typescript",
    source: code`
class Ticker implements AsyncIterable<number> {
  constructor(private readonly count: number) {}
  async *[Symbol.asyncIterator](): AsyncIterator<number> {
    for (let i = 1; i <= this.count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield i;
    }
  }
}

export default class Counting {
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const seen: number[] = [];
    for await (const n of new Ticker(4)) {
      if (n === 3) continue;
      seen.push(n);
    }
    this.ctx.post("bot", { seen });
  }
}
`,
    says: ["go"],
    means: posts({ seen: [1, 2, 4] }),
  },
  {
    name: "tuples, const assertions and discriminated unions",
    language: "typescript",
    source: code`
const CARDS = ["7", "8", "9"] as const;
type Card = (typeof CARDS)[number];
type Event =
  | { type: "draw"; card: Card }
  | { type: "pass" };

const parse = (text: string): Event =>
  (CARDS as readonly string[]).includes(text) ? { type: "draw", card: text as Card } : { type: "pass" };

const assertNever = (x: never): never => {
  throw new Error("unexpected " + JSON.stringify(x));
};

export default class Cards {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const event = parse(String(msg.body.text));
    switch (event.type) {
      case "draw": {
        const pair: [Card, number] = [event.card, Number(event.card)];
        return this.ctx.post("bot", { pair });
      }
      case "pass":
        return this.ctx.post("bot", { passed: true });
      default:
        assertNever(event);
    }
  }
}
`,
    says: ["8", "king"],
    means: posts({ pair: ["8", 8] }, { passed: true }),
  },
  {
    name: "mixins and abstract constructors",
    language: "typescript",
    source: code`
type Constructor<T = object> = new (...args: any[]) => T;

function Timestamped<B extends Constructor<{ ctx: BotContext }>>(Base: B) {
  return class extends Base {
    stamp(body: Record<string, unknown>) {
      this.ctx.post("bot", { ...body, stamped: true });
    }
  };
}

class Base {
  constructor(public ctx: BotContext) {}
}

export default class Mixed extends Timestamped(Base) {
  on_message(msg: Message) {
    if (msg.kind === "user") this.stamp({ text: msg.body.text });
  }
}
`,
    says: ["hi"],
    means: posts({ text: "hi", stamped: true }),
  },
  {
    name: "a state machine with Partial, Pick and Record",
    language: "typescript",
    source: code`
type State = "idle" | "running" | "done";
const NEXT: Record<State, Partial<Record<string, State>>> = {
  idle: { start: "running" },
  running: { stop: "done", pause: "idle" },
  done: {},
};

export default class Machine {
  constructor(private ctx: BotContext, private params: Record<string, unknown>) {}
  on_init() { this.ctx.set_state({ state: "idle" satisfies State }); }
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const { state } = this.ctx.get_state() as { state: State };
    const next = NEXT[state][String(msg.body.text)];
    if (!next) {
      this.ctx.post("bot", { error: \`can't \${msg.body.text} while \${state}\` });
      return;
    }
    this.ctx.set_state({ state: next });
    this.ctx.post("bot", { state: next });
  }
}
`,
    says: ["start", "start", "stop"],
    means: posts({ state: "running" }, { error: "can't start while running" }, { state: "done" }),
  },
  {
    name: "timers in types, cleared and set again",
    language: "typescript",
    source: code`
export default class Alarm {
  constructor(private ctx: BotContext) {}
  on_message({ kind, body }: Message) {
    if (kind !== "user") return;
    if (body.text === "cancel") this.ctx.clear_timer("alarm");
    else this.ctx.set_timer("alarm", Number(body.text));
  }
  on_timer(name: string) {
    this.ctx.post("bot", { rang: name });
  }
}
`,
    says: ["3600000", "cancel", "5"],
    means: posts({ rang: "alarm" }),
  },
  {
    name: "shuffling a deck in a fair way",
    language: "typescript",
    players: 2,
    source: code`
const shuffle = <T,>(items: readonly T[]): T[] => {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
};

export default class Dealer {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const deck = shuffle(Array.from({ length: 52 }, (_, i) => i));
    this.ctx.post("bot", { cards: new Set(deck).size, sum: deck.reduce((a, b) => a + b) });
  }
}
`,
    says: ["deal"],
    means: posts({ cards: 52, sum: 1326 }),
  },
  {
    name: "match statements and guards",
    language: "python",
    source: code`
class Commands:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        match msg['body']:
            case {'text': str(text)} if text.startswith('!'):
                match text[1:].split():
                    case ['add', *numbers]:
                        answer = {'sum': sum(map(int, numbers))}
                    case ['go', ('north' | 'south') as way]:
                        answer = {'going': way}
                    case _:
                        answer = {'unknown': text}
            case {'type': 'move', 'value': [x, y]}:
                answer = {'x': x, 'y': y}
            case _:
                return
        self.ctx.post('bot', answer)
`,
    says: ["!add 1 2 3", "!go north", "!fly", "hello", { type: "move", value: [3, 4] }],
    means: posts({ sum: 6 }, { going: "north" }, { unknown: "!fly" }, { x: 3, y: 4 }),
  },
  {
    name: "walrus, comprehensions and f-strings",
    language: "python",
    source: code`
class Words:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        words = msg['body']['text'].split()
        if (n := len(words)) > 3:
            self.ctx.post('bot', {'text': f'{n} words is too many'})
            return
        lengths = {word: len(word) for word in words}
        longest = max(lengths, key=lengths.get, default='')
        self.ctx.post('bot', {'text': f'{longest!r:>8}|{n=}|{sum(lengths.values()) / max(n, 1):.1f}'})
`,
    says: ["a bb ccc", "one two three four"],
    means: posts("   'ccc'|n=3|2.0", "4 words is too many"),
  },
  {
    name: "itertools, functools and operator",
    language: "python",
    source: code`
import itertools
import operator
from functools import partial, reduce

class Tools:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        numbers = [int(c) for c in msg['body']['text']]
        double = partial(operator.mul, 2)
        self.ctx.post('bot', {
            'product': reduce(operator.mul, numbers),
            'running': list(itertools.accumulate(numbers)),
            'pairs': [list(p) for p in itertools.combinations(numbers, 2)],
            'doubled': list(map(double, numbers)),
            'groups': {k: len(list(g)) for k, g in itertools.groupby('aabbb')},
        })
`,
    says: ["123"],
    means: posts({
      product: 6,
      running: [1, 3, 6],
      pairs: [[1, 2], [1, 3], [2, 3]],
      doubled: [2, 4, 6],
      groups: { a: 2, b: 3 },
    }),
  },
  {
    name: "decorators, context managers and properties",
    language: "python",
    source: code`
from contextlib import contextmanager, suppress
from functools import wraps

def only_users(hook):
    @wraps(hook)
    def wrapped(self, msg):
        if msg['kind'] == 'user':
            return hook(self, msg)
    return wrapped

class Decorated:
    def __init__(self, ctx, params):
        self._ctx = ctx

    @property
    def state(self):
        return self._ctx.get_state() or {}

    @contextmanager
    def saved(self):
        state = self.state
        yield state
        self._ctx.set_state(state)

    @only_users
    def on_message(self, msg):
        with self.saved() as state, suppress(KeyError):
            state['n'] = state.get('n', 0) + 1
            del state['missing']
        self._ctx.post('bot', {'n': self.state['n']})
`,
    says: ["a", "b"],
    means: posts({ n: 1 }, { n: 2 }),
  },
  {
    name: "hashing, base64, secrets and uuid",
    language: "python",
    source: code`
import base64
import hashlib
import hmac
import secrets
import uuid

class Commit:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        text = msg['body']['text'].encode()
        self.ctx.post('bot', {
            'hash': hashlib.sha256(text).hexdigest()[:16],
            'base64': base64.b64encode(text).decode(),
            'mac': len(hmac.new(b'key', text, 'sha256').digest()),
            'token': len(secrets.token_hex(8)),
            'uuid': len(str(uuid.uuid4())),
        })
`,
    says: ["hello"],
    means: posts({ hash: "2cf24dba5fb0a30e", base64: "aGVsbG8=", mac: 32, token: 16, uuid: 36 }),
  },
  {
    name: "datetime and statistics",
    language: "python",
    source: code`
import statistics
from datetime import datetime, timedelta, timezone

class Stats:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        sent = datetime.fromisoformat(msg['ts'].replace('Z', '+00:00'))
        now = datetime.now(timezone.utc)
        times = [float(word) for word in msg['body']['text'].split()]
        self.ctx.post('bot', {
            'median': statistics.median(times),
            'stdev': round(statistics.stdev(times), 3),
            'recent': abs(now - sent) < timedelta(seconds=5),
        })
`,
    says: ["1 2 4"],
    means: posts({ median: 2, stdev: 1.528, recent: true }),
  },
  {
    name: "random.choice, shuffle and sample",
    language: "python",
    source: code`
import random

SUITS = '♠♥♦♣'
DECK = [f'{rank}{suit}' for suit in SUITS for rank in '23456789TJQKA']

class Dealer:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        deck = DECK[:]
        random.shuffle(deck)
        hands = {p['player_id']: [deck.pop() for _ in range(5)] for p in self.ctx.players()}
        cards = [card for hand in hands.values() for card in hand]
        self.ctx.post('bot', {
            'left': len(deck),
            'distinct': len(set(cards)) == 5 * len(hands),
            'known': random.choice(cards) in DECK and set(random.sample(DECK, 3)) <= set(DECK),
        })
`,
    players: 2,
    says: ["deal"],
    means: posts({ left: 42, distinct: true, known: true }),
  },
  {
    name: "heapq, deque and bisect on a grid",
    language: "python",
    source: code`
import bisect
import heapq
from collections import deque

GRID = ['S.#.', '..#.', '...E']

class Paths:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def shortest(self):
        queue, seen = deque([(0, 0, 0)]), {(0, 0)}
        while queue:
            row, col, steps = queue.popleft()
            if GRID[row][col] == 'E':
                return steps
            for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                r, c = row + dr, col + dc
                if 0 <= r < 3 and 0 <= c < 4 and GRID[r][c] != '#' and (r, c) not in seen:
                    seen.add((r, c))
                    queue.append((r, c, steps + 1))

    def on_message(self, msg):
        if msg['kind'] == 'user':
            heap = [5, 1, 4]
            heapq.heapify(heap)
            self.ctx.post('bot', {
                'steps': self.shortest(),
                'least': heapq.heappop(heap),
                'at': bisect.bisect([1, 3, 5], 4),
            })
`,
    says: ["go"],
    means: posts({ steps: 5, least: 1, at: 2 }),
  },
  {
    name: "generators, unpacking and for-else",
    language: "python",
    source: code`
def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b

class Sequence:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        limit = int(msg['body']['text'])
        for n in fibonacci():
            if n > limit:
                break
        else:
            return
        first, *middle, last = [n for n, _ in zip(fibonacci(), range(6))]
        self.ctx.post('bot', {'next': n, 'first': first, 'middle': middle, 'last': last})
`,
    says: ["50"],
    means: posts({ next: 55, first: 0, middle: [1, 1, 2, 3], last: 5 }),
  },
  {
    name: "files in the workspace, and csv",
    language: "python",
    source: code`
import csv
import io

class Files:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        path = f'{self.ctx.workspace}/table.csv'
        with open(path, 'w', encoding='utf-8') as table:
            table.write(msg['body']['text'])
        with open(path, newline='') as table:
            rows = list(csv.DictReader(table))
        out = io.StringIO()
        csv.writer(out).writerow([row['name'] for row in rows])
        self.ctx.post('bot', {'rows': rows, 'line': out.getvalue().strip()})
`,
    says: ["name,score\nAda,3\nBob,4\n"],
    means: posts({
      rows: [{ name: "Ada", score: "3" }, { name: "Bob", score: "4" }],
      line: "Ada,Bob",
    }),
  },
  {
    name: "exceptions with else, finally and groups",
    language: "python",
    source: code`
class Careful:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        log = []
        try:
            value = int(msg['body']['text'])
        except ValueError as error:
            log.append(type(error).__name__)
        else:
            log.append(value)
        finally:
            log.append('finally')
        try:
            raise ExceptionGroup('several', [KeyError('a'), TypeError('b')])
        except* KeyError as group:
            log.append(len(group.exceptions))
        except* TypeError:
            log.append('type')
        self.ctx.post('bot', {'log': log})
`,
    says: ["7", "x"],
    means: posts({ log: [7, "finally", 1, "type"] }, { log: ["ValueError", "finally", 1, "type"] }),
  },
  {
    name: "type hints, Protocol and generics of 3.12",
    language: "python",
    source: code`
from __future__ import annotations

from typing import Any, Callable, Protocol

type Handler = Callable[[str], dict[str, Any]]

class Speaker(Protocol):
    def speak(self) -> str: ...

class Stack[T]:
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> Stack[T]:
        self.items.append(item)
        return self

class Typed:
    def __init__(self, ctx: Any, params: dict[str, Any]) -> None:
        self.ctx = ctx
        self.handlers: dict[str, Handler] = {'up': lambda text: {'text': text.upper()}}

    def on_message(self, msg: dict[str, Any]) -> None:
        if msg['kind'] != 'user':
            return
        name, _, rest = msg['body']['text'].partition(' ')
        stack = Stack[str]().push(name).push(rest)
        if (handler := self.handlers.get(name)) is not None:
            self.ctx.post('bot', handler(rest) | {'pushed': len(stack.items)})
`,
    says: ["up abc", "down abc"],
    means: posts({ text: "ABC", pushed: 2 }),
  },
  {
    name: "timers in Python, set again and cleared",
    language: "python",
    source: code`
class Alarm:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        if msg['body']['text'] == 'cancel':
            self.ctx.clear_timer('alarm')
        else:
            self.ctx.set_timer('alarm', int(msg['body']['text']))

    def on_timer(self, name):
        self.ctx.post('bot', {'rang': name})
`,
    says: ["3600000", "cancel", "5"],
    means: posts({ rang: "alarm" }),
  },
  {
    name: "Decimal and Fraction",
    language: "python",
    source: code`
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

class Till:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        total = sum((Decimal(word) for word in msg['body']['text'].split()), Decimal())
        third = Fraction(1, 3) + Fraction(1, 6)
        self.ctx.post('bot', {
            'total': str(total),
            'rounded': float(total.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)),
            'third': str(third),
        })
`,
    says: ["0.1 0.25"],
    means: posts({ total: "0.35", rounded: 0.4, third: "1/2" }),
  },
];
