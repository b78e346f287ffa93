/** Hostile bots in JavaScript and TypeScript: a table of data. */
import type { AttackTable } from "./attack.ts";

/** V8 ends native code that nests before the engine would, so the bot can't catch it. */
const NATIVE_DEPTH = { threw: "RangeError: Maximum call stack", line: null };

const LOOPS: AttackTable = {
  "endless loop": ["while (true) {}", "out_of_budget"],
  "endless loop after an await": ["await null; while (true) {}", "out_of_budget"],
  "endless loop behind catch and finally": [
    "for (;;) { try { while (true) {} } catch {} finally { continue } }",
    "out_of_budget",
  ],
  "endless jobs": ["for (;;) await null;", "out_of_budget"],
  "endless microtasks": [
    "const f = () => queueMicrotask(f); f(); await new Promise(() => {})",
    "out_of_budget",
  ],
  "endless timers": [
    "const f = () => setTimeout(f, 1); f(); await new Promise(() => {});",
    "out_of_budget",
  ],
  "endless getter": ["({ get a() { while (true) {} } }).a", "out_of_budget"],
  "endless getter on the thrown error": [
    "throw { get message() { while (true) {} } }",
    "out_of_budget",
  ],
  "endless getter in a body": [
    "this.ctx.post('bot', { get a() { while (true) {} } })",
    "out_of_budget",
  ],
  "endless getter among the options of a post": [
    "this.ctx.post('bot', {}, { get to() { for (;;); } })",
    "out_of_budget",
  ],
  "endless getter in what is fetched": [
    "await fetch({ get href() { for (;;); } })",
    "out_of_budget",
  ],
  "endless toJSON": ["this.ctx.set_state({ toJSON() { for (;;); } })", "out_of_budget"],
  "endless Symbol.toPrimitive": [
    "this.ctx.workspace.write({ [Symbol.toPrimitive]() { for (;;); } }, '')",
    "out_of_budget",
  ],
  "endless Symbol.hasInstance": [
    "({}) instanceof { [Symbol.hasInstance]() { for (;;); } }",
    "out_of_budget",
  ],
  "endless iterator": [
    "for (const x of { *[Symbol.iterator]() { for (;;) yield 1; } });",
    "out_of_budget",
  ],
  "endless async iterator": [
    "for await (const x of (async function* () { for (;;) yield 1 })());",
    "out_of_budget",
  ],
  "endless proxy trap": [
    "this.ctx.post('bot', new Proxy({}, { ownKeys() { for (;;); } }))",
    "out_of_budget",
  ],
  "endless sort comparator": ["[3, 2, 1].sort(() => { for (;;); })", "out_of_budget"],
  "endless replacer": ["'a'.replace('a', () => { for (;;); })", "out_of_budget"],
  "endless prepareStackTrace": [
    "Error.prepareStackTrace = () => { for (;;); }; null.x",
    "out_of_budget",
  ],
  "endless hook getter": [
    {
      source:
        'class B { on_message(m) { if (m.body.text === "go") return { get then() { for (;;); } } } }',
    },
    "out_of_budget",
  ],
  "endless thenable": ["return { then() { for (;;); } }", "out_of_budget"],
  "endless chain of thenables": [
    "return (function f() { return { then(resolve) { resolve(f()) } } })()",
    "out_of_budget",
  ],
  "endless regular expression": ["/(a+)+b/.test('a'.repeat(40))", "out_of_budget"],
  "endless back references": [
    "/(a*)(a*)(a*)(a*)(a*)\\1b/.test('a'.repeat(3000))",
    "out_of_budget",
  ],
};

