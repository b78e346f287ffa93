/** Hooks that use everything that could differ between two runs, as bodies of `on_init`, for
 *  determinism_test.ts. */

export const VARIED_JAVASCRIPT: Record<string, string> = {
  "random numbers":
    "this.ctx.post('bot', { n: Array.from({ length: 200 }, Math.random), m: Math.random() < 0.5 })",
  "random bytes":
    "this.ctx.post('bot', { id: crypto.randomUUID(), b: [...crypto.getRandomValues(new Uint8Array(64))] })",
  "time and dates":
    "const d = new Date(); this.ctx.post('bot', { now: Date.now(), p: performance.now(), s: String(d), l: d.toLocaleString(), t: d.toLocaleTimeString(), j: d, z: d.getTimezoneOffset(), q: Date.parse('2026-03-29T01:30') })",
  "timers":
    "const seen = []; for (const ms of [5, 1, 5, 0, 3]) setTimeout(() => seen.push([ms, Date.now()]), ms); await new Promise((r) => setTimeout(r, 9)); this.ctx.post('bot', { seen })",
  "the order of jobs":
    "const seen = []; queueMicrotask(() => seen.push(1)); Promise.resolve().then(() => seen.push(2)); setTimeout(() => seen.push(3)); (async () => { await 0; seen.push(4) })(); await new Promise((r) => setTimeout(r, 1)); this.ctx.post('bot', { seen })",
  "regular expressions":
    "this.ctx.post('bot', { a: [...'a1b22c333'.matchAll(/(?<l>[a-z])(\\d+)/g)].map((m) => [m.index, m.groups.l, m[2]]), u: 'straße İ'.toUpperCase(), s: 'x'.replace(/x/, '$&$&'), n: 'é'.normalize('NFD').length })",
  "sorting":
    "const a = Array.from({ length: 500 }, (_, i) => ({ k: (i * 7919) % 13, i })); let n = 0; this.ctx.post('bot', { s: a.toSorted((x, y) => x.k - y.k).map(({ i }) => i), r: a.map(({ i }) => i).sort(() => ++n % 3 - 1), t: ['é', 'z', 'a', 'Z'].sort(), l: ['é', 'z', 'a', 'Z'].sort((x, y) => x.localeCompare(y)) })",
  "the order of maps and keys":
    "const m = new Map(); for (let i = 0; i < 100; i++) m.set((i * 37) % 101, i); m.delete(37); const o = { b: 1, 2: 1, a: 1, 1: 1 }; o[Symbol.iterator] = 0; this.ctx.post('bot', { m: [...m], s: [...new Set([3, 1, 2, 1])], o: Object.keys(o) })",
  "numbers":
    "this.ctx.post('bot', { f: [0.1 + 0.2, 1e21, 5e-324, -0, 1 / 3, (1.005).toFixed(2), (255).toString(36), String(1e300 * 1e10)], m: [Math.sin(1e6), Math.tan(1), Math.pow(2, 0.5), Math.exp(1), Math.cbrt(3), Math.hypot(3, 4, 5)], b: String(3n ** 200n), i: Number.MAX_SAFE_INTEGER })",
  "JSON":
    "this.ctx.post('bot', { t: JSON.stringify({ a: [1, 'é\\u2028', null, undefined, NaN], d: new Date(0), n: 1e21 }, null, 2), p: JSON.parse('{\"b\":1,\"a\":{\"__proto__\":1}}') })",
  "cryptography":
    "const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']); const text = new TextEncoder().encode('x'); this.ctx.post('bot', { h: [...new Uint8Array(await crypto.subtle.digest('SHA-512', text))], s: [...new Uint8Array(await crypto.subtle.sign('HMAC', key, text))] })",
  "urls and texts":
    "const u = new URL('https://ex.org/a?b=1&b=2#c'); u.searchParams.append('é', ' '); this.ctx.post('bot', { u: u.href, h: [...new Headers({ B: '1', a: '2' })], e: btoa('x'), c: structuredClone({ d: new Date(5), m: [1] }) })",
  "the state":
    "const s = this.ctx.get_state() ?? { n: 0, log: [] }; s.n++; s.log.push(Math.random()); this.ctx.set_state(s); this.ctx.post('bot', { n: s.n, p: this.params })",
  "a large state":
    "const s = {}; for (let i = 0; i < 2000; i++) s['k' + i] = Math.floor(Math.random() * 1e9); this.ctx.set_state(s); this.ctx.post('bot', { size: JSON.stringify(s).length })",
  "many posts":
    "for (let i = 0; i < 20; i++) this.ctx.post('bot', { i, text: 'x'.repeat(i * 500), r: Math.random() })",
  "timers of its own":
    "this.ctx.set_timer('b', Math.random() * 1e6); this.ctx.set_timer('a', 1); this.ctx.clear_timer('b'); this.ctx.set_timer('c', 2.5)",
  "the end":
    "this.ctx.post('bot', 'bye'); this.ctx.end({ winner: Math.random() < 0.5 ? 'a' : 'b' })",
  "files":
    "this.ctx.workspace.write('b', crypto.randomUUID()); this.ctx.workspace.write('a', new Uint8Array([1, 2])); this.ctx.post('bot', { l: this.ctx.workspace.list(), b: this.ctx.workspace.read('b') })",
  "an error": "const deal = () => { throw new RangeError('card ' + Math.random()) };\ndeal();",
  "an error of the engine": "null.x",
  "an error of too deep a recursion":
    "let n = 0; const f = () => { n++; f() }; try { f() } catch { this.ctx.post('bot', { n }) }",
  "a stack": "const f = () => new Error('x').stack; this.ctx.post('bot', { s: f() })",
  "the end of the budget": "let n = 0; for (;;) { n++; if (n % 1000 === 0) this.ctx.set_state(n) }",
  "the end of the budget in a native loop": "new Array(2 ** 32 - 1).join('')",
  "the end of the memory": "const a = []; for (;;) a.push({ n: a.length })",
  "the end of the memory, caught":
    "let a = [], n = 0; try { for (;;) { a.push('x'.repeat(1000) + n); n++ } } catch (e) { a = null; this.ctx.post('bot', { n, e: e && e.message }) }",
  "what never settles": "this.ctx.post('bot', {}); await new Promise(() => {})",
  "a fetch that is refused":
    "this.ctx.post('bot', { e: await fetch('https://127.0.0.1/').catch((e) => e.message) })",
  "garbage":
    "for (let i = 0; i < 2e4; i++) { const x = { i }; x.x = x } this.ctx.post('bot', { r: Math.random() })",
};

