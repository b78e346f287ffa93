/** Bots that post everything they can observe of their machine, for warm_and_cold_test.ts. Each is
 *  the body of `on_init`. A difference between two hosts would mean that a hook has inputs besides
 *  its job. */

/** Uses everything that a JavaScript bot has, so that patched functions are called. */
const USE_EVERYTHING = `
const results = [];
this.ctx.set_state({ b: 1, a: [this.ctx.get_state(), this.params] });
this.ctx.set_timer("later", 5);
this.ctx.workspace.write("f", "text");
results.push(this.ctx.workspace.list(), this.ctx.workspace.read("f"), this.ctx.players(), this.ctx.env);
const answers = await Promise.all([1, 2, 3].map((n) => fetch("https://site" + n + ".example/").catch((e) => e.message)));
const chain = await this.ctx.tls_certificate("site.example").catch((e) => e.message);
for (const ms of [3, 1, 2]) setTimeout(() => results.push(ms), ms);
await new Promise((resolve) => setTimeout(resolve, 9));
results.push(answers, chain, Math.random(), Date.now(), performance.now(), crypto.randomUUID());
results.push([...new Headers({ b: "1", a: "2" })], new URL("https://a.example/?q=1").searchParams.get("q"));
`;

/** Wraps every function of an object, so that it records the arguments of each call. */
const SPY = `
const { apply, ownKeys } = Reflect;
const { getOwnPropertyDescriptor, defineProperty } = Object;
const { stringify } = JSON;
const { isArray } = Array;
const seen = [];
let count = 0, noting = false;
const shown = (value, depth = 0) => {
  if (typeof value === "function") return "f";
  if (typeof value !== "object" || value === null) return typeof value === "symbol" ? "symbol" : "" + value;
  if (depth === 2) return isArray(value) ? "[]" : "{}";
  let text = "";
  const keys = ownKeys(value);
  for (let i = 0; i < keys.length && i < 9; i++) {
    const { value: held } = getOwnPropertyDescriptor(value, keys[i]) ?? {};
    text += shown(keys[i]) + ":" + shown(held, depth + 1) + ",";
  }
  return "{" + text + "}";
};
const note = (name, args) => {
  if (noting) return;
  noting = true;
  count++;
  if (seen.length < 400) seen[seen.length] = (name + "(" + shown(args) + ")").slice(0, 120);
  noting = false;
};
const spyOn = (object, name) => {
  for (const key of ownKeys(object)) {
    const { value, writable } = getOwnPropertyDescriptor(object, key);
    if (typeof value !== "function" || !writable || key === "constructor") continue;
    defineProperty(object, key, {
      writable: true, configurable: true,
      value(...args) { note(name + "." + shown(key), args); return apply(value, this, args); },
    });
  }
};
const tell = (ctx, results) => {
  noting = true;
  ctx.post("bot", { count, results: stringify(results) ?? "", seen: stringify(seen.slice(0, 100)) });
};
`;

const spying = (patch: string) =>
  `${SPY}\n${patch}\ntry {${USE_EVERYTHING}\ntell(this.ctx, results); } catch (e) { tell(this.ctx, [e.name, e.message]); }`;

const SPIED = [
  ["Map.prototype", "Set.prototype", "WeakMap.prototype"],
  ["Array.prototype"],
  ["Promise.prototype"],
  ["Promise"],
  ["Object.prototype"],
  ["Object", "Reflect"],
  ["Function.prototype"],
  ["JSON", "Number", "Math"],
  ["RegExp.prototype", "String.prototype", "String"],
  ["Error.prototype", "Error"],
  ["Uint8Array.prototype", "Uint8Array.prototype.__proto__", "ArrayBuffer.prototype"],
  ["Headers.prototype", "URL.prototype", "URLSearchParams.prototype", "Response.prototype"],
  ["TextDecoder.prototype", "TextEncoder.prototype"],
];

/** An inherited accessor that records every access to the property. */
const LOOKED_FOR = ["then", "resolve", "reject", "id", "due", "status", "url", "headers", "toJSON"];