/** Loops in metered engine code, without code of the bot. */
const NATIVE_LOOPS: AttackTable = {
  "native join": ["new Array(2 ** 32 - 1).join('')", "out_of_budget"],
  "native reverse": ["[].reverse.call({ length: 2 ** 53 - 1 })", "out_of_budget"],
  "native search": ["'a'.repeat(5e6).indexOf('a'.repeat(2e6) + 'b')", "out_of_budget"],
  "native replaceAll": [
    "'a'.repeat(5e6).replaceAll('a'.repeat(2e6) + 'b', '')",
    "out_of_budget",
  ],
  "native sort": ["new Array(2 ** 32 - 1).sort()", "out_of_budget"],
  "native copyWithin": ["[].copyWithin.call({ length: 2 ** 53 - 1 }, 0, 1)", "out_of_budget"],
  "native flat": ["new Array(2 ** 32 - 1).flat()", "out_of_budget"],
  "native fill": ["const b = new Uint8Array(4e6); for (;;) b.fill(1)", "out_of_budget"],
  "native division": [
    "const a = (1n << 1000000n) - 1n, b = (1n << 500000n) - 3n; for (;;) a / b",
    "out_of_budget",
  ],
  "native random bytes": [
    "for (;;) crypto.getRandomValues(new Uint8Array(65536))",
    "out_of_budget",
  ],
  "native date parsing": ["for (;;) Date.parse('x'.repeat(1e6))", "out_of_budget"],
  "native loop behind a catch": [
    "for (;;) try { new Array(2 ** 32 - 1).toString() } catch {}",
    "out_of_budget",
  ],
  "endless calls of the host": [
    "const s = 'x'.repeat(48000); for (;;) this.ctx.set_state(s)",
    "out_of_budget",
  ],
  "endless output": ["const s = 'x'.repeat(1e6); for (;;) console.log(s)", "out_of_budget"],
};

/** Loops in unmetered code: only the end of the process stops them. */
const UNSTOPPABLE: AttackTable = {
  "endless digests": [
    "for (;;) await crypto.subtle.digest('SHA-512', new Uint8Array(4e6))",
    "killed",
  ],
  "endless signatures": [
    "const k = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']); for (;;) await crypto.subtle.sign('HMAC', k, new Uint8Array(4e6))",
    "killed",
  ],
  "endless key derivation": [
    "const key = await crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits']); await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', iterations: 2 ** 31 - 1, salt: new Uint8Array(8) }, key, 512)",
    "killed",
  ],
  "endless key pairs": [
    "for (;;) await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-521' }, true, ['sign', 'verify'])",
    "killed",
  ],
  "endless headers read": [
    "const h = new Headers(); for (let i = 0; i < 2e4; i++) h.set('a' + i, 'b'); for (;;) h.get('a19999')",
    "killed",
  ],
  "endless copies of copies": [
    "let a = ['x'.repeat(1000)]; for (;;) a = structuredClone([a, a])",
    "killed",
  ],
};

