/** Mistakes that everybody makes once, and the words that mend them. */
import { code, failed, posts, refused, type Row } from "./row.ts";

export const MISTAKES: readonly Row[] = [
  {
    name: "a method that ctx does not have",
    language: "javascript",
    source: code`
export default class Setter {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.setState({ n: 1 });
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*setState)(?=.*set_state)(?=.*post)/, "this.ctx.setState")),
  },
  {
    name: "ctx.send instead of ctx.post",
    language: "javascript",
    source: code`
export default class Sender {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    await this.ctx.send("hello");
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*send)(?=.*post)/, "this.ctx.send")),
  },
  {
    name: "a method of its own that is not there",
    language: "javascript",
    source: code`
export default class Game {
  constructor(ctx) { this.ctx = ctx; }
  start() { this.ctx.post("bot", { text: "started" }); }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.begin();
  }
}
`,
    says: ["go"],
    means: posts(failed(/begin/, "this.begin()")),
  },
  {
    name: "post with a text alone",
    language: "javascript",
    source: code`
export default class Talker {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("hello everybody");
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*bot)(?=.*system)/, "this.ctx.post(")),
  },
  {
    name: "a kind that there is not",
    language: "javascript",
    source: code`
export default class Talker {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("user", { text: "I am a player" });
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*bot)(?=.*system)(?=.*control)/, "this.ctx.post(")),
  },
  {
    name: "require of a module of Node",
    language: "javascript",
    source: code`
const fs = require("fs");

class Files {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    this.ctx.post("bot", { text: fs.readFileSync("/etc/passwd", "utf8") });
  }
}

module.exports = { Files };
`,
    says: [],
    means: refused(/(?=.*(require|fs))(?=.*(line 1\b|:1\b))/s),
  },
  {
    name: "a syntax error is refused with its line",
    language: "javascript",
    source: code`
export default class Broken {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user" {
      this.ctx.post("bot", { text: "hi" });
    }
  }
}
`,
    says: [],
    means: refused(/\b4\b/),
  },
  {
    name: "eval is refused with its line",
    language: "javascript",
    source: code`
export default class Calc {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { result: eval(msg.body.text) });
  }
}
`,
    says: [],
    means: refused(/(?=.*eval)(?=.*\b5\b)/s),
  },
  {
    name: "ctx is used before it is kept",
    language: "javascript",
    source: code`
export default class NoCtx {
  constructor(ctx, params) {}
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { text: "hi" });
  }
}
`,
    says: ["go"],
    means: { posts: [failed(/'post'|ctx/, "this.ctx.post")], or: posts("hi") },
  },
  {
    name: "camelCase of ctx in types",
    language: "typescript",
    source: code`
export default class Camel {
  constructor(private ctx: any) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const state = this.ctx.getState() ?? {};
    this.ctx.post("bot", state);
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*getState)(?=.*get_state)/, "this.ctx.getState()")),
  },
  {
    name: "a property of undefined",
    language: "typescript",
    source: code`
interface Saved { board: string[] }

export default class Reader {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const saved = this.ctx.get_state() as Saved;
    this.ctx.post("bot", { first: saved.board[0] });
  }
}
`,
    says: ["go"],
    means: posts(failed(/board|null/, "saved.board[0]")),
  },
  {
    name: "a function of a module that it does not have",
    language: "typescript",
    source: code`
import { readFile } from "node:fs/promises";

export default class Files {
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    this.ctx.post("bot", { text: await readFile("/etc/passwd", "utf8") });
  }
}
`,
    says: [],
    means: refused(/(?=.*node:fs)(?=.*\b1\b)/s),
  },
  {
    name: "a type error is no concern of the server",
    language: "typescript",
    source: code`
export default class Loose {
  private count: string = 5;
  constructor(private ctx: BotContext) {}
  on_message(msg: Message): number {
    if (msg.kind === "user") this.ctx.post("bot", { twice: this.count * 2 });
  }
}
`,
    says: ["go"],
    means: posts({ twice: 10 }),
  },
  {
    name: "an attribute that ctx does not have",
    language: "python",
    source: code`
class Sender:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.send_message('hello')
`,
    says: ["go"],
    means: posts(failed(/(?=.*send_message)(?=.*post)/, "self.ctx.send_message")),
  },
  {
    name: "try: import numpy / except ImportError",
    language: "python",
    source: code`
try:
    import numpy as np
except ImportError:
    np = None

class Mean:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        numbers = [float(word) for word in msg['body']['text'].split()]
        mean = float(np.mean(numbers)) if np is not None else sum(numbers) / len(numbers)
        self.ctx.post('bot', {'mean': mean})
