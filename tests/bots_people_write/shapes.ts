/** Sources as they are pasted: one class or several, exports of every kind, fences, wrong hooks. */
import { code, failed, posts, refused, type Row } from "./row.ts";

/** What a refusal of a class without any hook names. */
const HOOKS = /on_message/;

export const SHAPES: readonly Row[] = [
  {
    name: "a dataclass beside the bot",
    language: "python",
    source: code`
from dataclasses import asdict, dataclass, field


@dataclass
class Player:
    name: str
    score: int = 0
    history: list[int] = field(default_factory=list)


class ScoreBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        saved = self.ctx.get_state()
        player = Player(**saved) if saved else Player(msg['sender'])
        points = int(msg['body']['text'])
        player.score += points
        player.history.append(points)
        self.ctx.set_state(asdict(player))
        self.ctx.post('bot', asdict(player))
`,
    says: ["3", "4"],
    means: posts(
      { name: "p1", score: 3, history: [3] },
      { name: "p1", score: 7, history: [3, 4] },
    ),
  },
  {
    name: "an Enum beside the bot",
    language: "python",
    source: code`
from enum import Enum, auto

class Phase(Enum):
    WAITING = auto()
    PLAYING = auto()
    OVER = auto()

class Game:
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.phase = Phase[ctx.get_state() or 'WAITING']

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        phases = list(Phase)
        self.phase = phases[(phases.index(self.phase) + 1) % len(phases)]
        self.ctx.set_state(self.phase.name)
        self.ctx.post('bot', {'phase': self.phase.name, 'value': self.phase.value})
`,
    says: ["next", "next", "next"],
    means: posts(
      { phase: "PLAYING", value: 2 },
      { phase: "OVER", value: 3 },
      { phase: "WAITING", value: 1 },
    ),
  },
  {
    name: "helper classes and an exception of its own",
    language: "python",
    source: code`
class IllegalMove(Exception):
    pass

class Board:
    def __init__(self, cells=None):
        self.cells = cells or [0] * 9

    def place(self, index, mark):
        if self.cells[index]:
            raise IllegalMove(f'cell {index} is taken')
        self.cells[index] = mark

class BoardBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        board = Board(self.ctx.get_state())
        try:
            board.place(int(msg['body']['text']), 1)
        except IllegalMove as error:
            self.ctx.post('bot', {'error': str(error)})
        else:
            self.ctx.set_state(board.cells)
            self.ctx.post('bot', {'taken': sum(board.cells)})
`,
    says: ["4", "4", "5"],
    means: posts({ taken: 1 }, { error: "cell 4 is taken" }, { taken: 2 }),
  },
  {
    name: "a base class with hooks, and the bot that inherits them",
    language: "python",
    source: code`
from abc import ABC, abstractmethod

class BaseBot(ABC):
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': self.answer(msg['body']['text'])})

    @abstractmethod
    def answer(self, text):
        ...

class ShoutBot(BaseBot):
    def answer(self, text):
        return text.upper() + '!'
`,
    bot: { name: "ShoutBot" },
    says: ["hey"],
    means: posts("HEY!"),
  },
  {
    name: "two bots in one source, and a name that says which",
    language: "python",
    bot: { name: "Second" },
    source: code`
class First:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'i_am': 'first'})

class Second:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'i_am': 'second'})
`,
    says: ["who?"],
    means: posts({ i_am: "second" }),
  },
  {
    name: "two bots in one source without a name",
    language: "python",
    source: code`
class Alice:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        self.ctx.post('bot', {'i_am': 'alice'})

class Bob:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        self.ctx.post('bot', {'i_am': 'bob'})
`,
    says: [],
    means: refused(/Alice.*Bob.*name|name.*Alice.*Bob/s),
  },
  {
    name: "onMessage instead of on_message",
    language: "python",
    source: code`
class CamelBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def onMessage(self, msg):
        self.ctx.post('bot', {'text': 'hello'})
`,
    says: [],
    means: refused(HOOKS),
  },
  {
    name: "a NamedTuple and a TypedDict beside the bot",
    language: "python",
    source: code`
from typing import NamedTuple, Optional, TypedDict

class Move(NamedTuple):
    row: int
    col: int

class State(TypedDict):
    moves: list

class MoveBot:
    manifest = {"summary": "Moves", "net": []}

    def __init__(self, ctx, params: dict) -> None:
        self.ctx = ctx

    def parse(self, text: str) -> Optional[Move]:
        try:
            row, col = map(int, text.split(','))
        except ValueError:
            return None
        return Move(row, col)

    def on_message(self, msg: dict) -> None:
        if msg["kind"] != "user":
            return
        move = self.parse(msg["body"]["text"])
        if move is None:
            self.ctx.post("bot", {"error": "row,col please"})
            return
        state: State = self.ctx.get_state() or {"moves": []}
        state["moves"].append(move)
        self.ctx.set_state(state)
        self.ctx.post("bot", {"moves": state["moves"], "last_row": move.row})
`,
    says: ["1,2", "x", "0,0"],
    means: posts(
      { moves: [[1, 2]], last_row: 1 },
      { error: "row,col please" },
      { moves: [[1, 2], [0, 0]], last_row: 0 },
    ),
  },
  {
    name: "a manifest beside the class is taken or refused, not ignored",
    language: "python",
    source: code`
manifest = {'summary': 'Prices', 'net': ['localhost:8000']}

class PriceBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            import requests
            price = requests.get('http://localhost:8000/price/BTC').json()
            self.ctx.post('bot', price['data'])
`,
    says: ["btc"],
    means: {
      posts: [{ base: "BTC", currency: "USD", amount: "65000.50" }],
      or: refused(/manifest.*class|class.*manifest/s),
    },
  },
  {
    name: "a manifest on the instance is taken or refused, not ignored",
    language: "python",
    source: code`
class PriceBot:
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.manifest = {'summary': 'Prices', 'net': ['localhost:8000']}

    def on_message(self, msg):
        if msg['kind'] == 'user':
            answer = self.ctx.fetch('http://localhost:8000/price/BTC')
            self.ctx.post('bot', answer.json()['data'])
`,
    says: ["btc"],
    means: {
      posts: [{ base: "BTC", currency: "USD", amount: "65000.50" }],
      or: refused(/manifest.*class|class.*manifest/s),
    },
  },
  {
    name: "in a Markdown fence",
    language: "python",
    source:
      "```python\nclass Fenced:\n    def __init__(self, ctx, params):\n        self.ctx = ctx\n\n" +
      "    def on_message(self, msg):\n        if msg['kind'] == 'user':\n" +
      "            self.ctx.post('bot', {'text': 'unfenced'})\n```\n",
    says: ["hi"],
    means: posts("unfenced"),
  },
  {
    name: "with a byte order mark and Windows line ends",
    language: "python",
    source:
      "\uFEFFclass Windows:\r\n    def __init__(self, ctx, params):\r\n        self.ctx = ctx\r\n\r\n" +
      "    def on_message(self, msg):\r\n        if msg['kind'] == 'user':\r\n" +
      "            self.ctx.post('bot', {'text': 'dos'})\r\n",
    says: ["hi"],
    means: posts("dos"),
  },
  {
    name: "a bot without a constructor",
    language: "python",
    source: code`
class Lazy:
    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': 'no __init__ needed'})
`,
    says: ["hi"],
    means: posts("no __init__ needed"),
  },
  {
    name: "functions without a class",
    language: "python",
    source: code`
def on_message(ctx, msg):
    if msg['kind'] == 'user':
        ctx.post('bot', {'text': 'hello'})
`,
    says: [],
    means: refused(/^(?!.*(JavaScript|export)).*class/s),
  },
  {
    name: "a main guard and a print",
    language: "python",
    source: code`
class MainBot:
    def __init__(self, ctx, params):
        self.ctx = ctx
        print('started')

    def on_message(self, msg):
        if msg['kind'] == 'user':
            print('got', msg)
            self.ctx.post('bot', {'name': __name__ != '__main__'})

if __name__ == '__main__':
    print('run me with a context')
`,
    says: ["hi"],
    means: posts(/"name":(true|false)/),
  },
  {
    name: "helper classes beside the bot, without an export",
    language: "javascript",
    source: code`
class Deck {
  constructor(cards = ["A", "K", "Q"]) { this.cards = cards; }
  draw() { return this.cards.shift(); }
}

class InvalidMoveError extends Error {
  constructor(message) { super(message); this.name = "InvalidMoveError"; }
}

class CardBot {
  constructor(ctx, params) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const deck = new Deck(this.ctx.get_state() ?? undefined);
    const card = deck.draw();
    if (!card) throw new InvalidMoveError("the deck is empty");
    this.ctx.set_state(deck.cards);
    this.ctx.post("bot", { card });
  }
}
`,
    says: ["1", "2", "3", "4"],
    means: posts(
      { card: "A" },
      { card: "K" },
      { card: "Q" },
      failed(/the deck is empty/, "throw new InvalidMoveError"),
    ),
  },
  {
    name: "a bot that extends a base class",
    language: "javascript",
    source: code`
class BaseBot {
  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
  }
  say(text) { this.ctx.post("bot", { text }); }
}

export default class HelloBot extends BaseBot {
  on_message(msg) {
    if (msg.kind === "user") this.say("hello " + msg.sender);
  }
}
`,
    says: ["hi"],
    means: posts("hello p1"),
  },
  {
    name: "module.exports of a class by its name",
    language: "javascript",
    source: code`
class Exported {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === 'user') this.ctx.post('bot', { text: 'exported' });
  }
}

module.exports = Exported;
`,
    says: ["hi"],
    means: {
      posts: ["exported"],
      or: refused(/export default/),
    },
  },
  {
    name: "exports.Bot",
    language: "javascript",
    source: code`
exports.Bot = class Bot {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === 'user') this.ctx.post('bot', { text: 'exported' });
  }
};
`,
    says: ["hi"],
    means: { posts: ["exported"], or: refused(/export default/) },
  },
  {
    name: "a class expression in a constant",
    language: "javascript",
    source: code`
const Bot = class {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === 'user') this.ctx.post('bot', { text: 'expressed' });
  }
};

export default Bot;
`,
    says: ["hi"],
    means: posts("expressed"),
  },
  {
    name: "a named export",
    language: "javascript",
    source: code`
export class NamedBot {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === 'user') this.ctx.post('bot', { text: 'named' });
  }
}
`,
    says: ["hi"],
    means: posts("named"),
  },
  {
    name: "onMessage instead of on_message",
    language: "javascript",
    source: code`
export default class CamelBot {
  constructor(ctx) { this.ctx = ctx; }
  onMessage(msg) {
    this.ctx.post("bot", { text: "hello" });
  }
}
`,
    says: [],
    means: refused(HOOKS),
  },
  {
    name: "on_mesage, with a typing error",
    language: "javascript",
    source: code`
export default class TypoBot {
  constructor(ctx) { this.ctx = ctx; }
  on_mesage(msg) {
    this.ctx.post("bot", { text: "hello" });
  }
}
`,
    says: [],
    means: refused(HOOKS),
  },
  {
    name: "an object of functions instead of a class",
    language: "javascript",
    source: code`
export default {
  on_message(msg, ctx) {
    ctx.post("bot", { text: "hello" });
  },
};
`,
    says: [],
    means: refused(/class/),
  },
  {
    name: "a manifest beside the class is taken or refused, not ignored",
    language: "javascript",
    source: code`
export const manifest = { summary: "Prices", net: ["localhost:8000"] };

export default class PriceBot {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const answer = await fetch("http://localhost:8000/price/BTC");
    this.ctx.post("bot", (await answer.json()).data);
  }
}
`,
    says: ["btc"],
    means: {
      posts: [{ base: "BTC", currency: "USD", amount: "65000.50" }],
      or: refused(/static manifest/),
    },
  },
  {
    name: "a manifest on the instance is taken or refused, not ignored",
    language: "typescript",
    source: code`
export default class PriceBot {
  manifest = { summary: "Prices", net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const answer = await fetch("http://localhost:8000/price/BTC");
    this.ctx.post("bot", (await answer.json()).data);
  }
}
`,
    says: ["btc"],
    means: {
      posts: [{ base: "BTC", currency: "USD", amount: "65000.50" }],
      or: refused(/static manifest/),
    },
  },
  {
    name: "in a Markdown fence",
    language: "javascript",
    source: "```js\nexport default class Fenced {\n  constructor(ctx) { this.ctx = ctx; }\n" +
      '  on_message(msg) {\n    if (msg.kind === "user") this.ctx.post("bot", { text: "unfenced" });\n' +
      "  }\n}\n```",
    says: ["hi"],
    means: posts("unfenced"),
  },
  {
    name: "in a Markdown fence, with words around it",
    language: "typescript",
    source: "Here is your bot:\n\n```typescript\nexport default class Fenced {\n" +
      "  constructor(private ctx: BotContext) {}\n  on_message(msg: Message) {\n" +
      '    if (msg.kind === "user") this.ctx.post("bot", { text: "unfenced" });\n' +
      "  }\n}\n```\n\nIt repeats nothing!\n",
    says: ["hi"],
    means: { posts: ["unfenced"], or: refused(/(fence|```|Markdown)/) },
  },
  {
    name: "with a byte order mark",
    language: "typescript",
    source: "\uFEFFexport default class Marked {\r\n  constructor(private ctx: BotContext) {}\r\n" +
      '  on_message(msg: Message) {\r\n    if (msg.kind === "user") ' +
      'this.ctx.post("bot", { text: "marked" });\r\n  }\r\n}\r\n',
    says: ["hi"],
    means: posts("marked"),
  },
  {
    name: "a bot without a constructor",
    language: "typescript",
    source: code`
export default class Lazy {
  declare ctx: BotContext;
  on_message(msg: Message) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "no constructor needed" });
  }
}
`,
    says: ["hi"],
    means: posts("no constructor needed"),
  },
  {
    name: "two bots, and a name that says which",
    language: "typescript",
    bot: { name: "Beta" },
    source: code`
class Alpha {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) { if (msg.kind === "user") this.ctx.post("bot", { text: "alpha" }); }
}
class Beta {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) { if (msg.kind === "user") this.ctx.post("bot", { text: "beta" }); }
}
`,
    says: ["hi"],
    means: posts("beta"),
  },
  {
    name: "an abstract base with hooks",
    language: "typescript",
    source: code`
