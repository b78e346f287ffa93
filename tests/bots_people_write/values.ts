/** Numbers, texts and other values that go in and out of a bot; and what TypeScript adds. */
import { code, failed, posts, refused, type Row } from "./row.ts";

export const VALUES: readonly Row[] = [
  {
    name: "echo of a large whole number",
    language: "python",
    source: code`
class EchoBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg.get('kind') == 'user':
            self.ctx.post('bot', {'echo': msg.get('body')})
`,
    says: [{ n: 2 ** 53 }, { n: [1e21, -(2 ** 60)] }],
    means: posts({ echo: { n: 2 ** 53 } }, { echo: { n: [1e21, -(2 ** 60)] } }),
  },
  {
    name: "a large number that is kept in the state",
    language: "python",
    source: code`
class Keeper:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        known = self.ctx.get_state() or []
        known.append(msg['body']['n'])
        self.ctx.set_state(known)
        self.ctx.post('bot', {'known': known})
`,
    says: [{ n: 9007199254740994 }, { n: 3 }],
    means: posts({ known: [9007199254740994] }, { known: [9007199254740994, 3] }),
  },
  {
    name: "a large number as a parameter, given back",
    language: "python",
    bot: { params: { limit: 1e18 } },
    source: code`
class Limits:
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params

    def on_init(self):
        self.ctx.post('bot', {'limit': self.params['limit']})
`,
    says: [],
    means: posts({ limit: 1e18 }),
  },
  {
    name: "the whole message, given back",
    language: "python",
    source: code`
class Mirror:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.set_state(msg)
            self.ctx.end(self.ctx.get_state()['body'])
`,
    says: [{ id: 2 ** 63, f: 1.5, t: [true, null] }],
    means: posts({
      type: "bot:end",
      result: { id: 2 ** 63, f: 1.5, t: [true, null] },
    }),
  },
  {
    name: "big whole numbers of its own, as text",
    language: "python",
    source: code`
import math

class Factorials:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        n = int(msg['body']['text'])
        value = math.factorial(n)
        self.ctx.post('bot', {'exact': str(value), 'mod': value % 1_000_007, 'bits': value.bit_length()})
`,
    says: ["25"],
    means: posts({ exact: "15511210043330985984000000", mod: 913534, bits: 84 }),
  },
  {
    name: "a number that is too large for JSON is refused with the mend",
    language: "python",
    source: code`
class Powers:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'power': {'of_two': 2 ** 70 + 1}})
`,
    says: ["go"],
    means: posts(failed(/string|str\(|text/, "'of_two': 2 ** 70 + 1")),
  },
  {
    name: "a set and a datetime are refused with the mend",
    language: "python",
    source: code`
from datetime import datetime

class Values:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        if msg['body']['text'] == 'set':
            self.ctx.post('bot', {'seen': {1, 2, 3}})
        else:
            self.ctx.set_state({'at': datetime(2026, 1, 1)})
`,
    says: ["set", "date"],
    means: posts(
      failed(/\bset\b/, "{'seen': {1, 2, 3}}"),
      failed(/datetime/, "set_state({'at'"),
    ),
  },
  {
    name: "NaN is refused",
    language: "python",
    source: code`
class Average:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'average': float('nan')})
`,
    says: ["go"],
    means: posts(failed(/average|nan/i, "'average'")),
  },
  {
    name: "tuples, booleans and None become JSON",
    language: "python",
    source: code`
class Shapes:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'point': (1, 2.0), 'ok': True, 'none': None, 'nested': [(), {}]})
`,
    says: ["go"],
    means: posts({ point: [1, 2], ok: true, none: null, nested: [[], {}] }),
  },
  {
    name: "a Map in a post is refused with its path",
    language: "javascript",
    source: code`
export default class Scores {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const scores = new Map([[msg.sender, 1]]);
    this.ctx.post("bot", { board: { scores } });
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*scores)(?=.*Map)/, "board: { scores }")),
  },
  {
    name: "a Set in the state is refused with its path",
    language: "javascript",
    source: code`
export default class Seen {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const seen = new Set(this.ctx.get_state()?.seen);
    seen.add(msg.sender);
    this.ctx.set_state({ seen });
    this.ctx.post("bot", { seen: seen.size });
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*seen)(?=.*Set)/, "set_state({ seen })")),
  },
  {
    name: "a Map and a Set that are made into JSON",
    language: "javascript",
    source: code`
export default class Kept {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const saved = this.ctx.get_state() ?? { votes: [], seen: [] };
    const votes = new Map(saved.votes);
    const seen = new Set(saved.seen);
    votes.set(msg.body.text, (votes.get(msg.body.text) ?? 0) + 1);
    seen.add(msg.sender);
    this.ctx.set_state({ votes: [...votes], seen: [...seen] });
    this.ctx.post("bot", Object.fromEntries(votes));
  }
}
`,
    says: ["a", "b", "a"],
    means: posts({ a: 1 }, { a: 1, b: 1 }, { a: 2, b: 1 }),
  },
  {
    name: "NaN and Infinity are refused with their path",
    language: "javascript",
    source: code`
export default class Average {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const numbers = msg.body.text.split(" ").map(Number);
    const average = numbers.reduce((a, b) => a + b, 0) / numbers.length;
    this.ctx.post("bot", { average });
  }
}
`,
    says: ["1 2 3", "one"],
    means: posts({ average: 2 }, failed(/(?=.*average)(?=.*NaN)/, '"bot", { average }')),
  },
  {
    name: "a function in a post is refused with its path",
    language: "javascript",
    source: code`
export default class Functions {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: "call me", actions: [{ run: () => 1 }] });
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*run)(?=.*function)/, "actions:")),
  },
  {
    name: "a bigint in a post is refused with the mend",
    language: "javascript",
    source: code`
export default class Big {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const value = 2n ** 64n;
    if (msg.body.text === "text") this.ctx.post("bot", { value: value.toString() });
    else this.ctx.post("bot", { value });
  }
}
`,
    says: ["text", "number"],
    means: posts(
      { value: "18446744073709551616" },
      failed(/(?=.*value)(?=.*(BigInt|bigint))/i, 'else this.ctx.post("bot"'),
    ),
  },
  {
    name: "undefined fields are left out, as JSON does",
    language: "javascript",
    source: code`
