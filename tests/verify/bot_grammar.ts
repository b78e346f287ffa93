/** Generates bots from a grammar. Their sources spread, store, hash, sort, dump or throw their
 *  inputs as a whole, so that any difference between the inputs on the server and in the replay
 *  shows in the output. Equal seeds give equal bots. */
import type { BotLanguage } from "../../src/domain/bot/bot.ts";
import { Chooser } from "../support/chooser.ts";

export interface GeneratedBot {
  language: BotLanguage;
  source: string;
  params: Record<string, unknown>;
  /** The bodies of the messages to the bot, in order. */
  bodies: Record<string, unknown>[];
}

type Rule = (g: Chooser, depth: number) => string;

const KEYS = ["zebra", "apple", "10", "9", "é", "b", "a", "Z", "to", "__x", "type_", "ключ"];
const VALUES = [0, -1, 1.5, 1e21, 1e-7, 123456789012, true, false, null, "", "text", "😀 é", "\\n"];

/** A JSON value whose keys are in no particular order. */
export function jsonFrom(g: Chooser, depth: number): unknown {
  const kind = depth === 0 ? 0 : g.below(3);
  if (kind === 0) return g.of(VALUES);
  if (kind === 1) return Array.from({ length: g.below(4) }, () => jsonFrom(g, depth - 1));
  return objectFrom(g, depth);
}

export function objectFrom(g: Chooser, depth: number): Record<string, unknown> {
  const pairs = Array.from(
    { length: 2 + g.below(4) },
    () => [g.of(KEYS), jsonFrom(g, depth - 1)] as const,
  );
  return Object.fromEntries(pairs);
}

/** Chooses an alternative at random. `leaves` need no other rule, so the recursion ends there. */
const oneOf = (leaves: readonly string[], rules: readonly Rule[]): Rule => (g, depth) =>
  depth <= 0 || g.below(4) === 0 ? g.of(leaves) : g.of(rules)(g, depth - 1);

const jsObject: Rule = oneOf(["msg", "this.params", "state"], [
  (g, d) => `{ ...${jsObject(g, d)}, ...${jsObject(g, d)} }`,
  (g, d) => `Object.assign({ n: ${g.below(9)} }, ${jsObject(g, d)})`,
  (g, d) => `Object.fromEntries(Object.entries(${jsObject(g, d)}).reverse())`,
  (g, d) => `Object.fromEntries(new Map(Object.entries(${jsObject(g, d)})))`,
  (g, d) => `structuredClone(${jsObject(g, d)})`,
  (g, d) => `(({ id, ...rest }) => rest)(${jsObject(g, d)})`,
  (g, d) => `JSON.parse(JSON.stringify(${jsObject(g, d)}))`,
]);
const jsValue: Rule = oneOf(["this.ctx.players()", "msg.body", "msg"], [
  jsObject,
  (g, d) => `[${jsValue(g, d)}, ${jsObject(g, d)}]`,
  (g, d) => `Object.entries(${jsObject(g, d)})`,
  (g, d) => `[...new Set(Object.values(${jsObject(g, d)}))]`,
  (g, d) => `{ ${g.of(["x", "y"])}: ${jsValue(g, d)} }`,
]);
const jsText: Rule = oneOf(["JSON.stringify(msg)", "JSON.stringify(this.params)"], [
  (g, d) => `JSON.stringify(${jsValue(g, d)})`,
  (g, d) => `JSON.stringify(${jsValue(g, d)}, null, ${g.below(3)})`,
  (g, d) => `Object.keys(${jsObject(g, d)}).join(" ")`,
  (g, d) => `String(Object.values(${jsObject(g, d)}))`,
  (g, d) => `await digest(${jsText(g, d)})`,
  (g, d) => `[...new Set(${jsText(g, d)})].join("")`,
  (g, d) => `[...${jsText(g, d)}].sort().join("").slice(-60)`,
]);
const jsStatement: Rule = (g, d) =>
  g.of<Rule>([
    (g, d) => `this.ctx.post("bot", { type: "said", text: (${jsText(g, d)}).slice(0, 500) });`,
    (g, d) => `this.ctx.post("bot", { type: "whole", whole: ${jsValue(g, Math.min(d, 2))} });`,
    (g, d) => `this.ctx.post("bot", ${jsObject(g, Math.min(d, 1))});`,
    (g, d) => `state.hash = await digest((state.hash ?? "") + ${jsText(g, d)});`,
    () => `state.last = msg;`,
    () => `state.seen = [...new Set([...(state.seen ?? []), ...Object.keys(msg)])];`,
    () => `state[msg.sender] = Math.random();`,
    (g, d) => `if (msg.id % 4 === ${g.below(4)}) throw new Error((${jsText(g, d)}).slice(0, 300));`,
    (g, d) =>
      `try { throw new TypeError(${
        jsText(g, d)
      }); } catch (e) { this.ctx.post("bot", { type: "caught", text: (e.message + e.stack).slice(0, 400) }); }`,
    () => `this.ctx.set_timer("t" + (msg.id % 3), ${3_600_000});`,
    () =>
      `if (/^p\\d/.test(msg.sender)) this.ctx.post("bot", { type: "hush", ...msg }, { to: [msg.sender] });`,
    () =>
      `await fetch("https://a.example/?q=" + msg.id).catch((e) => this.ctx.post("bot", { type: "refused", text: e.message, msg }));`,
    () =>
      `setTimeout(() => this.ctx.post("bot", { type: "late", now: Date.now(), die: Math.random(), msg }), ${
        g.below(9)
      });`,
  ])(g, d);