const MEMORY: AttackTable = {
  "heap bomb": ["const a = []; for (;;) a.push(new Array(1000).fill({}))", "out_of_memory"],
  "heap bomb that stays reachable": ["globalThis.a = []; for (;;) a.push({})", "out_of_memory"],
  "heap bomb after an await": [
    "globalThis.a = []; await (async () => { await null; for (;;) a.push({}) })()",
    "out_of_memory",
  ],
  "large strings": ["const a = []; for (;;) a.push('x'.repeat(1e5) + a.length)", "out_of_memory"],
  "string doubling": ["let s = 'x'; for (;;) s += s", { threw: "InternalError: string too long" }],
  "string padding": ["'x'.padEnd(2 ** 29)", "out_of_memory"],
  "a string of a gigabyte": ["'x'.repeat(2 ** 30)", { threw: "RangeError: invalid string length" }],
  "huge buffer": ["new ArrayBuffer(3e9)", { threw: "RangeError" }],
  "huge growing buffer": [
    "new ArrayBuffer(1, { maxByteLength: 2 ** 31 }).resize(2 ** 31)",
    { threw: "RangeError: invalid max array buffer length" },
  ],
  "many buffers": ["const a = []; for (;;) a.push(new ArrayBuffer(65536))", "out_of_memory"],
  "huge list": ["new Array(2 ** 26).fill(0)", "out_of_memory"],
  "huge number": ["let x = 3n; for (;;) x = x * x", "out_of_budget"],
  "many large numbers": ["const a = []; for (;;) a.push(1n << 100000n)", "out_of_memory"],
  "endless Map": ["const m = new Map(); for (let i = 0;; i++) m.set(i, {})", "out_of_memory"],
  "endless Set": ["const s = new Set(); for (let i = 0;; i++) s.add('k' + i)", "out_of_memory"],
  "endless closures": ["const a = []; for (let i = 0;; i++) a.push(() => i)", "out_of_memory"],
  "endless properties": ["const o = {}; for (let i = 0;; i++) o['k' + i] = i", "out_of_memory"],
  "endless symbols": [
    "const a = []; for (let i = 0;; i++) a.push(Symbol('s' + i))",
    "out_of_memory",
  ],
  "endless spread": ["[...{ *[Symbol.iterator]() { for (;;) yield 1; } }]", "out_of_memory"],
  "endless generators": [
    "const a = []; for (;;) a.push((function* () { yield })())",
    "out_of_memory",
  ],
  "endless bound functions": ["let f = () => {}; for (;;) f = f.bind(null)", "out_of_memory"],
  "endless headers": ["const h = new Headers(); for (;;) h.append('a', 'b')", "out_of_memory"],
};

/** Attacks that once ended with a wrong outcome, or did not end. */
const CORNERS: AttackTable = {
  "endless async functions": [
    "const a = []; for (;;) a.push((async () => { await a })())",
    "out_of_memory",
  ],
  "endless requests": [
    "for (let i = 0; i < 1e5; i++) fetch('https://127.0.0.1/').catch(() => {}); await new Promise(() => {})",
    "out_of_memory",
  ],
  "endless parameters of a URL": [
    "const p = new URLSearchParams(); for (;;) p.append('a', 'b'.repeat(1000))",
    "out_of_memory",
  ],
  "long text made normal": [
    "for (;;) '\\u1E9B\\u0323'.repeat(1e6).normalize('NFKD')",
    "out_of_memory",
  ],
  "deep copy": [
    "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; structuredClone(o)",
    { threw: "RangeError: Maximum call stack", line: null },
  ],
  "endless random numbers": ["for (;;) Math.random()", "out_of_budget"],
  "endless timers that are too many": [
    "for (let i = 0; i < 1e5; i++) try { this.ctx.set_timer('t' + i, i) } catch {}",
    "out_of_budget",
  ],
};

const RECURSION: AttackTable = {
  "endless recursion": ["const f = () => f(); f()", { threw: "RangeError: Maximum call stack" }],
  "endless async recursion": [
    "const f = async () => { await f() }; await f()",
    { threw: "RangeError: Maximum call stack" },
  ],
  "endless delegation": [
    "function* g() { yield* g() } [...g()]",
    { threw: "RangeError: Maximum call stack" },
  ],
  "a getter that reads itself": [
    "const o = { get a() { return this.a } }; o.a",
    { threw: "RangeError: Maximum call stack" },
  ],
  "a million brackets": ["JSON.parse('['.repeat(1e6))", { threw: "RangeError: Maximum call" }],
  "deep object to JSON": [
    "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o)",
    NATIVE_DEPTH,
  ],
  "deep body": [
    "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; this.ctx.post('bot', o)",
    { threw: "TypeError: ctx.post: body.o" },
  ],
  "a body that posts itself": [
    "const b = { get a() { post('bot', b); return 1 } }; const { post } = this.ctx; post('bot', b)",
    { threw: "RangeError: Maximum call stack" },
  ],
  "deep list made flat": [
    "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.flat(Infinity)",
    { threw: "RangeError: Maximum call stack" },
  ],
  "deep list let go": [
    "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a = null; this.ctx.post('bot', { ok: 1 })",
    { saw: { ok: 1 } },
  ],
  "long chain of classes": [
    "let C = class {}; for (let i = 0; i < 1e4; i++) C = class extends C {}; new C()",
    { threw: "RangeError: Maximum call stack" },
  ],
  "long chain of proxies": [
    "let p = {}; for (let i = 0; i < 2e4; i++) p = new Proxy(p, {}); p.x",
    { threw: "RangeError: Maximum call stack" },
  ],
  "deep regular expression": [
    "new RegExp('(?:'.repeat(1e5) + ')'.repeat(1e5))",
    { threw: "" },
  ],
};