export default class Optional {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: msg.body.text, mood: msg.body.mood, at: new Date(0) });
  }
}
`,
    says: ["go"],
    means: {
      posts: [{ text: "go", at: "1970-01-01T00:00:00.000Z" }],
      or: posts(failed(/mood|at\b/, "mood: msg.body.mood")),
    },
  },
  {
    name: "an instance of a class in the state",
    language: "javascript",
    source: code`
class Player {
  #secret = 1;
  constructor(name, score = 0) {
    this.name = name;
    this.score = score;
  }
  win() { this.score += this.#secret; return this; }
}

export default class Players {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const saved = this.ctx.get_state();
    const player = new Player(saved?.name ?? msg.sender, saved?.score).win();
    this.ctx.set_state(player);
    this.ctx.post("bot", { score: player.score });
  }
}
`,
    says: ["a", "b"],
    means: {
      posts: [{ score: 1 }, { score: 2 }],
      or: posts(failed(/Player/, "set_state(player)"), failed(/Player/, "set_state(player)")),
    },
  },
  {
    name: "large numbers of a player, given back",
    language: "javascript",
    source: code`
export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  on_message({ kind, body }) {
    if (kind === "user") this.ctx.post("bot", { echo: body, same: Number.isSafeInteger(body.n) });
  }
}
`,
    says: [{ n: 2 ** 53 }, { n: 1e21 }],
    means: posts(
      { echo: { n: 2 ** 53 }, same: false },
      { echo: { n: 1e21 }, same: false },
    ),
  },
  {
    name: "half an emoji in a post is mended",
    language: "javascript",
    source: code`
export default class Cutter {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: msg.body.text.slice(0, 3), all: [...msg.body.text].length });
  }
}
`,
    says: ["ab\u{1F600}cd"],
    means: posts({ text: "ab\uFFFD", all: 5 }),
  },
  {
    name: "half an emoji in a post is mended",
    language: "python",
    source: code`
class Cutter:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': 'ab\ud83d', 'whole': msg['body']['text'][:3]})
`,
    says: ["ab\u{1F600}cd"],
    means: posts({ text: "ab\uFFFD", whole: "ab\u{1F600}" }),
  },
  {
    name: "names and texts in many scripts",
    language: "python",
    source: code`
class Größe:
    grüße = {'de': 'Grüß Gott', 'ja': 'こんにちは', 'ar': 'مرحبا', 'emoji': '👩‍👩‍👧'}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            text = self.grüße.get(msg['body']['text'], '¿?')
            self.ctx.post('bot', {'text': text, 'länge': len(text)})