abstract class Base {
  constructor(protected readonly ctx: BotContext, protected readonly params: Record<string, unknown>) {}
  abstract reply(text: string): string;
  on_message(msg: Message): void {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: this.reply(String(msg.body.text)) });
  }
}

export default class Reverse extends Base {
  override reply(text: string): string {
    return [...text].reverse().join("");
  }
}
`,
    says: ["abc"],
    means: posts("cba"),
  },
  {
    name: "Python in a comment of TypeScript",
    language: "typescript",
    source: code`
/*
 * Ported from Python:
 *
 * class EchoBot:
 *     def __init__(self, ctx, params):
 *         self.ctx = ctx
 *     def on_message(self, msg):
 *         self.ctx.post('bot', {'echo': msg['body']})
 */
export default class EchoBot {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind === "user") this.ctx.post("bot", { echo: msg.body.text });
  }
}
`,
    says: ["hi"],
    means: posts({ echo: "hi" }),
  },
  {
    name: "handleMessage and nothing else",
    language: "typescript",
    source: code`
interface IBot { handleMessage(msg: Message): void }

export default class Handler implements IBot {
  constructor(private ctx: BotContext) {}
  handleMessage(msg: Message): void {
    this.ctx.post("bot", { text: "hello" });
  }
}
`,
    says: [],
    means: refused(HOOKS),
  },
  {
    name: "module.exports of a class in place",
    language: "javascript",
    source: code`