export const VETTED_MODULES: Record<string, string> = {
  "chess":
    "const g = new lib.Chess(); for (let i = 0; i < 20 && !g.isGameOver(); i++) { const m = g.moves(); g.move(m[Math.floor(Math.random() * m.length)]) } this.ctx.post('bot', { fen: g.fen(), pgn: g.pgn() })",
  "decimal":
    "this.ctx.post('bot', { d: new lib.Decimal(2).sqrt().toString(), s: lib.Decimal.sin(1).toString(), r: lib.Decimal.random(20).toString() })",
  "ed25519":
    "const k = lib.utils.randomSecretKey(); this.ctx.post('bot', { s: [...await lib.signAsync(new Uint8Array([1]), k)] })",
};
export const MODULE_OF: Record<string, string> = {
  chess: "lib:chess.js",
  decimal: "lib:decimal.js",
  ed25519: "lib:noble-ed25519",
};

export const VARIED_PYTHON: Record<string, string> = {
  "random numbers":
    "import random, secrets, uuid\nx = list(range(50)); random.shuffle(x)\nself.ctx.post('bot', {'r': [random.random(), random.gauss(0, 1), secrets.token_hex(8), str(uuid.uuid4())], 'x': x})",
  "time and dates":
    "import time, datetime\nself.ctx.post('bot', {'t': time.time(), 'm': time.monotonic(), 'd': str(datetime.datetime.now()), 'u': datetime.datetime.now(datetime.UTC).isoformat(), 's': time.strftime('%c %Z')})",
  "the order of sets and dicts":
    "self.ctx.post('bot', {'s': list({'a', 'b', 'c', 'dd', 'ee'}), 'h': [hash('x'), hash((1, 'y')), hash(None)], 'd': list({3: 1, 1: 2}), 'i': id(self)})",
  "sorting and regular expressions":
    "import re\nx = [(i * 7919 % 13, i) for i in range(300)]\nself.ctx.post('bot', {'x': sorted(x, key=lambda p: p[0]), 'r': re.findall(r'(\\w)(\\d+)', 'a1b22'), 'u': 'straße'.upper()})",
  "numbers":
    "import math, decimal, fractions, statistics\nself.ctx.post('bot', {'f': [0.1 + 0.2, 1e22, math.sin(1e6), math.gamma(5.5), math.fsum([0.1] * 10)], 'd': str(decimal.Decimal(2).sqrt()), 'q': str(fractions.Fraction(0.1)), 's': statistics.stdev([1, 2, 4]), 'p': str(3 ** 200)})",
  "hashes and JSON":
    "import hashlib, hmac, json, zlib, base64\nself.ctx.post('bot', {'h': hashlib.sha256(b'x').hexdigest(), 'm': hmac.new(b'k', b'x', 'sha256').hexdigest(), 'j': json.dumps({'b': 1.5, 'a': ['é', None]}, indent=1), 'z': base64.b64encode(zlib.compress(b'x' * 999)).decode()})",
  "the state":
    "s = self.ctx.get_state() or {'n': 0}\ns['n'] += 1\nself.ctx.set_state(s)\nself.ctx.set_timer('t', 5)\nself.ctx.post('bot', {'n': s['n'], 'p': self.params})",
  "files":
    "import random\nwith open('a.txt', 'w') as f: f.write(str(random.random()))\nself.ctx.post('bot', {'a': open('a.txt').read()})",
  "asyncio":
    "import asyncio\nasync def play():\n    seen = []\n    async def f(n):\n        await asyncio.sleep(n); seen.append(n)\n    await asyncio.gather(f(3), f(1), f(2))\n    self.ctx.post('bot', {'seen': seen})\nreturn play()",
  "an error": "import random\nx = [1, 2, 3]\nx[random.randint(5, 9)]",
  "too deep a recursion":
    "n = 0\ndef f():\n    nonlocal n\n    n += 1; f()\ntry: f()\nexcept RecursionError: self.ctx.post('bot', {'n': n})",
  "the end of the budget": "n = 0\nwhile True: n += 1",
  "the end of the memory": "x = []\nwhile True: x.append({'n': len(x)})",
  "the end of the memory, caught":
    "x = []\ntry:\n    while True: x.append(bytes(10**5))\nexcept MemoryError: n = len(x); x = None; self.ctx.post('bot', {'n': n})",
  "what never settles": "class W:\n    def __await__(self):\n        yield\nreturn W()",
};