`,
    says: ["de", "emoji", "fr"],
    means: posts(
      { text: "Grüß Gott", "länge": 9 },
      { text: "👩‍👩‍👧", "länge": 5 },
      { text: "¿?", "länge": 2 },
    ),
  },
  {
    name: "a numeric enum and its reverse mapping",
    language: "typescript",
    source: code`
enum Suit { Clubs, Diamonds, Hearts = 10, Spades }

export default class Cards {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const suit = Suit[msg.body.text as keyof typeof Suit];
    this.ctx.post("bot", { suit, name: Suit[suit], spades: Suit.Spades });
  }
}
`,
    says: ["Hearts", "Clubs"],
    means: posts(
      { suit: 10, name: "Hearts", spades: 11 },
      { suit: 0, name: "Clubs", spades: 11 },
    ),
  },
  {
    name: "a const enum and a string enum",
    language: "typescript",
    source: code`
const enum Phase { Lobby = "lobby", Play = "play", Over = "over" }
enum Flags { None = 0, Read = 1 << 0, Write = 1 << 1, All = Read | Write }

export default class Phases {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const next: Record<string, Phase> = { [Phase.Lobby]: Phase.Play, [Phase.Play]: Phase.Over };
    this.ctx.post("bot", { next: next[String(msg.body.text)] ?? Phase.Lobby, all: Flags.All });
  }
}
`,
    says: ["lobby", "over"],
    means: posts({ next: "play", all: 3 }, { next: "lobby", all: 3 }),
  },
  {
    name: "a namespace runs as written, or is refused with its line",
    language: "typescript",
    source: code`
namespace Rules {
  export const WINNING_SCORE = 3;
  export function isWon(score: number): boolean {
    return score >= WINNING_SCORE;
  }
}

export default class Game {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { won: Rules.isWon(Number(msg.body.text)) });
  }
}
`,
    says: ["2", "3"],
    means: {
      posts: [{ won: false }, { won: true }],
      or: refused(/namespace.*\b1\b|\b1\b.*namespace/s),
    },
  },
  {
    name: "a method decorator runs as written, or is refused with its line",
    language: "typescript",
    source: code`
function logged(_target: unknown, context: ClassMethodDecoratorContext) {
  return function (this: any, msg: Message) {
    if (msg.kind === "user") this.ctx.post("bot", { calls: String(context.name) });
  };
}

export default class Decorated {
  constructor(private ctx: BotContext) {}

  @logged
  on_message(msg: Message) {}
}
`,
    says: ["hi"],
    means: {
      posts: [{ calls: "on_message" }],
      or: refused(/(?=.*(decorator|@))(?=.*\b10\b)/is),
    },
  },
  {
    name: "a parameter decorator is refused with its line",
    language: "typescript",
    source: code`
const Inject = (..._args: unknown[]): any => () => {};

export default class Injected {
  constructor(@Inject("ctx") private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "injected" });
  }
}
`,
    says: ["hi"],
    means: { posts: ["injected"], or: refused(/(?=.*(decorator|@))(?=.*\b4\b)/is) },
  },
  {
    name: "a class decorator runs as written, or is refused with its line",
    language: "typescript",
    source: code`
function sealed<T extends new (...args: any[]) => object>(constructor: T): T {
  Object.freeze(constructor.prototype);
  return constructor;
}

@sealed
export default class Sealed {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind === "user") this.ctx.post("bot", { sealed: Object.isFrozen(Sealed.prototype) });
  }
}
`,
    says: ["hi"],
    means: { posts: [{ sealed: true }], or: refused(/(?=.*(decorator|@))(?=.*\b6\b)/is) },
  },
  {
    name: "a Map in the state is refused with its path",
    language: "typescript",
    source: code`
export default class Votes {
  private votes = new Map<string, number>();
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.votes.set(msg.sender, 1);
    this.ctx.set_state({ votes: this.votes });
  }
}
`,
    says: ["yes"],
    means: posts(failed(/(?=.*votes)(?=.*Map)/, "set_state({ votes")),
  },
  {
    name: "generics, satisfies, overloads and type guards",
    language: "typescript",
    source: code`
type Command = { kind: "add"; value: number } | { kind: "reset" };
const START = { total: 0 } satisfies Record<string, number>;

function isAdd(command: Command): command is Extract<Command, { kind: "add" }> {
  return command.kind === "add";
}