module.exports = class InPlace {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === 'user') this.ctx.post('bot', { text: 'in place' });
  }
};
`,
    says: ["hi"],
    means: { posts: ["in place"], or: refused(/export default/) },
  },
  {
    name: "helper classes and interfaces beside the bot, without an export",
    language: "typescript",
    source: code`
interface Shape { area(): number }

class Circle implements Shape {
  constructor(private r: number) {}
  area() { return Math.round(Math.PI * this.r ** 2); }
}

class Square implements Shape {
  constructor(private a: number) {}
  area() { return this.a ** 2; }
}

class AreaBot {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const shapes: Shape[] = [new Circle(2), new Square(3)];
    this.ctx.post("bot", { areas: shapes.map((s) => s.area()) });
  }
}
`,
    says: ["go"],
    means: posts({ areas: [13, 9] }),
  },
  {
    name: "an instance as the default export",
    language: "typescript",
    source: code`
class Bot {
  constructor(private ctx?: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind === "user") this.ctx?.post("bot", { text: "hi" });
  }
}

export default new Bot();
`,
    says: ["hi"],
    means: { posts: ["hi"], or: refused(/class/) },
  },
  {
    name: "two bots without a name",
    language: "typescript",
    source: code`
class Alice {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) { this.ctx.post("bot", { text: "alice" }); }
}
class Bob {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) { this.ctx.post("bot", { text: "bob" }); }
}
`,
    says: [],
    means: refused(/(?=.*Alice)(?=.*Bob)(?=.*(name|export))/s),
  },
  {
    name: "hooks as arrow functions in fields",
    language: "typescript",
    source: code`