`,
    says: ["1 2 6"],
    means: posts({ mean: 3 }),
  },
  {
    name: "numpy",
    language: "python",
    source: code`
import random
import numpy as np

class Mean:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        self.ctx.post('bot', {'mean': float(np.mean([1, 2, 3]))})
`,
    says: [],
    means: refused(/(?=.*numpy)(?=.*\b2\b)(?=.*\b(use|instead)\b)/is),
  },
  {
    name: "bs4",
    language: "python",
    source: code`
import requests
from bs4 import BeautifulSoup

class Scraper:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        soup = BeautifulSoup(requests.get('http://localhost:8000/page').text, 'html.parser')
        self.ctx.post('bot', {'title': soup.title.string})
`,
    says: [],
    means: refused(/(?=.*bs4)(?=.*\b2\b)(?=.*\b(use|instead)\b)/is),
  },
  {
    name: "socket and ssl",
    language: "python",
    source: code`
import socket
import ssl

class Certificates:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        context = ssl.create_default_context()
        with socket.create_connection(('example.com', 443)) as sock:
            with context.wrap_socket(sock, server_hostname='example.com') as tls:
                self.ctx.post('bot', {'cert': tls.getpeercert()})
`,
    says: [],
    means: refused(/(?=.*socket)(?=.*(fetch|requests|tls_certificate))(?=.*\b(use|instead)\b)/is),
  },
  {
    name: "os.environ",
    language: "python",
    source: code`
import os

class Env:
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.key = os.environ.get('API_KEY')

    def on_message(self, msg):
        self.ctx.post('bot', {'has_key': self.key is not None})
`,
    says: [],
    means: refused(/(?=.*\bos\b)(?=.*\b1\b)/s),
  },
  {
    name: "a syntax error is refused with its line",
    language: "python",
    source: code`
class Broken:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg)
        self.ctx.post('bot', {'text': 'hi'})
`,
    says: [],
    means: refused(/\b5\b/),
  },
  {
    name: "tabs and spaces",
    language: "python",
    source: "class Tabs:\n    def __init__(self, ctx, params):\n        self.ctx = ctx\n" +
      "    def on_message(self, msg):\n        x = 1\n\tself.ctx.post('bot', {'x': x})\n",
    says: [],
    means: refused(/(?=.*(indent|tab|dedent))(?=.*\b6\b)/is),
  },
  {
    name: "a KeyError is told with its key and its line",
    language: "python",
    source: code`
class Keys:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'move': msg['body']['move']})
`,
    says: ["e4", { move: "e4" }],
    means: posts(failed(/KeyError.*move/, "msg['body']['move']"), { move: "e4" }),
  },
  {
    name: "post with a text alone",
    language: "python",
    source: code`
class Talker:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('hello everybody')
`,
    says: ["go"],
    means: posts(failed(/(?=.*bot)(?=.*system)|body/, "self.ctx.post(")),
  },
  {
    name: "a script without a class is not judged as JavaScript",
    language: "python",
    source: code`
import json
from datetime import datetime

def main(ctx):
    now = datetime.now()
    ctx.post('bot', {'text': f'{now:%H:%M}'})
`,
    says: [],
    means: refused(/^(?!.*(JavaScript|export)).*class/s),
  },
  {
    name: "ctx.reply with types",
    language: "typescript",
    source: code`
interface Context { reply(text: string): Promise<void> }

export default class Replier {
  constructor(private ctx: Context) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    await this.ctx.reply("hello");
  }
}
`,
    says: ["go"],
    means: posts(failed(/(?=.*reply)(?=.*post)/, "this.ctx.reply(")),
  },
  {
    name: "a dynamic import is refused with its line",
    language: "typescript",
    source: code`
export default class Dynamic {
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    const { Chess } = await import("lib:chess.js");
    this.ctx.post("bot", { fen: new Chess().fen() });
  }
}
`,
    says: [],
    means: refused(/(?=.*import)(?=.*\b4\b)/s),
  },
  {
    name: "pathlib",
    language: "python",
    source: code`
from pathlib import Path

class Files:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        note = Path(self.ctx.workspace) / 'note.txt'
        note.write_text('hi')
        self.ctx.post('bot', {'text': note.read_text()})
`,
    says: ["go"],
    means: { posts: ["hi"], or: refused(/(?=.*pathlib)(?=.*\b1\b)/s) },
  },
  {
    name: "too many posts",
    language: "typescript",
    source: code`
export default class Spammer {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    for (let i = 0; i < 30; i++) this.ctx.post("bot", { i });
  }
}
`,
    says: ["go"],
    means: posts(failed(/20/, 'this.ctx.post("bot", { i })')),
  },
];