function first<T>(list: readonly T[]): T | undefined;
function first<T>(list: readonly T[], otherwise: T): T;
function first<T>(list: readonly T[], otherwise?: T): T | undefined {
  return list.length > 0 ? list[0] : otherwise;
}

class Store<S extends object = { total: number }> {
  constructor(private ctx: BotContext, private initial: S) {}
  get value(): S { return (this.ctx.get_state() as S | null) ?? this.initial; }
  set value(next: S) { this.ctx.set_state(next); }
}

export default class Adder {
  private store: Store;
  constructor(private ctx: BotContext) { this.store = new Store(ctx, START); }
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const word = first(String(msg.body.text).split(" "), "")!;
    const command: Command = word === "reset" ? { kind: "reset" } : { kind: "add", value: Number(word) };
    this.store.value = isAdd(command) ? { total: this.store.value.total + command.value } : START;
    this.ctx.post("bot", { ...this.store.value } as const);
  }
}
`,
    says: ["4 apples", "5", "reset"],
    means: posts({ total: 4 }, { total: 9 }, { total: 0 }),
  },
  {
    name: "a typed Set in a post is refused with its path",
    language: "typescript",
    source: code`
interface Report { seen: Set<string>; total: number }

export default class Reporter {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const report: Report = { seen: new Set([msg.sender]), total: 1 };
    this.ctx.post("bot", { report });
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*seen)(?=.*Set)/, '"bot", { report }')),
  },
  {
    name: "Infinity in the state is refused with its path",
    language: "typescript",
    source: code`
type Best = { lowest: number; by?: string };

export default class Lowest {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const best = (this.ctx.get_state() ?? { lowest: Infinity }) as Best;
    const mine = Number(msg.body.text);
    if (mine < best.lowest) best.lowest = mine;
    this.ctx.set_state(best);
    this.ctx.post("bot", { lowest: best.lowest });
  }
}
`,
    says: ["x", "3"],
    means: posts(failed(/(?=.*lowest)(?=.*Infinity)/, "set_state(best)"), { lowest: 3 }),
  },
  {
    name: "a circle is refused with its line",
    language: "typescript",
    source: code`
interface TreeNode { name: string; parent?: TreeNode; children: TreeNode[] }

export default class Circles {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const root: TreeNode = { name: "root", children: [] };
    root.children.push({ name: "leaf", parent: root, children: [] });
    this.ctx.set_state(root);
  }
}
`,
    says: ["go"],
    means: posts(failed(/circ|cycl/i, "set_state(root)")),
  },
  {
    name: "a promise in a post, for want of an await",
    language: "javascript",
    source: code`
export default class PriceBot {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const response = await fetch("http://localhost:8000/price/BTC");
    const data = response.json();
    this.ctx.post("bot", { data });
  }
}
`,
    says: ["btc"],
    means: posts(failed(/(?=.*data)(?=.*(Promise|await))/, '"bot", { data }')),
  },
  {
    name: "an error in a post",
    language: "javascript",
    source: code`
export default class Errors {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    try {
      JSON.parse("{");
    } catch (error) {
      this.ctx.post("bot", { type: "problem", error });
    }
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*error)(?=.*(SyntaxError|Error|message))/, 'type: "problem", error')),
  },
  {
    name: "bytes in a post",
    language: "typescript",
    source: code`
export default class Bytes {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const bytes: Uint8Array = new TextEncoder().encode(String(msg.body.text));
    this.ctx.post("bot", { bytes });
  }
}
`,
    says: ["ab"],
    means: posts(failed(/(?=.*bytes)(?=.*(Uint8Array|array))/i, '"bot", { bytes }')),
  },
  {
    name: "a promise in the state, for want of an await",
    language: "typescript",
    source: code`