const pyObject: Rule = oneOf(["msg", "self.params", "state"], [
  (g, d) => `{**${pyObject(g, d)}, **${pyObject(g, d)}}`,
  (g, d) => `(${pyObject(g, d)} | {'n': ${g.below(9)}})`,
  (g, d) => `dict(reversed(${pyObject(g, d)}.items()))`,
  (g, d) => `copy.deepcopy(${pyObject(g, d)})`,
  (g, d) => `json.loads(json.dumps(${pyObject(g, d)}))`,
  (g, d) => `{str(k): v for k, v in ${pyObject(g, d)}.items()}`,
]);
const pyValue: Rule = oneOf(["self.ctx.players()", "msg['body']", "msg"], [
  pyObject,
  (g, d) => `[${pyValue(g, d)}, ${pyObject(g, d)}]`,
  (g, d) => `list(${pyObject(g, d)})`,
  (g, d) => `list(set(${pyObject(g, d)}))`,
  (g, d) => `list(map(str, {object() for _ in range(9)} | set(${pyObject(g, d)})))`,
  (g, d) => `[id(x) for x in ${pyObject(g, d)}.values()]`,
]);
const pyText: Rule = oneOf(["repr(msg)", "str(self.params)", "json.dumps(msg)"], [
  (g, d) => `repr(${pyValue(g, d)})`,
  (g, d) => `json.dumps(${pyValue(g, d)}${g.of(["", ", indent=1", ", sort_keys=True"])})`,
  (g, d) => `' '.join(${pyObject(g, d)})`,
  (g, d) => `pprint.pformat(${pyValue(g, d)})`,
  (g, d) => `hashlib.sha256((${pyText(g, d)}).encode()).hexdigest()`,
  (g, d) => `str(hash(${pyText(g, d)}))`,
  (g, d) => `''.join(set(${pyText(g, d)}))`,
  (g, d) => `str({self.Thing(k) for k in ${pyObject(g, d)}})`,
]);
const pyStatement: Rule = (g, d) =>
  g.of<Rule>([
    (g, d) => `self.ctx.post('bot', {'type': 'said', 'text': (${pyText(g, d)})[:500]})`,
    (g, d) => `self.ctx.post('bot', {'type': 'whole', 'whole': ${pyValue(g, Math.min(d, 2))}})`,
    (g, d) => `self.ctx.post('bot', ${pyObject(g, Math.min(d, 1))})`,
    (g, d) =>
      `state['hash'] = hashlib.sha256((state.get('hash', '') + ${
        pyText(g, d)
      }).encode()).hexdigest()`,
    () => `state['last'] = msg`,
    () => `state['seen'] = list({*state.get('seen', []), *msg})`,
    () => `state[msg['sender']] = random.random()`,
    (g, d) => `if msg['id'] % 4 == ${g.below(4)}: raise ValueError((${pyText(g, d)})[:300])`,
    (g, d) =>
      `try: raise KeyError(${pyText(g, d)})
        except KeyError as error: self.ctx.post('bot', {'type': 'caught', 'text': ''.join(traceback.format_exception(error))[:400]})`,
    () => `self.ctx.set_timer('t' + str(msg['id'] % 3), 3600000)`,
    () =>
      `if msg['kind'] == 'user': self.ctx.post('bot', {'type': 'hush', **msg}, to=[msg['sender']])`,
    () =>
      `try: requests.get('https://a.example/', params={'q': msg['id']})
        except requests.RequestException as error: self.ctx.post('bot', {'type': 'refused', 'text': repr(error), 'msg': msg})`,
    () =>
      `self.ctx.post('bot', {'type': 'order', 'of': [str(x) for x in {*map(str, msg.items())}]})`,
  ])(g, d);