const ENDINGS: AttackTable = {
  "a thenable that never settles": ["await { then() {} }", "never_settled"],
  "a promise that never settles": ["await new Promise(() => {})", "never_settled"],
  "every object a thenable that never settles": [
    "Object.prototype.then = function () {}; await {}",
    "never_settled",
  ],
  "throws an error": ["throw new TypeError('my own')", { threw: "TypeError: my own" }],
  "throws a string": ["throw 'plain'", { threw: "plain", line: null }],
  "throws undefined": ["throw undefined", { threw: "undefined", line: null }],
  "throws a symbol": ["throw Symbol('x')", { threw: "The bot threw a value that", line: null }],
  "throws a function": ["throw () => {}", { threw: "The bot threw a value that", line: null }],
  "throws an error made of traps": [
    "throw new Proxy({}, { get() { throw new Error('trap') } })",
    { threw: "The bot threw a value that", line: null },
  ],
  "throws an error whose message is an object": [
    "throw { message: { toString() { for (;;); } } }",
    { threw: "The bot threw a value that", line: null },
  ],
  "throws an error with a path for a stack": [
    "throw Object.assign(new Error('m'), { stack: '    at file:///etc/passwd:7:7' })",
    { threw: "m", line: null },
  ],
  "throws in a timer": [
    "setTimeout(() => { throw new Error('late') }, 1); await new Promise(() => {})",
    { threw: "late" },
  ],
  "throws where nobody looks": [
    "Promise.reject(new Error('lost')); (async () => { throw 1 })(); await null; this.ctx.post('bot', { ok: 1 })",
    { threw: "lost" },
  ],
};