export const SPYING_JAVASCRIPT: Record<string, string> = {
  ...Object.fromEntries(
    SPIED.map((objects) => [
      `spies on ${objects.join(" and ")}`,
      spying(objects.map((object) => `spyOn(${object}, "${object}");`).join("\n")),
    ]),
  ),
  ...Object.fromEntries(
    ["Object.prototype", "Promise.prototype", "Array.prototype"].map((object) => [
      `accessors on ${object}`,
      spying(`for (const key of ${JSON.stringify([...LOOKED_FOR, "0", "1", "2"])}) {
  const old = getOwnPropertyDescriptor(${object}, key)?.value;
  defineProperty(${object}, key, {
    configurable: true,
    get() { note("get " + key, [this]); return old; },
    set(value) { note("set " + key, [value]); defineProperty(this, key, { value, writable: true, configurable: true, enumerable: true }); },
  });
}`),
    ]),
  ),
  "species and constructors": spying(`
for (const C of [Array, Promise, Map, Set, RegExp, ArrayBuffer, Uint8Array.__proto__]) {
  defineProperty(C, Symbol.species, { configurable: true, get() { note(C.name + " species", []); return C; } });
  defineProperty(C.prototype, "constructor", { configurable: true, get() { note(C.name + " constructor", []); return C; } });
}`),
  "globals behind a proxy": spying(`
Object.setPrototypeOf(globalThis, new Proxy(Object.getPrototypeOf(globalThis), {
  get(target, key, receiver) { note("get " + shown(key), []); return Reflect.get(target, key, receiver); },
  has(target, key) { note("has " + shown(key), []); return key in target; },
}));
for (const key of ownKeys(globalThis)) {
  const { value, configurable } = getOwnPropertyDescriptor(globalThis, key);
  if (!configurable || typeof value !== "function") continue;
  defineProperty(globalThis, key, { configurable: true, get() { note("global " + shown(key), []); return value; } });
}`),
  "stack traces": spying(`
Error.stackTraceLimit = 50;
Error.prepareStackTrace = (error, frames) => {
  note("trace", [error.message, "" + frames.map((f) => [f.getFunctionName?.(), f.getFileName?.(), f.getLineNumber?.(), f.getColumnNumber?.(), f.isNative?.()])]);
  return "x";
};
try { null.x } catch (e) { note("stack", [e.stack]); }
try { this.ctx.post("none", {}) } catch (e) { note("stack", [e.stack]); }
try { this.ctx.workspace.read("none") } catch (e) { note("stack", [e.stack]); }`),
  "the words of refusals": `
const results = [];
for (const body of [{ toJSON() {} }, { toJSON: () => "x" }, [], 1n]) {
  try { this.ctx.post("bot", body) } catch (e) { results.push(e.message) }
}
throw new Error(JSON.stringify(results));`,
  "a body that is no JSON": "this.ctx.post('bot', { toJSON() { return undefined } })",
  "rejections, intervals and signals": `
const told = [];
for (let n = 0; n < 20; n++) Promise.reject(n).catch((e) => told.push(e));
let ticks = 0;
const id = setInterval(() => { told.push("tick"); if (++ticks === 3) clearInterval(id); }, 2);
AbortSignal.timeout(3).addEventListener("abort", (event) => told.push(event.type, event.target.reason.message));
for (const ask of [() => fetch("https://a.org/"), () => new Response("<").json(), () => fetch("x", { a: 1 })]) {
  try { await ask(); } catch (e) { told.push(e.message, e.stack); }
}
setTimeout(() => this.ctx.post("bot", { told }), 50);`,
  "a rejection that nothing handles": "this.ctx.post('bot', 'x'); Promise.reject(new Error('y'));",
  "locales":
    `this.ctx.post("bot", { told: [(1234567.891).toLocaleString(), new Date().toLocaleString(),
  (0.256).toLocaleString("en-US", { style: "percent" }), [1234.5, 2n].toLocaleString()] });`,
  "an end that is no JSON": "this.ctx.end({ toJSON() { return Symbol() } })",
  "a state of half characters": "this.ctx.set_state('\\ud800'); this.ctx.post('bot', 'half')",
  "the depth of recursion through everything": `
const depths = {};
const through = {
  calls: (f) => f(),
  map: (f) => [0].map(f),
  reduce: (f) => [0, 0].reduce(f),
  replace: (f) => "x".replace("x", f),
  json: (f) => JSON.stringify({ toJSON: f }),
  getter: (f) => ({ get x() { return f(); } }).x,
  proxy: (f) => new Proxy({}, { get: f }).x,
  sort: (f) => [2, 1].sort(f),
  spread: (f) => [...{ [Symbol.iterator]: () => (f(), [][Symbol.iterator]()) }],
  construct: (f) => new (class { constructor() { f(); } })(),
  bound: (f) => f.bind(null)(),
  apply: (f) => Reflect.apply(f, null, []),
  generator: (f) => [...(function* () { yield f(); })()],
};
for (const [name, call] of Object.entries(through)) {
  let n = 0;
  const down = () => { n++; call(down); return 0; };
  try { down(); } catch { /* It is deep enough. */ }
  depths[name] = n;
}
this.ctx.post("bot", depths);`,
  "the last bytes of memory": `
const held = [];
let n = 0;
try { for (;;) { held[n] = new Uint8Array(4096 - n % 7); n++; } } catch (e) { held.length = 0; this.ctx.post("bot", { n, e: "" + e }); }`,
};