const HOOK_END = { type: "end_of_hook" };

function javascript(g: Chooser, typed: boolean): string {
  const t = (type: string) => typed ? `: ${type}` : "";
  const statements = Array.from({ length: 2 + g.below(4) }, () => jsStatement(g, 1 + g.below(3)));
  const parameters = typed
    ? "private ctx: BotContext, private params: Record<string, unknown>"
    : "ctx, params";
  return `${typed ? "interface Held { [name: string]: any }\n" : ""}
const digest = async (text${t("string")})${t("Promise<string>")} =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))].join("-");
export default class Bot {
  static manifest = { summary: "from a grammar", net: [] };
  constructor(${parameters}) {${typed ? "" : " this.ctx = ctx; this.params = params; "}}
  on_init() { this.ctx.post("bot", { type: "ready", params: this.params }); }
  on_join(player${
    t("string")
  }) { this.ctx.post("bot", { type: "hello", player, ...this.params, players: this.ctx.players() }); }
  async on_message(msg${t("any")}) {
    const state${t("Held")} = this.ctx.get_state()${typed ? " as Held | null" : ""} ?? {};
    ${statements.join("\n    ")}
    this.ctx.set_state(state);
    this.ctx.post("bot", ${JSON.stringify(HOOK_END)});
  }
}
`;
}

function python(g: Chooser): string {
  const statements = Array.from({ length: 2 + g.below(4) }, () => pyStatement(g, 1 + g.below(3)));
  return `import copy, hashlib, json, pprint, random, requests, traceback

class Bot:
    class Thing:
        def __init__(self, name): self.name = name
        def __repr__(self): return f'<{self.name}>'
    manifest = {'summary': 'from a grammar', 'net': []}
    def __init__(self, ctx, params):
        self.ctx, self.params = ctx, params
    def on_init(self):
        self.ctx.post('bot', {'type': 'ready', 'params': self.params})
    def on_join(self, player):
        self.ctx.post('bot', {'type': 'hello', 'player': player, **self.params, 'players': self.ctx.players()})
    def on_message(self, msg):
        state = self.ctx.get_state() or {}
        ${statements.join("\n        ")}
        self.ctx.set_state(state)
        self.ctx.post('bot', ${JSON.stringify(HOOK_END)})
`;
}

const LANGUAGES = ["typescript", "javascript", "python"] as const;

/** The n-th bot of a seed. The languages alternate. */
export function generatedBot(seed: number, n: number): GeneratedBot {
  const g = new Chooser(seed * 100_003 + n);
  const language = LANGUAGES[n % LANGUAGES.length]!;
  const source = language === "python" ? python(g) : javascript(g, language === "typescript");
  const bodies = Array.from({ length: 2 + g.below(2) }, () => objectFrom(g, 3));
  return { language, source, params: objectFrom(g, 3), bodies };
}