export default class Arrows {
  private joined: string[] = [];
  constructor(private ctx: BotContext, private params: Record<string, unknown>) {}
  on_join = (player_id: string): void => {
    this.joined.push(player_id);
    this.ctx.post("bot", { joined: this.joined });
  };
  on_message = async (msg: Message): Promise<void> => {
    if (msg.kind === "user") this.ctx.post("bot", { joined: this.joined.length });
  };
}
`,
    says: ["hi"],
    means: posts({ joined: ["p1"] }, { joined: 0 }),
  },
  {
    name: "JavaScript in a docstring of Python",
    language: "python",
    source: code`
"""A port of this bot:

export default class EchoBot {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) { this.ctx.post("bot", { echo: msg.body }); }
}
"""

class EchoBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'echo': msg['body']['text']})
`,
    says: ["hi"],
    means: posts({ echo: "hi" }),
  },
  {
    name: "with a shebang and an encoding",
    language: "python",
    source: code`
#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""A bot."""

class Scripted:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': 'scripted'})
`,
    says: ["hi"],
    means: posts("scripted"),
  },
  {
    name: "use strict and a comment first",
    language: "javascript",
    source: code`
"use strict";
// bot.js - a bot that says hello
/* eslint-disable */

class StrictBot {
  constructor(ctx, params) { this.ctx = ctx; this.params = params; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "strict" });
  }
}
`,
    says: ["hi"],
    means: posts("strict"),
  },
  {
    name: "in a Markdown fence, with words around it",
    language: "python",
    source: "Sure! Here is the bot:\n\n```py\nclass Fenced:\n    def on_message(self, msg):\n" +
      "        if msg['kind'] == 'user':\n            self.ctx.post('bot', {'text': 'unfenced'})\n```\n",
    says: ["hi"],
    means: { posts: ["unfenced"], or: refused(/(fence|```|Markdown)/) },
  },
  {
    name: "export { Bot as default }",
    language: "javascript",
    source: code`
class Renamed {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "renamed" });
  }
}