export const SPYING_PYTHON: Record<string, string> = {
  "addresses, counters and the order of sets": `import sys
class Thing: pass
things = [Thing() for _ in range(50)]
gc = sys.modules['gc']
self.ctx.post('bot', {
    'ids': [id(x) for x in (self, self.ctx, self.params, things, sys, type(self), 'text')],
    'set': [things.index(x) for x in set(things)], 'strings': list({str(n) for n in range(60)}),
    'repr': [repr(object()), repr(Thing), repr(things[0]), hash(things[1])],
    'gc': [gc.get_count(), gc.get_stats(), len(gc.get_objects()), gc.get_threshold(), gc.get_freeze_count()],
    'sys': [sys.getallocatedblocks(), sys.getrefcount(None), sys.getsizeof(self.params), sorted(sys.modules), sys.flags.hash_randomization],
})`,
  "every object there is": `import sys, hashlib
digest = hashlib.sha256()
count = 0
for found in sys.modules['gc'].get_objects():
    count += 1
    digest.update(f"{id(found)} {type(found).__name__} ".encode())
    if type(found) in (dict, list, tuple, set) and len(found) < 500:
        for item in list(found):
            if type(item) in (str, int, float, bytes):
                digest.update(f"{id(item)} {item!r}".encode())
    if type(found) is dict:
        for name, item in list(found.items()):
            if type(item) in (str, int, float, bytes):
                digest.update(f"{name!r} {id(item)} {item!r}".encode())
self.ctx.post('bot', {'count': count, 'digest': digest.hexdigest()})`,
  "frames and tracebacks": `import sys, traceback
results = []
def frames(frame):
    while frame is not None:
        results.append([frame.f_code.co_name, frame.f_code.co_filename, frame.f_lineno, sorted(map(str, frame.f_locals)), len(frame.f_globals)])
        frame = frame.f_back
frames(sys._getframe())
try:
    self.ctx.post('none', {})
except TypeError as error:
    results.append(traceback.format_exception(error))
job = sys._getframe(1).f_locals['job']
self.ctx.post('bot', {'results': results, 'job': {name: [id(value), value] for name, value in job.items() if name != 'code'}})`,
  "globals of everything around": `import sys, hashlib
of = type(self.ctx).post.__globals__
self.ctx.post('bot', {
    'limits': list(of['LIMITS'].items()), 'settings': {name: value for name, value in of['settings'].items() if name != 'files'},
    'names': sorted(of), 'context': [sorted(vars(of[name])) for name in ('network', 'vetting')],
    'files': hashlib.sha256(repr(sorted(of['settings']['files'].items())).encode()).hexdigest(),
})`,
  "builtins that spy": `import sys
builtins = sys.modules['builtins']
seen = []
def spy(name, real):
    def called(*args, **options):
        if len(seen) < 300:
            seen.append(f"{name} {[repr(a)[:60] for a in args]}"[:120])
        return real(*args, **options)
    return called
real = {name: getattr(builtins, name) for name in ('len', 'sum', 'getattr', 'hasattr', 'sorted', 'next', 'iter', 'id', 'hash', 'max')}
of = type(self.ctx).post.__globals__
for name, function in real.items():
    setattr(builtins, name, spy(name, function))
for module in (of['network'], sys.modules['json'], sys.modules['random'], sys.modules['base64']):
    for name, value in list(vars(module).items()):
        if callable(value) and not isinstance(value, type) and not name.startswith('__'):
            setattr(module, name, spy(f"{module.__name__}.{name}", value))
for name in ('loads', 'dumps', 'ask'):
    of[name] = spy(name, of[name])
for site in ('one', 'two', 'three'):
    try:
        self.ctx.fetch(f'https://{site}.example/')
    except OSError as error:
        seen.append(repr(error))
self.ctx.set_state({'b': self.ctx.get_state(), 'a': self.params, 'players': self.ctx.players()})
with open('f', 'w') as file: file.write('text')
for name, function in real.items():
    setattr(builtins, name, function)
self.ctx.post('bot', {'seen': seen[:150]})`,
  "the line to the host": `import sys, hashlib
posix = sys.modules['posix']
results = []
for message in (b'["job"]', b'["settings"]', b'["code","x"]', b'["net",{"kind":"fetch","url":"https://a.example/"}]', b'["net",{"kind":"tls","host":"a.example","port":443}]', b'["nothing"]', b'["post","bot","{\\\\"a\\\\":1}",""]'):
    length = posix.write(1, message)
    results.append([length, hashlib.sha256(posix.read(0, length)).hexdigest() if length else ''])
results.append([posix.read(0, 5).hex(), dict(posix.environ), posix.getpid() if hasattr(posix, 'getpid') else None])
self.ctx.post('bot', {'results': [str(each) for each in results]})`,
  "a message that is no JSON, by hand": `import sys
sys.modules['posix'].write(1, b'["post","bot","{",""]')`,
  "a message of no kind, by hand": `import sys
sys.modules['posix'].write(1, b'[')`,
  "clocks and chance": `import time
import random, secrets, uuid
self.ctx.post('bot', {
    'times': [time.time_ns(), time.monotonic_ns(), time.perf_counter_ns(), time.process_time_ns(), time.thread_time_ns(), time.localtime().tm_gmtoff, time.tzname],
    'chance': [random.random(), random.getstate()[1][:5], secrets.token_hex(4), str(uuid.uuid1()), uuid.getnode()],
    'after': random.Random().random(),
})`,
  "the whole of what it is given": `import hashlib
given = [self.params, self.ctx.get_state(), self.ctx.players(), dict(self.ctx.env)]
self.ctx.post('bot', {
    'order': [list(x) for x in (self.params, self.ctx.get_state(), *self.ctx.players())], 'repr': repr(given),
    'hash': hashlib.sha256(repr(given).encode()).hexdigest(), 'ids': [id(x) for x in given], 'set': list({repr(x) for x in self.params.items()}),
})`,
  "the depth of recursion through everything": `import json, functools, copy
depths = {}
def measured(name, through):
    count = 0
    def down(*_):
        nonlocal count
        count += 1
        return through(down)
    try:
        down()
    except RecursionError:
        pass
    depths[name] = count
measured('calls', lambda f: f())
measured('map', lambda f: list(map(f, [0])))
measured('sorted', lambda f: sorted([0], key=f))
measured('reduce', lambda f: functools.reduce(f, [0, 0]))
class Deep:
    def __init__(self, f): self.f = f
    def __repr__(self): return str(self.f())
measured('repr', lambda f: repr([Deep(f)]))
measured('property', lambda f: type('T', (), {'x': property(f)})().x)
self.ctx.post('bot', depths)`,
  "the last bytes of memory": `held = []
count = 0
try:
    while True:
        held.append(bytes(65536 - count % 7))
        count += 1
except MemoryError:
    held.clear()
self.ctx.post('bot', {'count': count})`,
};