const LIMITS: AttackTable = {
  "21 posts": [
    "for (let i = 0; i < 21; i++) this.ctx.post('bot', { i })",
    { threw: "a hook may post at most 20 times" },
  ],
  "21 posts, the error caught": [
    "for (let i = 0; i < 21; i++) try { this.ctx.post('bot', { i }) } catch {}",
    { threw: "a hook may post at most 20 times" },
  ],
  "a body too large": [
    "this.ctx.post('bot', 'x'.repeat(16 * 1024))",
    { threw: "the body is 16395 bytes; at most 16384" },
  ],
  "a body too large in UTF-8": [
    "this.ctx.post('bot', 'é'.repeat(8 * 1024))",
    { threw: "the body is 16395 bytes; at most 16384" },
  ],
  "a body too deep": [
    "let o = {}; for (let i = 0; i < 40; i++) o = { o }; this.ctx.post('bot', o)",
    { threw: "the body nests deeper than 32 levels" },
  ],
  "a body that is a list": [
    "this.ctx.post('bot', [1])",
    { threw: "TypeError: ctx.post: the body" },
  ],
  "a body that turns into a list": [
    "this.ctx.post('bot', { toJSON: () => [1] })",
    { threw: "the body must be a JSON object" },
  ],
  "a body that turns into nothing": [
    "this.ctx.post('bot', { toJSON() {} })",
    { threw: "" },
  ],
  "a circular body": ["const o = {}; o.o = o; this.ctx.post('bot', o)", { threw: "TypeError" }],
  "an unknown kind": [
    "this.ctx.post('echo', {})",
    { threw: 'TypeError: ctx.post: the kind must be "bot", "system" or "control"' },
  ],
  "a kind that changes its mind": [
    "let n = 0; this.ctx.post({ toString: () => ['bot', 'user'][n++] }, {})",
    { threw: 'TypeError: ctx.post: the kind must be "bot", "system" or "control"' },
  ],
  "a post to someone who is no player, the error caught": [
    "try { this.ctx.post('bot', 'secret', { to: ['Bob'] }) } catch {} this.ctx.post('bot', 'on')",
    { threw: "to must be a list of player ids" },
  ],
  "a post to a getter that changes its mind": [
    "let n = 0; this.ctx.post('bot', 'secret', { get to() { return n++ ? undefined : 'p1' } })",
    { threw: "to must be a list of player ids" },
  ],
  "a post to something else": [
    "this.ctx.post('bot', 'secret', { to: { toJSON: () => 'p1' } })",
    { threw: "to must be a list of player ids" },
  ],
  "a state too large, the error caught": [
    "try { this.ctx.set_state('x'.repeat(48 * 1024)) } catch {}",
    { threw: "the state is 49154 bytes; at most 49152" },
  ],
  "a state too deep": [
    "let o = {}; for (let i = 0; i < 40; i++) o = { o }; this.ctx.set_state(o)",
    { threw: "the state nests deeper than 32 levels" },
  ],
  "a state that is no JSON": [
    "this.ctx.set_state(() => {})",
    { threw: "TypeError: ctx.set_state: state is a function" },
  ],
  "a result too large": [
    "this.ctx.end('x'.repeat(16 * 1024))",
    { threw: "the result is 16386 bytes; at most 16384" },
  ],
  "a ninth timer, the error caught": [
    "for (let i = 0; i < 9; i++) try { this.ctx.set_timer('t' + i, i) } catch {}",
    { threw: "a bot may have at most 8 timers" },
  ],
  "a timer that is no time": [
    "this.ctx.set_timer('t', Infinity)",
    { threw: "a timer must be 0 to" },
  ],
  "timers that set each other": [
    {
      source: `class B { constructor(c) { this.c = c; }
on_message(m) { if (m.body.text === "go") for (let i = 0; i < 8; i++) this.c.set_timer("t" + i, 0); }
on_timer(name) { this.c.set_timer(name, 0); } }`,
    },
    { announced: "bot:budget_spent" },
  ],
  "a bot that answers itself by another name": [
    {
      source: `class B { constructor(c) { this.c = c; }
on_message(m) { if (m.body.text === "go") { this.c.post("system", { text: "go" }); this.c.post("control", { type: "member_left", player_id: m.sender }); } } }`,
    },
    { announced: "member_left" },
  ],
  "a scratch file too large, the error caught": [
    "try { this.ctx.workspace.write('a', 'x'.repeat(2 ** 20 + 1)) } catch {}",
    { threw: "RangeError: ctx.workspace: at most 1048576 bytes" },
  ],
  "a timer of text": ["setTimeout('1', 0)", { threw: "TypeError: setTimeout: the callback" }],
  "a sealed value in an error": [
    {
      source:
        'class B { constructor(c) { this.c = c; }\non_message(m) { if (m.body.text === "go")\nthrow new Error(this.c.env.API_KEY); } }',
      env: { API_KEY: "correct-horse-battery-staple" },
    },
    { threw: "" },
  ],
};

