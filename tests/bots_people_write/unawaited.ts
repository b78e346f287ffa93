/** Work that a hook starts and does not wait for: a hook is over when nothing is left to do. */
import { code, failed, posts, refused, type Row } from "./row.ts";

export const UNAWAITED: readonly Row[] = [
  {
    name: "an async method is called without await",
    language: "javascript",
    source: code`
export default class PriceBot {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }

  on_message(msg) {
    if (msg.kind === "user" && msg.body.text === "!btc") {
      this.price("BTC");
    }
  }

  async price(coin) {
    const res = await fetch(\`http://localhost:8000/price/\${coin}\`);
    const { data } = await res.json();
    this.ctx.post("bot", { text: \`\${coin}: $\${data.amount}\` });
  }
}
`,
    says: ["!btc", "thanks"],
    means: posts("BTC: $65000.50"),
  },
  {
    name: "fetch().then() is not returned",
    language: "javascript",
    source: code`
export default class PriceBot {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    fetch("http://localhost:8000/price/" + msg.body.text)
      .then((response) => response.json())
      .then((json) => {
        this.ctx.set_state({ last: json.data.amount });
        this.ctx.post("bot", { price: Number(json.data.amount) });
      });
  }
}
`,
    says: ["BTC", "ETH"],
    means: posts({ price: 65000.5 }, { price: 3200.25 }),
  },
  {
    name: "an answer after a setTimeout",
    language: "javascript",
    source: code`
export default class SlowBot {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    setTimeout(() => {
      this.ctx.post("bot", { text: "thinking is over" });
    }, 1500);
    this.ctx.post("bot", { text: "let me think..." });
  }
}
`,
    says: ["?"],
    means: posts("let me think...", "thinking is over"),
  },
  {
    name: "forEach with an async function",
    language: "javascript",
    source: code`
export default class Prices {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const found = {};
    ["BTC", "ETH"].forEach(async (coin) => {
      const answer = await fetch("http://localhost:8000/price/" + coin);
      found[coin] = (await answer.json()).data.amount;
      if (Object.keys(found).length === 2) this.ctx.post("bot", found);
    });
  }
}
`,
    says: ["prices"],
    means: posts({ BTC: "65000.50", ETH: "3200.25" }),
  },
  {
    name: "map with an async function, without Promise.all",
    language: "javascript",
    source: code`
export default class Slowly {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    [3, 1, 2].map(async (n) => {
      await sleep(n * 100);
      this.ctx.post("bot", { n });
    });
  }
}
`,
    says: ["go"],
    means: posts({ n: 1 }, { n: 2 }, { n: 3 }),
  },
  {
    name: "a rejection that nobody handles fails the hook",
    language: "javascript",
    source: code`
export default class Careless {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { text: "looking it up" });
    this.lookup(msg.body.text);
  }
  async lookup(key) {
    const table = { a: 1 };
    if (!(key in table)) throw new Error("no such key: " + key);
    this.ctx.post("bot", { value: table[key] });
  }
}
`,
    says: ["b", "a"],
    means: posts(
      failed(/no such key: b/, "throw new Error"),
      "looking it up",
      { value: 1 },
    ),
  },
  {
    name: "a rejection that is caught later is no failure",
    language: "javascript",
    source: code`
export default class Careful {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const late = Promise.reject(new Error("not now"));
    await new Promise((r) => setTimeout(r, 50));
    try {
      await late;
    } catch (error) {
      this.ctx.post("bot", { text: "caught " + error.message });
    }
  }
}
`,
    says: ["go"],
    means: posts("caught not now"),
  },
  {
    name: "a throw inside setTimeout fails with its line",
    language: "javascript",
    source: code`
export default class Late {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    setTimeout(() => {
      const list = undefined;
      this.ctx.post("bot", { first: list[0] });
    }, 10);
  }
}
`,
    says: ["go"],
    means: posts(failed(/undefined/, "first: list[0]")),
  },
  {
    name: "setInterval that stops itself",
    language: "javascript",
    source: code`
export default class Ticker {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    let n = 3;
    const timer = setInterval(() => {
      this.ctx.post("bot", { text: String(n) });
      if (--n === 0) clearInterval(timer);
    }, 1000);
  }
}
`,
    says: ["start"],
    means: posts("3", "2", "1"),
  },
  {
    name: "an async function that is called in place",
    language: "javascript",
    source: code`
class Bot {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    (async () => {
      await null;
      this.ctx.post("bot", { text: "one" });
      queueMicrotask(() => this.ctx.post("bot", { text: "two" }));
    })();
  }
}
`,
    says: ["go"],
    means: posts("one", "two"),
  },
  {
    name: "state and post after an await that nobody waits for take effect together",
    language: "typescript",
    source: code`
interface Saved { seen: number }

export default class Saver {
  constructor(private ctx: BotContext) {}

  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    void this.save();
  }

  private async save(): Promise<void> {
    const { seen } = (this.ctx.get_state() ?? { seen: 0 }) as Saved;
    await new Promise<void>((resolve) => setTimeout(resolve, 100));
    this.ctx.set_state({ seen: seen + 1 });
    await Promise.resolve();
    this.ctx.post("bot", { seen: seen + 1 });
  }
}
`,
    says: ["a", "b"],
    means: posts({ seen: 1 }, { seen: 2 }),
  },
  {
    name: "a race against a timeout",
    language: "typescript",
    source: code`
export default class Racer {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const timeout = new Promise<never>((_, reject) => setTimeout(() => reject(new Error("timeout")), 3000));
    const answer = await Promise.race([fetch("http://localhost:8000/jokes"), timeout]);
    const jokes: string[] = await answer.json();
    this.ctx.post("bot", { joke: jokes[0] });
  }
}
`,
    says: ["joke"],
    means: posts({ joke: "Why did the bot cross the road?" }),
  },
  {
    name: "an unawaited fetch that fails is a visible failure",
    language: "typescript",
    source: code`
export default class Unlisted {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  on_message(msg: Message): void {
    if (msg.kind !== "user") return;
    this.load().then((text: string) => this.ctx.post("bot", { text }));
  }
  async load(): Promise<string> {
    const answer = await fetch("http://unlisted.example.com/");
    return await answer.text();
  }
}
`,
    says: ["go"],
    means: posts(failed(/unlisted\.example\.com|manifest|net/, "await fetch(")),
  },
  {
    name: "an async generator that nobody awaits",
    language: "typescript",
    source: code`
async function* pages(): AsyncGenerator<number> {
  for (let page = 1; page <= 3; page++) {
    await new Promise((r) => setTimeout(r, 5));
    yield page;
  }
}

export default class Reader {
  constructor(private readonly ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const run = async () => {
      let sum = 0;
      for await (const page of pages()) sum += page;
      this.ctx.post("bot", { sum });
    };
    run();
  }
}
`,
    says: ["go"],
    means: posts({ sum: 6 }),
  },
  {
    name: "a promise that is never resolved is a visible failure",
    language: "typescript",
    source: code`
export default class Waiting {
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message): Promise<void> {
    if (msg.kind !== "user") return;
    await new Promise<void>(() => {});
    this.ctx.post("bot", { text: "never" });
  }
}
`,
    says: ["go"],
    means: posts(failed(/never_settled/)),
  },
  {
    name: "a coroutine that is never awaited",
    language: "python",
    source: code`
class Forgetful:
    def __init__(self, ctx, params):
        self.ctx = ctx

    async def reply(self, text):
        self.ctx.post('bot', {'text': text})

    async def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        self.reply('hello')
`,
    says: ["hi"],
    means: posts(failed(/reply.*never awaited|never awaited.*reply/, "self.reply('hello')")),
  },
  {
    name: "a coroutine that is never awaited, from a plain hook",
    language: "python",
    source: code`
async def fetch_price(coin):
    return {'BTC': 65000}[coin]


class Bot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        price = fetch_price('BTC')
        self.ctx.post('bot', {'text': 'the price is here'})
`,
    says: ["hi"],
    means: posts(failed(
      /fetch_price.*never awaited|never awaited.*fetch_price/,
      "price = fetch_price('BTC')",
    )),
  },
  {
    name: "a coroutine that is awaited",
    language: "python",
    source: code`
class Patient:
    def __init__(self, ctx, params):
        self.ctx = ctx

    async def double(self, n):
        return n * 2

    async def on_message(self, msg):
        if msg['kind'] == 'user':
            result = await self.double(int(msg['body']['text']))
            self.ctx.post('bot', {'result': result})
`,
    says: ["21"],
    means: posts({ result: 42 }),
  },
  {
    name: "asyncio.sleep and gather",
    language: "python",
    source: code`
import asyncio

class Gatherer:
    def __init__(self, ctx, params):
        self.ctx = ctx

    async def wait(self, n):
        await asyncio.sleep(n / 10)
        return n

    async def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        numbers = await asyncio.gather(*(self.wait(n) for n in (3, 1, 2)))
        self.ctx.post('bot', {'numbers': numbers})
`,
    says: ["go"],
    means: { posts: [{ numbers: [3, 1, 2] }], or: refused(/line \d+.*asyncio|asyncio.*line \d+/s) },
  },
  {
    name: "await on a post, a state and a fetch",
    language: "python",
    source: code`
class AwaitsAll:
    manifest = {"summary": "Price", "net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    async def on_message(self, msg):
        if msg["kind"] != "user":
            return
        answer = await self.ctx.fetch("http://localhost:8000/price/BTC")
        data = answer.json()
        await self.ctx.post("bot", {"price": data["data"]["amount"]})
`,
    says: ["btc"],
    means: posts({ price: "65000.50" }),
  },
  {
    name: "an async generator",
    language: "python",
    source: code`
class Pages:
    def __init__(self, ctx, params):
        self.ctx = ctx

    async def pages(self):
        for page in range(1, 4):
            yield page

    async def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        total = 0
        async for page in self.pages():
            total += page
        squares = [n * n async for n in self.pages()]
        self.ctx.post('bot', {'total': total, 'squares': squares})
`,
    says: ["go"],
    means: posts({ total: 6, squares: [1, 4, 9] }),
  },
  {
    name: "setInterval with its type, cleared after two rounds",
    language: "typescript",
    source: code`
export default class Ticker {
  private timer: ReturnType<typeof setInterval> | undefined;
  private rounds = 0;
  constructor(private ctx: BotContext) {}
  on_message(msg: Message): void {
    if (msg.kind !== "user") return;
    this.timer = setInterval(() => this.tick(), 60_000);
  }
  private tick(): void {
    this.rounds += 1;
    this.ctx.post("bot", { round: this.rounds });
    if (this.rounds === 2 && this.timer !== undefined) clearInterval(this.timer);
  }
}
`,
    says: ["start"],
    means: posts({ round: 1 }, { round: 2 }),
  },
  {
    name: "forEach with an async arrow and a rejection",
    language: "typescript",
    source: code`
export default class Checker {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const words: string[] = String(msg.body.text).split(" ");
    words.forEach(async (word: string) => {
      await Promise.resolve();
      if (word === "bad") throw new RangeError("a bad word");
      this.ctx.post("bot", { word });
    });
  }
}
`,
    says: ["good words", "a bad word"],
    means: posts({ word: "good" }, { word: "words" }, failed(/a bad word/, "throw new RangeError")),
  },
  {
    name: "an unawaited fetch that is answered 503, and a post in its finally",
    language: "javascript",
    source: code`
export default class Finals {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const log = [];
    fetch("http://localhost:8000/broken")
      .then((response) => { log.push(response.status); return response.text(); })
      .then((text) => log.push(text))
      .catch((error) => log.push(error.message))
      .finally(() => this.ctx.post("bot", { log }));
  }
}
`,
    says: ["go"],
    means: posts({ log: [503, "oops"] }),
  },
  {
    name: "five unawaited requests, and a sixth too many",
    language: "javascript",
    source: code`
export default class Many {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    let done = 0;
    const count = Number(msg.body.text);
    for (let i = 0; i < count; i++) {
      fetch("http://localhost:8000/jokes").then((r) => r.json()).then(() => {
        if (++done === count) this.ctx.post("bot", { done });
      });
    }
  }
}
`,
    says: ["5", "6"],
    means: posts({ done: 5 }, failed(/5/)),
  },
  {
    name: "ctx.end after an await that nobody waits for",
    language: "typescript",
    source: code`
export default class Ends {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const finish = async (): Promise<void> => {
      await new Promise((r) => setTimeout(r, 10));
      this.ctx.post("bot", { text: "over" });
      this.ctx.end({ winner: msg.sender });
    };
    finish();
  }
}
`,
    says: ["end"],
    means: posts("over", { type: "bot:end", result: { winner: "p1" } }),
  },
  {
    name: "a try that does not catch what is not awaited",
    language: "typescript",
    source: code`
export default class Tries {
  constructor(private ctx: BotContext) {}
  private async risky(): Promise<void> {
    await null;
    throw new Error("risky business");
  }
  on_message(msg: Message): void {
    if (msg.kind !== "user") return;
    try {
      this.risky();
      this.ctx.post("bot", { text: "it seemed fine" });
    } catch {
      this.ctx.post("bot", { text: "caught" });
    }
  }
}
`,
    says: ["go"],
    means: posts(failed(/risky business/, "throw new Error")),
  },
  {
    name: "a coroutine in a list, never awaited",
    language: "python",
    source: code`
class Lists:
    def __init__(self, ctx, params):
        self.ctx = ctx

    async def tell(self, n):
        self.ctx.post('bot', {'n': n})

    async def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        waiting = [self.tell(n) for n in range(3)]
        await waiting[0]
`,
    says: ["go"],
    means: posts(failed(/tell.*never awaited|never awaited.*tell/, "waiting = [")),
  },
  {
    name: "an async lambda-like callback that is never awaited",
    language: "python",
    source: code`
class Callbacks:
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.commands = {'!hi': self.hi}

    async def hi(self):
        self.ctx.post('bot', {'text': 'hi'})

    def on_message(self, msg):
        if msg['kind'] == 'user':
            command = self.commands.get(msg['body']['text'])
            if command:
                command()
`,
    says: ["!hi", "?"],
    means: posts(failed(/hi.*never awaited|never awaited.*hi/, "                command()")),
  },
];
