/** Bots that ask the web, with all that models know of fetch and requests. */
import { code, failed, posts, refused, type Row } from "./row.ts";

export const WEB: readonly Row[] = [
  {
    name: "fetch with AbortSignal.timeout",
    language: "javascript",
    source: code`
export default class PriceBot {
  static manifest = { summary: "Prices", net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    try {
      const response = await fetch("http://localhost:8000/price/BTC", {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(3000),
      });
      if (!response.ok) throw new Error(\`HTTP \${response.status}\`);
      const { data } = await response.json();
      this.ctx.post("bot", { price: data.amount });
    } catch (error) {
      this.ctx.post("bot", { error: error.message });
    }
  }
}
`,
    says: ["btc"],
    means: posts({ price: "65000.50" }),
  },
  {
    name: "fetch with an AbortController and a timer",
    language: "javascript",
    source: code`
export default class PriceBot {
  static manifest = { summary: "Prices", net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 5000);
    try {
      const response = await fetch("http://localhost:8000/price/ETH", { signal: controller.signal });
      const json = await response.json();
      this.ctx.post("bot", { price: json.data.amount, aborted: controller.signal.aborted });
    } finally {
      clearTimeout(timer);
    }
  }
}
`,
    says: ["eth"],
    means: posts({ price: "3200.25", aborted: false }),
  },
  {
    name: "a request that was aborted before",
    language: "javascript",
    source: code`
export default class Aborter {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const controller = new AbortController();
    controller.abort();
    try {
      await fetch("http://localhost:8000/jokes", { signal: controller.signal });
      this.ctx.post("bot", { text: "answered" });
    } catch (error) {
      this.ctx.post("bot", { text: error.name });
    }
  }
}
`,
    says: ["go"],
    means: posts("AbortError"),
  },
  {
    name: "redirect: manual",
    language: "javascript",
    source: code`
export default class Redirects {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const response = await fetch("http://localhost:8000/old", { redirect: "manual" });
    this.ctx.post("bot", { status: response.status, to: response.headers.get("location") });
  }
}
`,
    says: ["go"],
    means: posts({ status: 302, to: "http://localhost:8000/price/BTC" }),
  },
  {
    name: "redirect: error, and redirects that are followed",
    language: "javascript",
    source: code`
export default class Redirects {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const followed = await fetch("http://localhost:8000/old");
    const { data } = await followed.json();
    const strict = await fetch("http://localhost:8000/old", { redirect: "error" }).catch((e) => e.name);
    this.ctx.post("bot", { amount: data.amount, redirected: followed.redirected, strict });
  }
}
`,
    says: ["go"],
    means: posts({ amount: "65000.50", redirected: true, strict: "TypeError" }),
  },
  {
    name: "a response that is cloned, and one of its own",
    language: "javascript",
    source: code`
export default class Responses {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const response = await fetch("http://localhost:8000/jokes");
    const copy = response.clone();
    const text = await response.text();
    const jokes = await copy.json();
    const own = new Response(JSON.stringify({ n: 1 }), { status: 201, headers: { "x-test": "yes" } });
    const made = await Response.json({ n: 2 }).json();
    this.ctx.post("bot", {
      length: text.length > 10,
      jokes: jokes.length,
      own: [own.status, own.ok, own.headers.get("X-Test"), (await own.json()).n],
      made: made.n,
    });
  }
}
`,
    says: ["go"],
    means: posts({ length: true, jokes: 2, own: [201, true, "yes", 1], made: 2 }),
  },
  {
    name: "an image as a blob and as bytes",
    language: "javascript",
    source: code`
export default class Images {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const response = await fetch("http://localhost:8000/bytes");
    const blob = await response.clone().blob();
    const bytes = new Uint8Array(await response.arrayBuffer());
    this.ctx.post("bot", { size: blob.size, type: blob.type, first: [...bytes] });
  }
}
`,
    says: ["go"],
    means: posts({ size: 4, type: "image/png", first: [137, 80, 78, 71] }),
  },
  {
    name: "a page that is no JSON fails with its line",
    language: "javascript",
    source: code`
export default class Parser {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const response = await fetch("http://localhost:8000/page");
    const data = await response.json();
    this.ctx.post("bot", { data });
  }
}
`,
    says: ["go"],
    means: posts(failed(/JSON|unexpected token/i, "await response.json()")),
  },
  {
    name: "a host that is not in the manifest fails with its line",
    language: "javascript",
    source: code`
export default class Unlisted {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const url = "https://api.example.org/v1";
    const response = await fetch(url);
    this.ctx.post("bot", { status: response.status });
  }
}
`,
    says: ["go"],
    means: posts(failed(/api\.example\.org/, "await fetch(url)")),
  },
  {
    name: "console in all its forms",
    language: "javascript",
    source: code`
export default class Logger {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    console.time("work");
    console.group("message");
    console.table([{ a: 1 }, { a: 2 }]);
    console.assert(msg.body.text === "hi", "expected hi");
    console.debug(msg); console.info("%s", "info"); console.warn("warn"); console.error(new Error("e"));
    console.dir({ deep: { er: 1 } }); console.count(); console.trace("here");
    console.groupEnd();
    console.timeEnd("work");
    this.ctx.post("bot", { text: "logged" });
  }
}
`,
    says: ["hello"],
    means: posts("logged"),
  },
  {
    name: "await on everything of ctx",
    language: "javascript",
    source: code`
export default class AwaitsAll {
  static manifest = { net: ["localhost:8000"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const state = (await this.ctx.get_state()) ?? { n: 0 };
    await this.ctx.set_state({ n: state.n + 1 });
    const response = await this.ctx.fetch("http://localhost:8000/jokes");
    const jokes = await response.json();
    await this.ctx.post("bot", { n: (await this.ctx.get_state()).n, jokes: jokes.length });
  }
}
`,
    says: ["a", "b"],
    means: posts({ n: 1, jokes: 2 }, { n: 2, jokes: 2 }),
  },
  {
    name: "POST with JSON, headers and a token",
    language: "typescript",
    source: code`
interface Echo { method: string; body: string; type: string | null; token: string | null; agent: string | null }

export default class Poster {
  static manifest = { summary: "Posts", net: ["localhost:8000"] };
  constructor(private ctx: BotContext, private params: Record<string, unknown>) {}
  async on_message(msg: Message): Promise<void> {
    if (msg.kind !== "user") return;
    const headers = new Headers({ "Content-Type": "application/json", "User-Agent": "my-bot/1.0" });
    headers.set("X-Token", "abc");
    const response = await fetch("http://localhost:8000/echo?" + new URLSearchParams({ q: "a b" }), {
      method: "POST",
      headers,
      body: JSON.stringify({ text: msg.body.text }),
    });
    const { method, body, type, token, agent } = (await response.json()) as Echo;
    this.ctx.post("bot", { method, body: JSON.parse(body), type, token, mine: agent?.includes("my-bot") ?? false });
  }
}
`,
    says: ["hi"],
    means: posts({
      method: "POST",
      body: { text: "hi" },
      type: "application/json",
      token: "abc",
      mine: false,
    }),
  },
  {
    name: "an error status is no exception",
    language: "typescript",
    source: code`
class HttpError extends Error {
  constructor(public readonly status: number, message: string) {
    super(message);
  }
}

export default class Status {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  private async get<T>(path: string): Promise<T> {
    const response = await fetch(\`http://localhost:8000\${path}\`);
    if (!response.ok) throw new HttpError(response.status, ((await response.json()) as { error: string }).error);
    return await response.json() as T;
  }
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    try {
      await this.get<{ price: number }>("/missing");
    } catch (error: unknown) {
      if (error instanceof HttpError) this.ctx.post("bot", { status: error.status, text: error.message });
      else throw error;
    }
  }
}
`,
    says: ["go"],
    means: posts({ status: 404, text: "no such coin" }),
  },
  {
    name: "several requests at once with Promise.all and allSettled",
    language: "typescript",
    source: code`
type Coin = "BTC" | "ETH";
const COINS = ["BTC", "ETH"] as const satisfies readonly Coin[];

export default class Portfolio {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const prices = await Promise.all(COINS.map(async (coin): Promise<[Coin, number]> => {
      const { data } = await (await fetch(\`http://localhost:8000/price/\${coin}\`)).json();
      return [coin, parseFloat(data.amount)];
    }));
    const settled = await Promise.allSettled([fetch("http://localhost:8000/jokes"), Promise.reject(new Error("no"))]);
    this.ctx.post("bot", { ...Object.fromEntries(prices), settled: settled.map(({ status }) => status) });
  }
}
`,
    says: ["go"],
    means: posts({ BTC: 65000.5, ETH: 3200.25, settled: ["fulfilled", "rejected"] }),
  },
  {
    name: "AbortSignal.any and throwIfAborted",
    language: "typescript",
    source: code`
export default class Signals {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const controller = new AbortController();
    let heard = false;
    controller.signal.addEventListener("abort", () => { heard = true; });
    controller.abort(new Error("enough"));
    try {
      controller.signal.throwIfAborted();
    } catch (error) {
      this.ctx.post("bot", { heard, text: (error as Error).message });
    }
  }
}
`,
    says: ["go"],
    means: posts({ heard: true, text: "enough" }),
  },
  {
    name: "PUT and DELETE are refused by name",
    language: "typescript",
    source: code`
export default class Deleter {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const method = String(msg.body.text);
    await fetch("http://localhost:8000/echo", { method });
    this.ctx.post("bot", { method });
  }
}
`,
    says: ["DELETE", "GET"],
    means: posts(failed(/DELETE|GET or POST/, "await fetch("), { method: "GET" }),
  },
  {
    name: "XMLHttpRequest and axios",
    language: "javascript",
    source: code`
import axios from "axios";

export default class PriceBot {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    const { data } = await axios.get("http://localhost:8000/price/BTC");
    this.ctx.post("bot", data);
  }
}
`,
    says: [],
    means: refused(/(?=.*axios)(?=.*\b1\b)/s),
  },
  {
    name: "node-fetch with require",
    language: "javascript",
    source: code`
const fetch = require("node-fetch");

class PriceBot {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    const response = await fetch("http://localhost:8000/price/BTC");
    this.ctx.post("bot", await response.json());
  }
}

module.exports = PriceBot;
`,
    says: [],
    means: refused(/require|import/),
  },
  {
    name: "requests with headers, a timeout and raise_for_status",
    language: "python",
    source: code`
import requests

class PriceBot:
    manifest = {"summary": "Prices", "net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        try:
            response = requests.get(
                "http://localhost:8000/price/" + msg["body"]["text"],
                headers={"Accept": "application/json"},
                params={"v": 2},
                timeout=(3.05, 5),
            )
            response.raise_for_status()
            data = response.json()["data"]
        except requests.exceptions.Timeout:
            self.ctx.post("bot", {"error": "timeout"})
        except requests.exceptions.HTTPError as error:
            self.ctx.post("bot", {"error": error.response.status_code})
        else:
            self.ctx.post("bot", {"price": float(data["amount"]), "status": response.status_code})
`,
    says: ["BTC", "DOGE"],
    means: posts({ price: 65000.5, status: 200 }, { error: 404 }),
  },
  {
    name: "allow_redirects=False",
    language: "python",
    source: code`
import requests

class Redirects:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        first = requests.get("http://localhost:8000/old", allow_redirects=False)
        second = requests.get("http://localhost:8000/old", allow_redirects=True)
        self.ctx.post("bot", {
            "status": first.status_code,
            "to": first.headers["Location"],
            "redirect": first.is_redirect,
            "amount": second.json()["data"]["amount"],
        })
`,
    says: ["go"],
    means: posts({
      status: 302,
      to: "http://localhost:8000/price/BTC",
      redirect: true,
      amount: "65000.50",
    }),
  },
  {
    name: "cookies and basic auth of requests",
    language: "python",
    source: code`
import requests
from requests.auth import HTTPBasicAuth

class Private:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        private = requests.get("http://localhost:8000/private", auth=("user", "pass")).json()
        again = requests.get("http://localhost:8000/private", auth=HTTPBasicAuth("user", "pass")).json()
        echoed = requests.get("http://localhost:8000/echo", cookies={"session": "42"}).json()
        self.ctx.post("bot", {"auth": private["authorization"], "same": private == again, "cookie": echoed["cookie"]})
`,
    says: ["go"],
    means: posts({ auth: "Basic dXNlcjpwYXNz", same: true, cookie: "session=42" }),
  },
  {
    name: "a session with an adapter and retries",
    language: "python",
    source: code`
import requests
from requests.adapters import HTTPAdapter

class Sessions:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        with requests.Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=3))
            session.headers.update({"X-Token": "abc", "User-Agent": "my-bot/1.0"})
            answer = session.get("http://localhost:8000/echo", params={"q": "a b"})
            echoed = answer.json()
        self.ctx.post("bot", {"token": echoed["token"], "query": echoed["query"], "mine": "my-bot" in (echoed["agent"] or "")})
`,
    says: ["go"],
    means: {
      posts: [{ token: "abc", query: "?q=a+b", mine: false }],
      or: posts(failed(/max_retries|retries|adapter/i)),
    },
  },
  {
    name: "requests.codes and the reasons of errors",
    language: "python",
    source: code`
import requests
from requests.exceptions import ConnectionError, HTTPError, JSONDecodeError, RequestException

class Codes:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        answer = requests.get("http://localhost:8000/broken")
        ok = answer.status_code == requests.codes.ok
        try:
            requests.get("http://localhost:8000/page").json()
        except JSONDecodeError as error:
            problem = type(error).__name__
        try:
            requests.get("https://unlisted.example.com/")
            unlisted = "answered"
        except RequestException:
            unlisted = "refused"
        self.ctx.post("bot", {
            "ok": ok or answer.ok,
            "retry": answer.headers.get("Retry-After"),
            "problem": problem,
            "unlisted": unlisted,
        })
`,
    says: ["go"],
    means: posts({ ok: false, retry: "7", problem: "JSONDecodeError", unlisted: "refused" }),
  },
  {
    name: "the charset of an answer",
    language: "python",
    source: code`
import requests

class Charset:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        answer = requests.get("http://localhost:8000/latin1")
        self.ctx.post("bot", {"text": answer.text, "bytes": len(answer.content)})
`,
    says: ["go"],
    means: posts({ text: "café", bytes: 4 }),
  },
  {
    name: "requests.delete is refused by name",
    language: "python",
    source: code`
import requests

class Deleter:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        requests.delete("http://localhost:8000/echo")
        self.ctx.post("bot", {"text": "deleted"})
`,
    says: ["go"],
    means: {
      posts: [failed(/delete/i, "requests.delete(")],
      or: refused(/delete/i),
    },
  },
  {
    name: "POST with json= and with data=",
    language: "python",
    source: code`
import json
import requests

class Poster:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        first = requests.post("http://localhost:8000/echo", json={"text": msg["body"]["text"]}).json()
        second = requests.post("http://localhost:8000/echo", data={"a": 1, "b": "x y"}).json()
        self.ctx.post("bot", {
            "first": json.loads(first["body"]),
            "type": first["type"],
            "second": second["body"],
            "form": second["type"],
        })
`,
    says: ["hi"],
    means: posts({
      first: { text: "hi" },
      type: "application/json",
      second: "a=1&b=x+y",
      form: "application/x-www-form-urlencoded",
    }),
  },
  {
    name: "urllib with a Request and an HTTPError",
    language: "python",
    source: code`
import json
import urllib.error
import urllib.parse
import urllib.request

class Urllib:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        query = urllib.parse.urlencode({"q": "ä"})
        request = urllib.request.Request(f"http://localhost:8000/echo?{query}", headers={"X-Token": "abc"})
        with urllib.request.urlopen(request, timeout=5) as response:
            echoed = json.load(response)
        try:
            urllib.request.urlopen("http://localhost:8000/missing")
        except urllib.error.HTTPError as error:
            self.ctx.post("bot", {"query": echoed["query"], "token": echoed["token"], "code": error.code})
`,
    says: ["go"],
    means: posts({ query: "?q=%C3%A4", token: "abc", code: 404 }),
  },
  {
    name: "ctx.fetch without await",
    language: "python",
    source: code`
class Fetcher:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        answer = self.ctx.fetch("http://localhost:8000/echo", method="POST", headers={"X-Token": "t"}, body="hello")
        echoed = answer.json()
        self.ctx.post("bot", {"body": echoed["body"], "token": echoed["token"]})
`,
    says: ["go"],
    means: posts({ body: "hello", token: "t" }),
  },
  {
    name: "bad JSON fails with its line",
    language: "python",
    source: code`
import requests

class Parser:
    manifest = {"net": ["localhost:8000"]}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        data = requests.get("http://localhost:8000/page").json()
        self.ctx.post("bot", data)
`,
    says: ["go"],
    means: posts(failed(/JSON/, 'localhost:8000/page"')),
  },
  {
    name: "retries with a typed helper and AbortSignal.timeout",
    language: "typescript",
    source: code`
async function retry<T>(times: number, act: () => Promise<T>): Promise<T> {
  let last: unknown;
  for (let i = 0; i < times; i++) {
    try {
      return await act();
    } catch (error) {
      last = error;
      await new Promise((resolve) => setTimeout(resolve, 2 ** i * 100));
    }
  }
  throw last;
}

export default class Retrying {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    let tries = 0;
    const result = await retry(3, async () => {
      tries++;
      const response = await fetch("http://localhost:8000/broken", { signal: AbortSignal.timeout(2000) });
      if (!response.ok) throw new Error(\`status \${response.status}\`);
      return await response.text();
    }).catch((error: Error) => error.message);
    this.ctx.post("bot", { tries, result });
  }
}
`,
    says: ["go"],
    means: posts({ tries: 3, result: "status 503" }),
  },
  {
    name: "a Response and Headers of its own, with types",
    language: "typescript",
    source: code`
const cache = new Map<string, Response>();

export default class Cached {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  private async get(url: string): Promise<Response> {
    const hit = cache.get(url);
    if (hit) return hit.clone();
    const response = await fetch(url);
    cache.set(url, response.clone());
    return response;
  }
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const first: string[] = await (await this.get("http://localhost:8000/jokes")).json();
    const second: string[] = await (await this.get("http://localhost:8000/jokes")).json();
    const made = new Response("teapot", { status: 418, statusText: "I'm a teapot", headers: new Headers([["x-a", "1"]]) });
    this.ctx.post("bot", { same: first[1] === second[1], made: [made.status, made.ok, made.statusText, await made.text()] });
  }
}
`,
    says: ["go"],
    means: posts({ same: true, made: [418, false, "I'm a teapot", "teapot"] }),
  },
  {
    name: "bad JSON that is caught, and text instead",
    language: "typescript",
    source: code`
export default class Parser {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const response = await fetch("http://localhost:8000/page");
    const text = await response.text();
    try {
      JSON.parse(text);
    } catch (error) {
      const title = /<title>(?<title>[^<]*)<\/title>/.exec(text)?.groups?.title;
      this.ctx.post("bot", { error: (error as Error).name, title, type: response.headers.get("Content-Type") });
    }
  }
}
`,
    says: ["go"],
    means: posts({ error: "SyntaxError", title: "Down", type: "text/html" }),
  },
  {
    name: "a field that an answer does not have fails with its line",
    language: "typescript",
    source: code`
interface Answer { data: { quote: { last: number } } }

export default class Fields {
  static manifest = { net: ["localhost:8000"] };
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const response = await fetch("http://localhost:8000/price/BTC");
    const answer: Answer = await response.json();
    this.ctx.post("bot", { last: answer.data.quote.last });
  }
}
`,
    says: ["go"],
    means: posts(failed(/last|undefined/, "answer.data.quote.last")),
  },
];