const REACH: AttackTable = {
  "globals of a host": [
    `const names = ["Deno", "process", "require", "module", "WebAssembly", "Worker", "XMLHttpRequest", "WebSocket", "Atomics", "navigator",
      "self", "window", "global", "eval", "WeakRef", "FinalizationRegistry", "gc", "std", "os", "scriptArgs", "print", "Intl", "postMessage"];
    this.ctx.post("bot", { found: names.filter((name) => name in globalThis) })`,
    { saw: { found: [] } },
  ],
  "what import.meta knows": [
    "this.ctx.post('bot', { known: Reflect.ownKeys(import.meta).map((key) => import.meta[key]) })",
    { saw: { known: [] } },
  ],
  "another channel's bot by way of globals": [
    `globalThis.ctx = this.ctx; Object.prototype.ctx = this.ctx; Array.prototype.push = () => {};
     this.ctx.post("bot", { seen: Object.keys(globalThis).slice(-2) })`,
    { saw: { seen: ["leftover", "ctx"] } },
  ],
  "a path in a stack": [
    "this.ctx.post('bot', { clean: !/file:|\\.[jt]s/.test(new Error('x').stack) })",
    { saw: { clean: true } },
  ],
  "the functions that called it": [
    `let files; Error.prepareStackTrace = (_, sites) => { files = sites.map((site) => site.getFileName()) };
     new Error("x").stack; this.ctx.post("bot", { files: files.filter((file) => file && !["bot", "pre" + "lude"].includes(file)) })`,
    { saw: { files: [] } },
  ],
  "the prelude's own function, called again": [
    `let run; Error.prepareStackTrace = (_, sites) => { run = sites.find((site) => site.getFunctionName() === "run").getFunction() };
     new Error("x").stack; delete Error.prepareStackTrace;
     class Fake { constructor(ctx) { this.ctx = ctx; } on_init() { this.ctx.post("bot", { fooled: this.ctx.players() }) } }
     run(Promise.resolve({ Fake }), "Fake", "", "on_init", "[]", "{}", "null", "[\\"only itself\\"]", "{}"); await new Promise(() => {})`,
    { saw: { fooled: ["only itself"] } },
  ],
  "the caller of a sloppy function": [
    "Function('return this.caller')",
    { refused: "Function(): making code from text is not allowed", line: 3 },
  ],
  "files by URL": [
    `const seen = []; for (const url of ["file:///etc/passwd", "/etc/passwd", "data:,x", "blob:x"]) await fetch(url).then(() => seen.push(url), (e) => seen.push(e.name));
     this.ctx.post("bot", { seen })`,
    { saw: { seen: Array(4).fill("TypeError") } },
  ],
  "this machine": [
    `const seen = []; for (const host of ["localhost", "127.0.0.1", "127.1", "0x7f000001", "[::1]"])
       await fetch("https://" + host + "/healthz").then(() => seen.push(host), (e) => seen.push(e.name)); this.ctx.post("bot", { seen })`,
    { saw: { seen: Array(5).fill("TypeError") } },
  ],
  "the workspace as a way out": [
    `const { workspace } = this.ctx; for (const name of ["../hostile-mark", "/tmp/hostile-mark", "__proto__"]) workspace.write(name, "x");
     this.ctx.post("bot", { files: workspace.list(), proto: typeof {}.hostile })`,
    {
      saw: { files: ["../hostile-mark", "/tmp/hostile-mark", "__proto__"], proto: "undefined" },
    },
  ],
  "measuring time": [
    `const read = () => [Date.now(), performance.now(), new Date().getTime()].join(); const before = read();
     for (let i = 0; i < 1e5; i++); await new Promise((go) => setTimeout(go, 1e6)); this.ctx.post("bot", { stands: read() === before })`,
    { saw: { stands: true } },
  ],
  "measuring time with shared memory": [
    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    { threw: "ReferenceError: Atomics is not defined" },
  ],
};