export default class Saver {
  constructor(private ctx: BotContext) {}
  private async count(): Promise<number> {
    return ((this.ctx.get_state() as { n: number } | null)?.n ?? 0) + 1;
  }
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const n = this.count() as unknown as number;
    this.ctx.set_state({ n });
    this.ctx.post("bot", { text: "saved" });
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*\bn\b)(?=.*(Promise|await))/, "set_state({ n })")),
  },
  {
    name: "numbers as keys",
    language: "python",
    source: code`
class Seats:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'seats': {1: 'Ada', 2: 'Bob'}})
`,
    says: ["go"],
    means: {
      posts: [{ seats: { 1: "Ada", 2: "Bob" } }],
      or: posts(failed(/key/, "'seats'")),
    },
  },
  {
    name: "an Enum and a dataclass in a post",
    language: "python",
    source: code`
from dataclasses import dataclass
from enum import Enum

class Color(Enum):
    RED = 'red'

@dataclass
class Card:
    color: Color
    value: int

class Cards:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        if msg['body']['text'] == 'color':
            self.ctx.post('bot', {'color': Color.RED})
        else:
            self.ctx.post('bot', {'card': Card(Color.RED, 7)})
`,
    says: ["color", "card"],
    means: posts(
      failed(/Color|Enum/, "{'color': Color.RED}"),
      failed(/Card/, "{'card': Card("),
    ),
  },
  {
    name: "bytes and a Decimal in a post",
    language: "python",
    source: code`
from decimal import Decimal

class Values:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        if msg['body']['text'] == 'bytes':
            self.ctx.post('bot', {'raw': b'abc'})
        else:
            self.ctx.post('bot', {'price': Decimal('9.99')})
`,
    says: ["bytes", "decimal"],
    means: posts(failed(/bytes/, "b'abc'"), failed(/Decimal/, "Decimal('9.99')")),
  },
  {
    name: "a Date, a toJSON and a null prototype in a post",
    language: "javascript",
    source: code`
class Money {
  constructor(cents) { this.cents = cents; }
  toJSON() { return (this.cents / 100).toFixed(2); }
}

export default class Custom {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const bare = Object.create(null);
    bare.a = 1;
    this.ctx.post("bot", { at: new Date(86_400_000), money: new Money(1250), bare });
  }
}
`,
    says: ["go"],
    means: {
      posts: [{ at: "1970-01-02T00:00:00.000Z", money: "12.50", bare: { a: 1 } }],
      or: posts(failed(/money|at\b/, "at: new Date")),
    },
  },
  {
    name: "a symbol, a regular expression and a hole in a list",
    language: "javascript",
    source: code`
export default class Odd {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const odd = { symbol: Symbol("s"), regex: /a+/g, map: [new Map()] }[msg.body.text];
    this.ctx.post("bot", { deep: [{ odd }] });
  }
}
`,
    says: ["symbol", "regex", "map"],
    means: posts(
      failed(/(?=.*odd)(?=.*symbol)/i, "deep: [{ odd }]"),
      failed(/(?=.*odd)(?=.*RegExp)/i, "deep: [{ odd }]"),
      failed(/(?=.*odd)(?=.*Map)/, "deep: [{ odd }]"),
    ),
  },
  {
    name: "a Map as the result of end",
    language: "typescript",
    source: code`
export default class Ends {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const scores = new Map<string, number>([[msg.sender, 3]]);
    this.ctx.end({ scores: msg.body.text === "map" ? scores : Object.fromEntries(scores) });
  }
}
`,
    says: ["map", "object"],
    means: posts(
      failed(/(?=.*scores)(?=.*Map)/, "this.ctx.end("),
      { type: "bot:end", result: { scores: { p1: 3 } } },
    ),
  },
  {
    name: "minus zero, the largest numbers and an empty key",
    language: "javascript",
    source: code`
export default class Edges {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const numbers = [-0, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, Number.MIN_VALUE, 0.1 + 0.2];
    this.ctx.set_state({ numbers, "": "empty", "__proto__x": 1 });
    const state = this.ctx.get_state();
    this.ctx.post("bot", { numbers: state.numbers, same: state.numbers[2] === Number.MAX_VALUE, empty: state[""] });
  }
}
`,
    says: ["go"],
    means: posts({
      numbers: [0, 9007199254740991, 1.7976931348623157e308, 5e-324, 0.30000000000000004],
      same: true,
      empty: "empty",
    }),
  },
  {
    name: "floats that are whole, and the largest numbers",
    language: "python",
    source: code`
import sys

class Edges:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            numbers = [2.0, -0.0, 1e300, 0.1 + 0.2, 2 ** 53 - 1, 10 ** 15]
            self.ctx.set_state({'numbers': numbers})
            self.ctx.post('bot', {'numbers': self.ctx.get_state()['numbers'], 'half': 7 / 2, 'floor': 7 // 2})
`,
    says: ["go"],
    means: {
      posts: [{
        numbers: [2, 0, 1e300, 0.30000000000000004, 9007199254740991, 1e15],
        half: 3.5,
        floor: 3,
      }],
      or: refused(/(?=.*\bsys\b)(?=.*\b1\b)/s),
    },
  },
];