export { Renamed as default };
`,
    says: ["hi"],
    means: posts("renamed"),
  },

  {
    name: "export { Bot }",
    language: "javascript",
    source: code`
class Listed {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "listed" });
  }
}

class Helper {}

export { Listed };
`,
    says: ["hi"],
    means: posts("listed"),
  },

  {
    name: "an anonymous default class",
    language: "javascript",
    source: code`
export default class {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "anonymous" });
  }
}
`,
    says: ["hi"],
    means: posts("anonymous"),
  },

  {
    name: "module.exports of an object with the class",
    language: "javascript",
    source: code`
class InObject {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "in an object" });
  }
}

module.exports = { InObject };
`,
    says: ["hi"],
    means: { posts: ["in an object"], or: refused(/export default/) },
  },

  {
    name: "exports.default",
    language: "javascript",
    source: code`
class Compiled {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "compiled" });
  }
}

exports.default = Compiled;
`,
    says: ["hi"],
    means: { posts: ["compiled"], or: refused(/export default/) },
  },

  {
    name: "hooks on the prototype",
    language: "javascript",
    source: code`
function OldBot(ctx, params) {
  this.ctx = ctx;
}

OldBot.prototype.on_message = function (msg) {
  if (msg.kind === "user") this.ctx.post("bot", { text: "prototype" });
};