const TAMPERING: AttackTable = {
  "breaks the language": [
    `const post = this.ctx.post;
     JSON.stringify = JSON.parse = () => { throw new Error("json") };
     Promise.prototype.then = Promise.resolve = undefined;
     Array.prototype[Symbol.iterator] = Array.prototype.push = undefined;
     Array.isArray = () => true; Reflect.apply = Object.freeze = undefined;
     Object.defineProperty(Object.prototype, "kind", { get: () => "forged", set() {} });
     Error.prepareStackTrace = () => { throw new Error("trace") };
     globalThis.TypeError = globalThis.RangeError = undefined;
     setTimeout(() => post("bot", { second: true }), 5);
     post("bot", { first: true });
     await new Promise((resolve) => setTimeout(resolve, 10));`,
    { saw: [{ first: true }, { second: true }] },
  ],
  "setters on every object": [
    `for (const name of ["posts", "state", "outcome", "to", "kind", "body", "nonce", "then"])
       Object.defineProperty(Object.prototype, name, { set() { throw new Error(name) }, get() {} });
     this.ctx.post("bot", { ok: 1 })`,
    { saw: { ok: 1 } },
  ],
  "a setter for the first of every list fails only itself": [
    "Object.defineProperty(Array.prototype, '0', { set() { throw new Error('0') } }); this.ctx.post('bot', { ok: 1 })",
    { threw: "0" },
  ],
  "no prototypes": [
    "Object.setPrototypeOf(globalThis, null); Object.setPrototypeOf(Array.prototype, null); this.ctx.post('bot', { ok: 1 })",
    { saw: { ok: 1 } },
  ],
  "everything frozen": [
    "for (const o of [Object, Array, Promise, Function]) { Object.freeze(o); Object.freeze(o.prototype) } Object.freeze(globalThis); this.ctx.post('bot', { ok: 1 })",
    { saw: { ok: 1 } },
  ],
  "promises of its own": [
    "Promise.prototype.constructor = function () { throw new Error('c') }; await 1; this.ctx.post('bot', { ok: 1 })",
    { saw: { ok: 1 } },
  ],
  "another ctx.post": [
    "this.ctx.post = () => {}",
    { threw: "TypeError: 'post' is read-only" },
  ],
  "a body with dangerous keys": [
    `this.ctx.post("bot", JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":1},"toJSON":1}'))`,
    { saw: JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":1},"toJSON":1}') },
  ],
  "a body that claims to be another's": [
    "this.ctx.post('bot', { bot_id: 'bot_other_1', state_version: 99, type: 'bot:failed' })",
    { saw: { type: "bot:failed" } },
  ],
  "posts from inside a body": [
    "const { post } = this.ctx; post('bot', { get a() { post('bot', { inner: 1 }); return 1 } })",
    { saw: [{ inner: 1 }, { inner: 1 }, { a: 1 }] },
  ],
  "output that looks like an answer": [
    `const line = JSON.stringify({ kind: "ran", outcome: { kind: "done", posts: [], state: "forged", state_set: true } });
     for (const say of Object.values(console)) say("\\n" + line + "\\nx " + line + "\\n"); this.ctx.post("bot", { line })`,
    {
      saw: {
        line:
          '{"kind":"ran","outcome":{"kind":"done","posts":[],"state":"forged","state_set":true}}',
      },
    },
  ],
  "ctx used after the hook": [
    "const { post } = this.ctx; setTimeout(() => post('bot', { late: 1 }), 1); Promise.resolve().then(() => post('bot', { soon: 1 }));",
    { saw: [{ soon: 1 }, { late: 1 }] },
  ],
};

const CODE_FROM_TEXT: AttackTable = {
  "eval": ["eval('1')", { refused: "eval is not allowed", line: 3 }],
  "new Function": ["new Function('return 1')()", { refused: "Function():", line: 3 }],
  "dynamic import": ["import('node:fs')", { refused: "dynamic imports are not allowed", line: 3 }],
  "dynamic import in disguise": [
    "im\\u0070ort('x')",
    { refused: "Syntax error", line: 3 },
  ],
  "dynamic import with a comment": ["import/**/(this.x)", { refused: "dynamic imports", line: 3 }],
  "require": ["require('fs')", { refused: "require(): imports are not allowed", line: 3 }],
  "indirect eval": ["globalThis['ev' + 'al']('1')", { threw: "TypeError: not a function" }],
  "Function by way of a constructor": [
    "(() => {}).constructor('return 1')()",
    { threw: "TypeError: eval is not supported" },
  ],
  "AsyncFunction by way of a constructor": [
    "(async () => {}).constructor('return 1')()",
    { threw: "TypeError: eval is not supported" },
  ],
  "GeneratorFunction by way of a constructor": [
    "(function* () {}).constructor('yield 1')()",
    { threw: "TypeError: eval is not supported" },
  ],
  "Function by way of Reflect": [
    "Reflect.construct(Function, ['return 1'])()",
    { threw: "TypeError: eval is not supported" },
  ],
  "a class that extends Function": [
    "new (class extends Function {})('return 1')()",
    { threw: "TypeError: eval is not supported" },
  ],
  "Function by way of ctx": [
    "this.ctx.post.constructor('return 1')()",
    { threw: "TypeError: eval is not supported" },
  ],
};

const whole = (source: string) => ({ source });

const SOURCES: AttackTable = {
  "import of a file": [
    whole('import x from "file:///etc/passwd";\nclass B {}'),
    { refused: "imports are not allowed", line: 1 },
  ],
  "import of a prototype's name": [
    whole('import x from "lib:__proto__";\nclass B {}'),
    { refused: 'import "lib:__proto__": imports are not allowed', line: 1 },
  ],
  "import of a prototype's method": [
    whole('import x from "lib:toString";\nclass B {}'),
    { refused: 'import "lib:toString"', line: 1 },
  ],
  "import of a path": [
    whole('\nimport x from "lib:../chess.js";\nclass B {}'),
    { refused: 'import "lib:../chess.js"', line: 2 },
  ],
  "import of the bot itself": [
    whole('import x from "bot";\nclass B {}'),
    { refused: 'import "bot"', line: 1 },
  ],
  "export from elsewhere": [
    whole('class B {}\nexport * from "lib:chess.js";'),
    { refused: "export from", line: 2 },
  ],
  "a module that answers whoever awaits it": [
    whole("export default class A {}\nexport function then(r) { r({ default: class {} }); }"),
    { refused: 'An export called "then"', line: 2 },
  ],
  "endless loop while loading": [whole("class B {}\nfor (;;);"), { refused: "too much work" }],
  "endless static block": [
    whole("class B { static { for (;;); } }"),
    { refused: "too much work" },
  ],
  "endless manifest": [
    whole("class B { static get manifest() { for (;;); } }"),
    { refused: "too much work" },
  ],
  "native loop in a manifest": [
    whole("class B { static manifest = { x: new Array(2 ** 32 - 1).join('') } }"),
    { refused: "too much work" },
  ],
  "full memory while loading": [
    whole("class B {}\nconst a = []; for (;;) a.push([1, 2, 3]);"),
    { refused: "too much memory" },
  ],
  "loading that never ends": [
    whole("class B {}\nawait new Promise(() => {});"),
    { refused: "never ends" },
  ],
  "an error while loading": [whole("class B {}\nnull.x;"), { refused: "Loading failed", line: 2 }],
  "a manifest too large": [
    whole("class B { static manifest = { x: 'x'.repeat(5000) } }"),
    { refused: "manifest is 5008 bytes; at most 4096" },
  ],
  "a manifest with private hosts": [
    whole("class B { on_init() {} static manifest = { net: ['127.0.0.1'] } }"),
    { refused: "manifest.net" },
  ],
  "a source too deep": [whole(`class B { x = ${"[".repeat(20_000)} }`), { refused: "" }],
  "an error in TypeScript": [
    whole(
      "interface M {\n  body: { text: string };\n}\nexport default class B {\n  constructor(private ctx: unknown, private n: number) {}\n  on_message(m: M): void {\n    if (m.body.text === 'go') (null as unknown as M).body;\n  }\n}",
    ),
    { threw: "TypeError", line: 7 },
  ],
};

export const JAVASCRIPT_ATTACKS: AttackTable = {
  ...LOOPS,
  ...NATIVE_LOOPS,
  ...UNSTOPPABLE,
  ...MEMORY,
  ...CORNERS,
  ...RECURSION,
  ...ENDINGS,
  ...LIMITS,
  ...REACH,
  ...TAMPERING,
  ...CODE_FROM_TEXT,
  ...SOURCES,
};