module.exports = OldBot;
`,
    says: ["hi"],
    means: { posts: ["prototype"], or: refused(/class/) },
  },

  {
    name: "static hooks",
    language: "javascript",
    source: code`
export default class Statics {
  static on_message(msg, ctx) {
    ctx.post("bot", { text: "static" });
  }
}
`,
    says: ["hi"],
    means: refused(/on_message|static/),
  },

  {
    name: "a function as the default export",
    language: "javascript",
    source: code`
export default function bot(ctx) {
  return {
    on_message(msg) {
      ctx.post("bot", { text: "hello" });
    },
  };
}
`,
    says: ["hi"],
    means: refused(/class/),
  },

  {
    name: "a fence without a language",
    language: "javascript",
    source: "\n```\nexport default class Plain {\n  constructor(ctx) { this.ctx = ctx; }\n" +
      '  on_message(msg) {\n    if (msg.kind === "user") this.ctx.post("bot", { text: "plain fence" });\n' +
      "  }\n}\n```\n\n",
    says: ["hi"],
    means: posts("plain fence"),
  },

  {
    name: "the line of a failure inside a fence",
    language: "python",
    source:
      "```python\nclass Fenced:\n    def __init__(self, ctx, params):\n        self.ctx = ctx\n\n" +
      "    def on_message(self, msg):\n        if msg['kind'] == 'user':\n            raise ValueError('inside')\n```",
    says: ["hi"],
    means: {
      posts: [failed(/inside.*"line":7|"line":7.*inside/)],
      or: posts(failed(/inside/, "raise ValueError")),
    },
  },

  {
    name: "a base class with hooks and the bot, without a name",
    language: "python",
    source: code`
class BaseBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': self.answer(msg['body']['text'])})

    def answer(self, text):
        raise NotImplementedError

class EchoBot(BaseBot):
    def answer(self, text):
        return text
`,
    says: ["hi"],
    means: { posts: ["hi"], or: refused(/(?=.*BaseBot)(?=.*EchoBot)(?=.*name)/s) },
  },

  {
    name: "a mixin with a hook and the bot, without a name",
    language: "typescript",
    source: code`
class Logging {
  constructor(protected ctx: BotContext) {}
  on_join(player_id: string) {
    this.ctx.post("bot", { joined: player_id });
  }
}

class Main extends Logging {
  on_message(msg: Message) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "main" });
  }
}
`,
    says: ["hi"],
    means: {
      posts: [{ joined: "p1" }, "main"],
      or: refused(/(?=.*Logging)(?=.*Main)(?=.*(name|export))/s),
    },
  },

  {
    name: "a class inside an if and one in a function",
    language: "python",
    source: code`
def make(base):
    class Inner(base):
        def on_message(self, msg):
            if msg['kind'] == 'user':
                self.ctx.post('bot', {'text': 'inner'})
    return Inner

class Base:
    def __init__(self, ctx, params):
        self.ctx = ctx

Bot = make(Base)
`,
    says: ["hi"],
    means: { posts: ["inner"], or: refused(/class/) },
  },

  {
    name: "a dataclass as the bot itself",
    language: "python",
    source: code`
from dataclasses import dataclass, field
from typing import Any

@dataclass
class DataBot:
    ctx: Any
    params: dict = field(default_factory=dict)

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': 'data'})
`,
    says: ["hi"],
    means: posts("data"),
  },

  {
    name: "a list of hosts as a text in the manifest",
    language: "python",
    source: code`
import requests

class PriceBot:
    manifest = {'summary': 'Prices', 'net': 'localhost:8000'}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', requests.get('http://localhost:8000/price/BTC').json()['data'])
`,
    says: ["hi"],
    means: refused(/(?=.*net)(?=.*(list|array))/s),
  },

  {
    name: "a host with its scheme in the manifest",
    language: "javascript",
    source: code`
export default class PriceBot {
  static manifest = { net: ["http://localhost:8000/price"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const response = await fetch("http://localhost:8000/price/BTC");
    this.ctx.post("bot", (await response.json()).data);
  }
}
`,
    says: ["hi"],
    means: refused(/(?=.*net)(?=.*host)/s),
  },
];
